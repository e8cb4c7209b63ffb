import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { subscribe } from '../support/flow-socket.ts';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { startWaitingRun, WAITING_TASKS } from '../support/waiting-run.ts';

let platform: TestPlatform;
let user: TestClient;
let worker: TestClient;
let flow: { flowId: string; fileKey: string };

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
  worker = await platform.as('service_account');
  const flowId = await createFlow(user, WAITING_TASKS);
  flow = { flowId, fileKey: (await uploadText(user, flowId)).file_key };
});
afterAll(() => platform.close());

const report = (id: string, ...statuses: unknown[]) => worker.post(`/api/flow-executions/${id}/task-status`, { statuses });
const said = (status: unknown, task_name = 'ask') => ({ task_name, status });
const taskOf = async (id: string, name: string) =>
  (await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=${name}`)).body.task_executions[0];

/** A run of rows alone: `receive` has completed, `read` runs. */
async function seededRun() {
  const seeded = await seedFlow(platform.engineDb, platform.a.id);
  const id = await seedExecution(platform.engineDb, seeded);
  await seedTask(platform.engineDb, seeded, id);
  return id;
}

test('C15: any word is taken, answered as a processing status in order, and kept as it was sent', async () => {
  const id = await seededRun();
  const answer = await report(
    id,
    said('in_progress', 'read'),
    said('exploded', 'read'),
    said(null, 'read'),
    { task_name: 'read' },
    said('running', 'receive'),
  );
  expect(answer.status).toBe(200);
  expect(answer.body.map((row: { status: string }) => row.status)).toEqual(['running', 'queued', 'queued', 'queued', 'completed']);
  expect(answer.body[0]).toEqual({
    id: expect.any(String),
    flow_execution_id: id,
    task_name: 'read',
    status: 'running',
    raw_status: 'in_progress',
    created_at: expect.stringMatching(/Z$/),
    organization_id: platform.a.id,
  });
  const rows = await platform.engineDb.kysely
    .selectFrom('taskStatusReports')
    .select(['taskName', 'rawStatus', 'processingStatus', 'modifiedBy'])
    .where('organizationId', '=', platform.a.id)
    .where('flowExecutionId', '=', id)
    .orderBy('id')
    .execute();
  expect(rows.map((row) => [row.taskName, row.rawStatus, row.processingStatus])).toEqual([
    ['read', 'in_progress', 'running'],
    ['read', 'exploded', null],
    ['read', null, null],
    ['read', null, null],
    ['receive', 'running', null],
  ]);
  expect(rows[0]?.modifiedBy).toBe('integration');
});

describe('a final word', () => {
  test('settles a task that waits with what was reported of it, and the run goes on', async () => {
    const id = await startWaitingRun(platform, user, flow);
    const place = { flowExecutionId: id, taskName: 'ask', taskExecutionIdx: 0, processingStatus: 'completed' as const };
    await platform.engineDb.kysely
      .insertInto('reportedTaskExecutions')
      .values({ organizationId: platform.a.id, id: newId(), ...place, output: JSON.stringify({ waited_ms: 7 }), modifiedBy: 'integration' })
      .execute();
    expect((await report(id, said('running'), said('success'))).body.map((row: { status: string }) => row.status)).toEqual([
      'running',
      'completed',
    ]);
    await reach(user, id, 'completed');
    expect(await taskOf(id, 'ask')).toMatchObject({ output: { waited_ms: 7 }, modified_by: 'integration' });
    expect(await taskOf(id, 'tell')).toMatchObject({ output: { text: 'It is 7' } });
  });

  test('settles it with null where nothing was reported, and as failed where it failed', async () => {
    const done = await startWaitingRun(platform, user, flow);
    await report(done, said('completed'));
    await reach(user, done, 'completed', 'failed');
    expect(await taskOf(done, 'ask')).toMatchObject({ processing_status: 'completed', output: null });
    const failed = await startWaitingRun(platform, user, flow);
    await report(failed, said('error'));
    await reach(user, failed, 'failed');
    expect((await taskOf(failed, 'ask')).error).toMatchObject({ code: 'reported_failed' });
  });

  test('takes a task out of the hands of the engine, which had it for an hour', async () => {
    const pause = { name: 'pause', task_executor_name: 'delay', depends_on: ['receive'], parameters: { duration: '1h' } };
    const tell = { name: 'tell', task_executor_name: 'format_data', depends_on: ['pause'], parameters: { template: 'on' } };
    const flowId = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }, pause, tell]);
    const { id } = await startRun(user, flowId, { file_key: (await uploadText(user, flowId)).file_key });
    await expect.poll(async () => (await taskOf(id, 'pause'))?.scheduled_for ?? null, { timeout: 20_000 }).not.toBeNull();
    expect((await report(id, said('completed', 'pause'))).body[0].status).toBe('completed');
    await reach(user, id, 'completed');
    expect(await taskOf(id, 'pause')).toMatchObject({ output: null, modified_by: 'integration' });
  });

  test('of a task that waits for nothing is a record', async () => {
    const id = await seededRun();
    expect((await report(id, said('failed', 'receive'))).status).toBe(200);
    expect(await taskOf(id, 'receive')).toMatchObject({ processing_status: 'completed' });
  });
});

test.each([
  ['an unknown run', () => newId(), [said('running')], 404],
  ['a task that the flow does not have', seededRun, [said('running', 'read'), said('running', 'nobody')], 400],
  ['C22: a name of 255 characters, which no task has,', seededRun, [said('running', 'x'.repeat(255))], 400],
  ['a name of 256 characters', seededRun, [said('running', 'x'.repeat(256))], 422],
  ['a word of 51 characters', seededRun, [said('x'.repeat(51), 'read')], 422],
  ['no report', seededRun, [], 422],
  ['101 reports', seededRun, Array.from({ length: 101 }, () => said('running', 'read')), 422],
])('%s is refused and nothing is kept', async (_, run, statuses, expected) => {
  const id = await run();
  expect((await report(id, ...statuses)).status).toBe(expected);
  const [row] = await platform.engineDb.query<{ n: string }>(
    'reports-of',
    'select count(*) as n from task_status_reports where flow_execution_id = $1',
    [id],
  );
  expect(Number(row?.n)).toBe(0);
});

test('a deleted run is not there', async () => {
  const id = await seededRun();
  await user.delete(`/api/flow-executions/${id}`);
  expect((await report(id, said('running', 'read'))).status).toBe(404);
});

test.each([
  ['app_user', 403],
  ['org_admin', 403],
  ['service_account', 200],
  ['admin_service_account', 200],
  ['integration', 200],
  ['backoffice', 200],
] as const)('%s may report: %s', async (caller, expected) => {
  const client = await platform.as(caller);
  const id = await seededRun();
  const answer = await client.post(`/api/flow-executions/${id}/task-status`, { statuses: [said('running', 'read')] });
  expect(answer.status).toBe(expected);
});

test('subscribers of the flow hear of each report', async () => {
  const id = await seededRun();
  const { flow_id: flowId } = (await user.get(`/api/flow-executions/${id}`)).body;
  const socket = await subscribe(`${platform.url}/ws/flows/${flowId}?token=${user.token}`);
  await report(id, said('running', 'read'));
  const message = await socket.next(({ type }) => type === 'task_status.updated');
  expect(message).toMatchObject({ flow_execution_id: id, task_name: 'read', status: 'running' });
  await socket.close();
});
