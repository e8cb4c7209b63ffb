/** A run with a deadline: it goes before others as the time comes near, and fails when it has come, wherever it stands. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '#engine';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type HttpGate, startHttpGate } from './http-gate.ts';

let platform: TestPlatform;
let user: TestClient;
let gate: HttpGate;
let fileKey: string;

beforeAll(async () => {
  gate = await startHttpGate();
  platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
  user = await platform.as('app_user');
  fileKey = (await uploadText(user, await createFlow(user, [receive]))).file_key;
});
afterAll(async () => {
  const { violations } = await checkHistory(platform.engineDb);
  await platform.close();
  await gate.close();
  expect(violations).toEqual([]);
});

const within = { timeout: 30_000, interval: 50 };
const call = (path: string) => ({
  name: 'call',
  task_executor_name: 'http_request',
  parameters: { url: gate.url + path, method: 'GET' },
  depends_on: ['receive'],
});
const start = (flowId: string, deadline: string) =>
  user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey }, deadline });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const rankOf = async (id: string) => {
  const text =
    'select e.rank, t.rank as task_rank from flow_executions e join task_executions t on t.execution_id = e.id where e.id = $1 and t.task > 0';
  return (await platform.engineDb.query<{ rank: number; task_rank: number }>('test_rank', text, [id]))[0];
};

test('is given back, and one that has passed is 400 with its place', async () => {
  const flowId = await createFlow(user, [receive]);
  const deadline = inMs(3_600_000);
  const made = await start(flowId, deadline);
  expect([made.status, made.body.deadline]).toEqual([201, deadline]);
  expect(await reach(user, made.body.id, 'completed')).toMatchObject({ deadline });
  const late = await start(flowId, '2020-01-01T00:00:00Z');
  expect([late.status, late.body.error.details[0].loc]).toEqual([400, ['body', 'deadline']]);
  expect((await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 20 })) as unknown).not.toHaveProperty('deadline');
});

test('a run that is not at its end when it comes fails: its call is given up, its slot is free, a late answer counts no more, sub-flows go with it', async () => {
  const below = await createFlow(user, [receive, call('/below')]);
  const runs = {
    name: 'below',
    task_executor_name: 'run_flow',
    parameters: { flow_id: below, input: { file_key: fileKey } },
    depends_on: ['receive'],
  };
  const flowId = await createFlow(user, [receive, call('/late'), runs]);
  const { id } = (await start(flowId, inMs(3_000))).body;
  await expect.poll(() => [gate.waiting('/late'), gate.waiting('/below')], within).toEqual([1, 1]);
  expect(await reach(user, id, 'failed')).toMatchObject({ failure: 'deadline_exceeded' });
  await expect.poll(() => [gate.givenUp.has('/late'), gate.givenUp.has('/below')], within).toEqual([true, true]);
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  const statuses = body.task_executions.map((row: Record<string, unknown>) => [row['task_name'], row['processing_status']]);
  expect(statuses.sort()).toEqual([
    ['below', 'cancelled'],
    ['call', 'cancelled'],
    ['receive', 'completed'],
  ]);
  const [child] = (await user.get(`/api/flow-executions?flow_id=${below}`)).body;
  await reach(user, child.id, 'cancelled');
  await expect
    .poll(async () => (await platform.engineDb.query('test_slots', 'select 1 from execution_slots where not free', [])).length, within)
    .toBe(0);
});

test('a run that waits for a slot, or for somebody, fails as well', async () => {
  const outside = { name: 'out', task_executor_name: 'external_task', parameters: { topic: 'nobody' }, depends_on: ['receive'] };
  const flowId = await createFlow(user, [receive, outside]);
  const waits = (await start(flowId, inMs(4_000))).body.id;
  await reach(user, waits, 'awaiting_input');
  await platform.engineDb.query('test_take', 'update execution_slots set free = false where organization_id = $1 and free', [
    platform.a.id,
  ]);
  const queued = (await start(flowId, inMs(1_500))).body;
  expect(queued.status).toBe('queued');
  for (const id of [queued.id, waits]) expect(await reach(user, id, 'failed')).toMatchObject({ failure: 'deadline_exceeded' });
  await platform.engineDb.query('test_give', 'update execution_slots set free = true where organization_id = $1', [platform.a.id]);
  await user.post(`/api/flow-executions/${queued.id}/execute`); // runs again, without the deadline that has passed
  expect(await reach(user, queued.id, 'awaiting_input')).not.toHaveProperty('deadline');
  await user.post(`/api/flow-executions/${queued.id}/cancel`);
});

test('as the time comes near, the run and its open tasks go before others', async () => {
  const delay = { name: 'wait', task_executor_name: 'delay', parameters: { duration: '1h' }, depends_on: ['receive'] };
  const flowId = await createFlow(user, [receive, delay]);
  const { id } = (await start(flowId, inMs(8_000))).body;
  const { id: other } = await startRun(user, flowId, { file_key: fileKey });
  await expect.poll(async () => (await rankOf(id))?.task_rank, within).toBeLessThanOrEqual(-200);
  await expect.poll(async () => (await rankOf(id))?.rank, within).toBeLessThanOrEqual(-400);
  expect((await rankOf(other))?.task_rank).toBe(0);
  for (const run of [id, other]) await user.post(`/api/flow-executions/${run}/cancel`);
  await reach(user, id, 'cancelled', 'failed');
});
