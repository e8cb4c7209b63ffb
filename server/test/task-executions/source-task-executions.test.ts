// source_task_executions through HTTP (core.md 4): which task the data of a review or a validation come from.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type TaskBench, taskBench } from './task-bench.ts';

let platform: TestPlatform;
let user: TestClient;
let bench: TaskBench;
let id: string;

const TASKS = [
  { name: 'start', task_executor_name: 'custom_form_input', parameters: { fields: [{ id: 'number', data_type: 'string' }] } },
  { name: 'extract', task_executor_name: 'format_data', parameters: { fields: { number: 'start.number', total: '12' } } },
  {
    name: 'check',
    task_executor_name: 'validation',
    parameters: { data: '{{extract.output}}', rules: [{ check: 'extract.total > 0' }] },
  },
  { name: 'review', task_executor_name: 'human_in_the_loop', parameters: { data: '{{check.data}}', instructions: 'Compare.' } },
  { name: 'print', task_executor_name: 'format_data', parameters: { template: '{{ review.number }}' } },
];
const EXTRACT = { task_name: 'extract', task_execution_idx: 0 };
const OF_REVIEW = { root: EXTRACT, fields: {} };

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  bench = taskBench(platform, user);
});
afterAll(() => platform.close());

const stored = async (taskId: string) =>
  (
    await platform.engineDb.query<{ source: unknown }>(
      'test/stored-source',
      'select source_task_executions as source from task_executions where id = $1',
      [taskId],
    )
  )[0]?.source;

test('the list and the record name the task that made the data, through the validation between', async () => {
  id = (await startRun(user, await createFlow(user, TASKS), { number: 'R-7' })).id;
  await reach(user, id, 'awaiting_input');
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  const shown = body.task_executions.map((task: { task_name: string; source_task_executions: unknown }) => [
    task.task_name,
    task.source_task_executions,
  ]);
  expect(Object.fromEntries(shown)).toEqual({
    start: null,
    extract: null,
    check: { root: EXTRACT, fields: { data: EXTRACT } },
    review: OF_REVIEW,
  });
  const review = await bench.find(id, 'review');
  expect((await bench.get(review.id)).source_task_executions).toEqual(OF_REVIEW);
});

test('a decision and an edit that give it back keep it, and store nothing', async () => {
  const waiting = await bench.find(id, 'review');
  const decided = await bench.put(waiting, { processing_status: 'completed', output: { number: 'R-8', total: 12 } });
  expect(decided.status, JSON.stringify(decided.body)).toBe(200);
  expect(decided.body).toMatchObject({ output: { number: 'R-8' }, source_task_executions: OF_REVIEW });
  await reachEnd(user, id);
  const edited = await bench.put(await bench.find(id, 'review'), { output: { number: 'R-9', total: 12 } });
  expect(edited.body).toMatchObject({ output: { number: 'R-9' }, source_task_executions: OF_REVIEW });
  expect(await stored(waiting.id)).toBeNull();
});

test('what is posted wins', async () => {
  const other = { root: { task_name: 'start', task_execution_idx: 0 }, fields: {} };
  const review = await bench.find(id, 'review');
  expect((await bench.put(review, { output: { number: 'R-10' }, source_task_executions: other })).body.source_task_executions).toEqual(
    other,
  );
  expect((await bench.get(review.id)).source_task_executions).toEqual(other);
  expect((await bench.put(await bench.get(review.id), { output: { number: 'R-11' } })).body.source_task_executions).toEqual(other);
});
