// Through HTTP: what a person decided is not asked for again where an edit leaves the question as it was (docs/reference/editing.md).
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type TaskBench, taskBench } from './task-bench.ts';

let platform: TestPlatform;
let user: TestClient;
let bench: TaskBench;
beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
  bench = taskBench(platform, user);
});
afterAll(() => platform.close());

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const facts = {
  name: 'facts',
  task_executor_name: 'format_data',
  depends_on: ['receive'],
  parameters: { fields: { asked: '{"total": 1}', other: '1' } },
};
const review = {
  name: 'review',
  task_executor_name: 'human_in_the_loop',
  parameters: { data: '{{facts.asked}}', threshold: 1 },
};
const pay = {
  name: 'pay',
  task_executor_name: 'format_data',
  parameters: { fields: { paid: 'tasks.review.total', other: 'tasks.facts.other' } },
};

test('a review is kept over an edit of something else, and asked for anew where what it is about has changed', async () => {
  const flow = await createFlow(user, [receive, facts, review, pay]);
  const { file_key } = await uploadText(user, flow);
  const { id } = await startRun(user, flow, { file_key });
  await reach(user, id, 'awaiting_input');
  const waiting = await bench.find(id, 'review');
  expect((await bench.put(waiting, { processing_status: 'completed', output: { total: 99 } })).status).toBe(200);
  expect((await reachEnd(user, id)).status).toBe('completed');

  const first = await bench.find(id, 'facts');
  await bench.put(first, { output: { ...first.output, other: 2 } }, '?execute_flow=true');
  expect((await reachEnd(user, id)).status).toBe('completed');
  expect((await bench.find(id, 'pay')).output).toEqual({ paid: 99, other: 2 });
  expect(await bench.find(id, 'review')).toMatchObject({ output: { total: 99 }, modified_by: user.id, edited_status: 'not_edited' });

  const second = await bench.get(first.id);
  await bench.put(second, { output: { ...second.output, asked: { total: 5 } } }, '?execute_flow=true');
  await reach(user, id, 'awaiting_input');
});
