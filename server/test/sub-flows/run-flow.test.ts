import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let client: TestClient;
let fileKey: string;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  client = await platform.as('app_user');
  const { file_key } = await uploadText(client, await createFlow(client, [receive]), 'a b c');
  fileKey = file_key;
});
afterAll(() => platform.close());

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const input = { file_key: '{{receive.document_url}}' };
const call = (parameters: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  name: 'call',
  task_executor_name: 'run_flow',
  parameters: { input, ...parameters },
  ...more,
});
const format = (name: string, fields: Record<string, string>, more = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields },
  ...more,
});
const external = (topic: string) => ({ name: 'ask', task_executor_name: 'external_task', parameters: { topic }, depends_on: ['receive'] });

/** A flow that gives 5 by a task that no other follows. */
const fiveFlow = (caller = client) =>
  createFlow(caller, [receive, format('four', { n: '4' }, { depends_on: ['receive'] }), format('five', { n: 'tasks["four"].n + 1' })]);
const start = async (flowId: string, caller = client, key = fileKey) => (await startRun(caller, flowId, { file_key: key })).id;
const taskOf = async (executionId: string, name: string) =>
  (await client.get(`/api/task-executions?flow_execution_id=${executionId}&task_name=${name}`)).body.task_executions[0];
const childrenOf = (executionId: string) =>
  platform.engineDb.query<{ id: string; status: string }>(
    'test/children',
    `select c.id, c.status from task_executions t join flow_executions c on c.parent_task_id = t.id and c.organization_id = t.organization_id
      where t.execution_id = $1 order by c.id`,
    [executionId],
  );

/** The only run that this one waits for, once there is one. */
async function childOf(executionId: string): Promise<string> {
  let ids: string[] = [];
  await expect
    .poll(
      async () => {
        ids = (await childrenOf(executionId)).map(({ id }) => id);
        return ids.length;
      },
      { timeout: 10_000 },
    )
    .toBe(1);
  return ids[0] as string;
}

test('gives the outputs of the tasks at the end of the other flow', async () => {
  const child = await fiveFlow();
  const parent = await createFlow(client, [receive, call({ flow_id: child }), format('six', { n: 'tasks["call"].outputs.five.n + 1' })]);
  const id = await start(parent);
  expect((await reachEnd(client, id)).status).toBe('completed');
  const { output } = await taskOf(id, 'call');
  expect(output).toEqual({ flow_execution_id: expect.any(String), status: 'completed', outputs: { five: { n: 5 } } });
  expect((await taskOf(id, 'six')).output).toEqual({ n: 6 });
  const run = (await client.get(`/api/flow-executions/${output.flow_execution_id}`)).body;
  expect(run).toMatchObject({ flow_id: child, status: 'completed', triggered_by: `flow_execution:${id}` });
});

test('fails as the other run failed', async () => {
  const child = await createFlow(client, [receive, format('broken', { n: '1 / 0' }, { depends_on: ['receive'] })]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: child })]));
  expect((await reachEnd(client, id)).status).toBe('failed');
  expect((await taskOf(id, 'call')).error).toMatchObject({ code: 'flow_failed', details: { status: 'failed', task_name: 'broken' } });
});

test('only starts it with wait: false', async () => {
  const topic = 'detached';
  const child = await createFlow(client, [receive, external(topic)]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: child, wait: false })]));
  expect((await reachEnd(client, id)).status).toBe('completed');
  const { flow_execution_id: childId } = (await taskOf(id, 'call')).output;
  await reach(client, childId, 'awaiting_input');
});

test.each([
  ['flow_not_found', { flow_id: '01900000-0000-7000-8000-000000000001' }],
  ['flow_not_found', { flow_name: 'No such flow' }],
  ['invalid_flow_input', { input: { nothing: 1 } }],
  ['input_task_not_found', { input_task_name: 'other' }],
])('%s is what it fails with for %j', async (code, parameters) => {
  const child = await fiveFlow();
  const which = 'flow_id' in parameters || 'flow_name' in parameters ? {} : { flow_id: child };
  const id = await start(await createFlow(client, [receive, call({ ...which, ...parameters })]));
  expect((await reachEnd(client, id)).status).toBe('failed');
  expect((await taskOf(id, 'call')).error).toMatchObject({ code });
});

test("another organization's flow is one that is not there; a name that two flows have is refused", async () => {
  const foreign = await fiveFlow(await platform.as('org_admin', platform.b));
  const id = await start(await createFlow(client, [receive, call({ flow_id: foreign })]));
  await reachEnd(client, id);
  expect((await taskOf(id, 'call')).error).toMatchObject({ code: 'flow_not_found' });
  const twins = [await fiveFlow(), await fiveFlow()];
  await platform.engineDb.query('test/twins', `update flows set display_name = 'Twins' where id = any($1::uuid[])`, [twins]);
  const second = await start(await createFlow(client, [receive, call({ flow_name: 'Twins' })]));
  await reachEnd(client, second);
  expect((await taskOf(second, 'call')).error).toMatchObject({ code: 'flow_name_ambiguous' });
});

