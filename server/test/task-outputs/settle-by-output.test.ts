import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { startWaitingRun, WAITING_TASKS } from '../support/waiting-run.ts';

let platform: TestPlatform;
let user: TestClient;
let flowId: string;
let fileKey: string;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
  flowId = await createFlow(user, WAITING_TASKS);
  fileKey = (await uploadText(user, flowId)).file_key;
});
afterAll(() => platform.close());

const waitingRun = () => startWaitingRun(platform, user, { flowId, fileKey });
const post = (id: string, change: Record<string, unknown>) =>
  user.post('/api/task-outputs', {
    flow_execution_id: id,
    organization_id: platform.a.id,
    task_name: 'ask',
    summary: 'answered',
    ...change,
  });
const outputOf = async (id: string, task: string) =>
  (await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=${task}`)).body.task_executions[0];

test('a completed output of a task that waits settles it, and the run goes on', async () => {
  const id = await waitingRun();
  const answer = await post(id, { status: 'completed', output: { waited_ms: 42 } });
  expect(answer.status).toBe(201);
  await reach(user, id, 'completed');
  expect(await outputOf(id, 'ask')).toMatchObject({ processing_status: 'completed', output: { waited_ms: 42 } });
  expect(await outputOf(id, 'tell')).toMatchObject({ output: { text: 'It is 42' } });
});

test('a failed one fails it with the error that was reported', async () => {
  const id = await waitingRun();
  expect((await post(id, { status: 'failed', error: 'nobody knows' })).status).toBe(201);
  await reach(user, id, 'failed');
  expect((await outputOf(id, 'ask')).error).toMatchObject({ message: 'nobody knows' });
});

test('any other status, and an output of another task, are records only', async () => {
  const id = await waitingRun();
  for (const change of [{ status: 'running' }, {}, { status: 'completed', task_name: 'other' }, { status: 'deleted' }]) {
    expect((await post(id, change)).status).toBe(201);
  }
  expect((await user.get(`/api/flow-executions/${id}`)).body.status).toBe('awaiting_input');
  await post(id, { status: 'completed', output: { waited_ms: 1 } });
  await reach(user, id, 'completed');
});

test('two answers at once settle it once, and both are recorded', async () => {
  const id = await waitingRun();
  const answers = await Promise.all([1, 2].map((answer) => post(id, { status: 'completed', output: { waited_ms: answer } })));
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  await reach(user, id, 'completed');
  const { waited_ms } = (await outputOf(id, 'ask')).output;
  expect((await outputOf(id, 'tell')).output).toEqual({ text: `It is ${waited_ms}` });
  const listed = await user.get(`/api/task-outputs?flow_execution_id=${id}&task_name=ask`);
  expect(listed.body).toHaveLength(3); // two that were posted, and the task's own
});
