// settings.reexecute_on_update (core.md C17): of edits, and of new versions.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reach, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type TaskBench, taskBench } from './task-bench.ts';

let platform: TestPlatform;
let user: TestClient;
let bench: TaskBench;

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const fields = (name: string, of: Record<string, string>, more = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields: of },
  ...more,
});
const tasks = (greeting: string, more: unknown[] = []) => [
  receive,
  fields('greet', { text: greeting }, { depends_on: ['receive'] }),
  fields('shout', { text: 'tasks.greet.text + "!"' }),
  fields('aside', { text: '"Aside"' }, { depends_on: ['receive'] }),
  ...more,
];

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  bench = taskBench(platform, user);
});
afterAll(() => platform.close());

async function createFlow(reexecute: boolean): Promise<string> {
  const definition = { name: 'flow', tasks: tasks('"Hello"') };
  const body = { display_name: `Flow ${Math.random()}`, definition, settings: { reexecute_on_update: reexecute } };
  return (await user.post('/api/flows', body)).body.id;
}

async function finished(flowId: string): Promise<string> {
  const { file_key } = await uploadText(user, flowId);
  return (await startRun(user, flowId, { file_key }, { waitSeconds: 20 })).id;
}

const change = (flowId: string, greeting: string, more: unknown[] = []) =>
  user.put(`/api/flows/${flowId}/definition`, { definition: { name: 'flow', tasks: tasks(greeting, more) } });
const execution = async (id: string) => (await user.get(`/api/flow-executions/${id}`)).body;

test('C17: an edit re-runs what it makes stale, unless execute_flow=false says otherwise', async () => {
  const id = await finished(await createFlow(true));
  const greet = await bench.find(id, 'greet');
  expect((await bench.put(greet, { output: { text: 'Edited' } })).status).toBe(200);
  await reach(user, id, 'completed');
  expect((await bench.find(id, 'shout')).output).toEqual({ text: 'Edited!' });
  expect((await bench.put(await bench.get(greet.id), { output: { text: 'Again' } }, '?execute_flow=false')).status).toBe(200);
  expect((await execution(id)).status).toBe('stale');
});

test('C17: a new version runs what it changed again in the flow’s finished runs, and what follows from that; the rest stays', async () => {
  const flow = await createFlow(true);
  const runs = [await finished(flow), await finished(flow)];
  const aside = await bench.find(runs[0] as string, 'aside');
  expect((await change(flow, '"Good day"')).status).toBe(200);
  for (const id of runs) {
    await expect.poll(async () => (await execution(id)).flow_version, { timeout: 15_000, interval: 50 }).toBe(2);
    await reach(user, id, 'completed');
    expect((await bench.find(id, 'shout')).output).toEqual({ text: 'Good day!' });
  }
  expect((await bench.get(aside.id)).completed_at).toBe(aside.completed_at);
  await expect
    .poll(() => platform.engineDb.query('test/left', 'select flow_id from flow_reexecutions', []), { timeout: 10_000 })
    .toEqual([]);
});

test('a version that changes no task leaves runs as they are; so does any version where the setting is off', async () => {
  const [same, off] = [await createFlow(true), await createFlow(false)];
  const [one, two] = [await finished(same), await finished(off)];
  await change(same, '"Hello"');
  await change(off, '"Good day"');
  await expect
    .poll(() => platform.engineDb.query('test/left', 'select flow_id from flow_reexecutions', []), { timeout: 10_000 })
    .toEqual([]);
  expect(await execution(one)).toMatchObject({ flow_version: 1, status: 'completed' });
  expect(await execution(two)).toMatchObject({ flow_version: 1, status: 'completed' });
});

test('a run whose input the new version does not take stays as it is', async () => {
  const flow = await createFlow(true);
  const id = await finished(flow);
  await platform.engineDb.query('test/spoil', `update flow_executions set input = '{"file_key": 7}' where id = $1`, [id]);
  await change(flow, '"Good day"');
  await expect
    .poll(() => platform.engineDb.query('test/left', 'select flow_id from flow_reexecutions', []), { timeout: 10_000 })
    .toEqual([]);
  expect(await execution(id)).toMatchObject({ flow_version: 1, status: 'completed' });
});

test('what a process that died had claimed is taken up again, from where it had come', async () => {
  const flow = await createFlow(true);
  const [older, newer] = [await finished(flow), await finished(flow)];
  const setting = (on: boolean) => user.patch(`/api/flows/${flow}`, { settings: { reexecute_on_update: on } });
  await setting(false);
  await change(flow, '"Good day"');
  await setting(true);
  await platform.engineDb.query(
    'test/left-behind',
    `insert into flow_reexecutions (organization_id, flow_id, version, before_id, claimed_until) select organization_id, flow_id, 2, id, now() - interval '1 s'
       from flow_executions where id = $1`,
    [newer],
  );
  await expect.poll(async () => (await execution(older)).flow_version, { timeout: 15_000, interval: 50 }).toBe(2);
  expect((await execution(newer)).flow_version).toBe(1);
});