test('with one run at a time a run that waits for another does not keep it from running', { timeout: 40_000 }, async () => {
  const b = platform.b.id;
  await platform.engineDb.query('test/limit', 'update organizations set max_concurrent = 1 where id = $1', [b]);
  await platform.engineDb.query('test/slots', 'delete from execution_slots where organization_id = $1 and slot > 1', [b]);
  await platform.engine.fitSlots(b);
  const one = await platform.as('app_user', platform.b);
  const child = await fiveFlow(one);
  const middle = await createFlow(one, [receive, call({ flow_id: child })]);
  const parent = await createFlow(one, [receive, call({ flow_id: middle })]);
  const { file_key } = await uploadText(one, parent);
  const ids = [await start(parent, one, file_key), await start(parent, one, file_key)];
  for (const id of ids) expect((await reachEnd(one, id)).status).toBe('completed');
  await expect
    .poll(() => platform.engineDb.query('test/free', 'select free from execution_slots where organization_id = $1', [b]))
    .toEqual([{ free: true }]);
});

test('a cancel takes what the run waits for with it', async () => {
  const child = await createFlow(client, [receive, external('cancelled')]);
  const middle = await createFlow(client, [receive, call({ flow_id: child })]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: middle })]));
  const middleId = await childOf(id);
  const childId = await childOf(middleId);
  await reach(client, childId, 'awaiting_input');
  expect((await client.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
  for (const each of [id, middleId, childId]) expect((await reachEnd(client, each)).status).toBe('cancelled');
});

test('a run that is cancelled by itself fails the task that waits for it', async () => {
  const child = await createFlow(client, [receive, external('alone')]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: child })]));
  const childId = await childOf(id);
  await reach(client, childId, 'awaiting_input');
  await client.post(`/api/flow-executions/${childId}/cancel`);
  expect((await reachEnd(client, id)).status).toBe('failed');
  expect((await taskOf(id, 'call')).error).toMatchObject({ code: 'flow_cancelled' });
});

test('run again, it stops the run that it waited for and starts another', async () => {
  const child = await createFlow(client, [receive, external('again')]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: child })]));
  await expect.poll(async () => (await childrenOf(id)).length, { timeout: 10_000 }).toBe(1);
  expect((await client.post(`/api/flow-executions/${id}/execute`, {})).status).toBeLessThan(300);
  await expect.poll(async () => (await childrenOf(id)).length, { timeout: 10_000 }).toBe(2);
  const [first, second] = (await childrenOf(id)).map((each) => each.id) as [string, string];
  expect((await reachEnd(client, first)).status).toBe('cancelled');
  await reach(client, second, 'awaiting_input');
  const claimed = await client.post('/api/external-tasks/claim', { topics: ['again'], wait_seconds: 5 });
  const [{ task_execution_id, lease_token, flow_execution_id }] = claimed.body.tasks;
  expect(flow_execution_id).toBe(second);
  await client.post(`/api/external-tasks/${task_execution_id}/complete`, { lease_token, output: 7 });
  expect((await reachEnd(client, id)).status).toBe('completed');
  expect((await taskOf(id, 'call')).output.outputs).toEqual({ ask: 7 });
});

test('a flow that runs itself without end is stopped 10 deep', { timeout: 60_000 }, async () => {
  const name = 'Runs itself';
  const body = { display_name: name, definition: { name: 'flow', tasks: [receive, call({ flow_name: name })] } };
  const flow = (await client.post('/api/flows', body)).body;
  const id = await start(flow.id);
  expect((await reachEnd(client, id)).status).toBe('failed');
  const rows = await platform.engineDb.query('test/depth', 'select count(*)::int as n from flow_executions where flow_id = $1', [flow.id]);
  expect(rows).toEqual([{ n: 10 }]);
  const codes = await platform.engineDb.query<{ code: string }>(
    'test/codes',
    `select distinct t.error ->> 'code' as code from task_executions t join flow_executions e on e.id = t.execution_id where e.flow_id = $1 and t.status = 'failed' order by 1`,
    [flow.id],
  );
  expect(codes.map(({ code }) => code)).toEqual(['flow_depth_exceeded', 'flow_failed']);
});

test('once per item', { timeout: 30_000 }, async () => {
  const child = await createFlow(client, [receive, format('five', { n: '5' }, { depends_on: ['receive'] })]);
  const parent = await createFlow(client, [
    receive,
    format('list', { all: '[1, 2, 3, 4, 5, 6]' }, { depends_on: ['receive'] }),
    call({ flow_id: child }, { for_each: '{{list.all}}' }),
  ]);
  const id = await start(parent);
  expect((await reachEnd(client, id)).status).toBe('completed');
  const children = await childrenOf(id);
  expect(new Set(children.map((each) => each.id)).size).toBe(6);
  expect(children.every(({ status }) => status === 'completed')).toBe(true);
});

test('what has become of the flow while its run went on does not matter', async () => {
  const child = await createFlow(client, [receive, external('deleted')]);
  const id = await start(await createFlow(client, [receive, call({ flow_id: child })]));
  const claimed = await client.post('/api/external-tasks/claim', { topics: ['deleted'], wait_seconds: 10 });
  expect((await client.send('DELETE', `/api/flows/${child}`)).status).toBe(204);
  const [{ task_execution_id, lease_token }] = claimed.body.tasks;
  await client.post(`/api/external-tasks/${task_execution_id}/complete`, { lease_token, output: 'still' });
  expect((await reachEnd(client, id)).status).toBe('completed');
  expect((await taskOf(id, 'call')).output.outputs).toEqual({ ask: 'still' });
});
