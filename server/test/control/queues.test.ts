/** Pauses and limits, live, over the API: what runs goes on, nothing new is taken up, nobody else is held up, and nothing is lost. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createLog, newId } from '#base';
import { checkHistory, NO_ORGANIZATION } from '#engine';
import { createPlatform, type Platform } from '#platform';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type HttpGate, startHttpGate } from './http-gate.ts';

let platform: TestPlatform;
/** Another process that works. */
let second: Platform;
let gate: HttpGate;
let user: TestClient;
let admin: TestClient;
let fileKey: string;

beforeAll(async () => {
  gate = await startHttpGate();
  platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
  second = await createPlatform({ config: platform.config, log: createLog({ level: 'silent' }), loops: 1 });
  [user, admin] = [await platform.as('app_user'), await platform.as('org_admin')];
  fileKey = (await uploadText(user, await createFlow(user, [receive]))).file_key;
}, 60_000);
afterEach(async () => {
  await platform.engineDb.query('test_lift', 'update organizations set max_concurrent = 100', []);
  await platform.engineDb.query(
    'test_resume',
    'update queue_controls set paused_at = null, paused_by = null, max_concurrent = null, updated_at = clock_timestamp()',
    [],
  );
  gate.open({ stay: true });
  gate.reset();
});
afterAll(async () => {
  const { violations } = await checkHistory(platform.engineDb);
  await second.close();
  await platform.close();
  await gate.close();
  expect(violations).toEqual([]);
});

const call = (name = 'call', more: Record<string, unknown> = {}) => ({
  name,
  task_executor_name: 'http_request',
  parameters: { url: `${gate.url}/${name}`, method: 'GET' },
  depends_on: ['receive'],
  ...more,
});
const calling = () => createFlow(user, [receive, call()]);
const start = async (flowId: string, client = user) => (await startRun(client, flowId, { file_key: fileKey })).id;
const control = async (body: Record<string, unknown>, client = admin) => {
  const answer = await client.put('/api/admin/queues', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body.heard).toBe(true);
  return answer.body;
};
const queueOf = async (kind: string, name: string) => (await admin.get(`/api/admin/queues?kind=${kind}&name=${name}`)).body[0];
const tasksOf = async (id: string) => (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions;
const within = { timeout: 40_000, interval: 50 };

/** A pause is heard a moment later: this flow's first task has been laid aside. */
async function untilPaused(id: string): Promise<void> {
  await expect
    .poll(async () => (await tasksOf(id)).some((task: { paused_by?: string }) => task.paused_by !== undefined), within)
    .toBe(true);
}

describe('a pause', () => {
  test('of a flow lets what runs end, takes up nothing new in any process, says so, and a resume brings all of it to its end in turn', async () => {
    const [flowId, other] = [await calling(), await calling()];
    const first = await start(flowId);
    await expect.poll(() => gate.waiting(), within).toBe(1);
    const paused = await control({ kind: 'flow', name: flowId, paused: true, reason: 'the partner is down' });
    expect(paused).toMatchObject({
      kind: 'flow',
      paused: true,
      paused_by: admin.id,
      reason: 'the partner is down',
      running: 1,
      draining: 1,
    });
    const later = [await start(flowId), await start(flowId), await start(flowId)];
    for (const id of later) await untilPaused(id);
    gate.open();
    await reach(user, first, 'completed'); // also what follows in it, had it more to run, would wait
    await expect.poll(async () => (await queueOf('flow', flowId)).draining, within).toBe(0);
    expect(await queueOf('flow', flowId)).toMatchObject({ running: 0, ready: 0, paused_tasks: 3 });
    for (const id of later) {
      expect((await tasksOf(id))[0]).toMatchObject({ processing_status: 'queued', paused_by: 'flow', attempt: 0, started_at: null });
      expect((await tasksOf(id))[0].scheduled_for).toBeUndefined();
    }
    const beside = await start(other);
    await expect.poll(() => gate.waiting(), within).toBe(1);
    gate.open({ stay: true });
    await reach(user, beside, 'completed');
    expect(await control({ kind: 'flow', name: flowId, paused: false })).toMatchObject({ paused: false, paused_at: null, reason: null });
    for (const id of later) await reach(user, id, 'completed');
    for (const id of later)
      for (const task of await tasksOf(id)) expect(task).toMatchObject({ attempt: 1, processing_status: 'completed' });
  });

  test('of a flow gives the slots of its runs to those of others, and takes them back first', async () => {
    const engine = platform.engine;
    await engine.queues.control({ organizationId: platform.a.id, kind: 'organization', name: '' }, { maxConcurrent: 2 }, 'test');
    const [flowId, other] = [await calling(), await calling()];
    await control({ kind: 'flow', name: flowId, paused: true });
    gate.open({ stay: true });
    const held = [await start(flowId), await start(flowId), await start(flowId)];
    const beside = [await start(other), await start(other), await start(other)];
    for (const id of beside) await reach(user, id, 'completed');
    for (const id of held) expect((await user.get(`/api/flow-executions/${id}`)).body.status).toMatch(/^(queued|running)$/);
    await expect.poll(async () => (await queueOf('organization', '')).paused_tasks, within).toBe(3);
    await control({ kind: 'flow', name: flowId, paused: false });
    for (const id of held) await reach(user, id, 'completed');
    await engine.queues.control({ organizationId: platform.a.id, kind: 'organization', name: '' }, { maxConcurrent: 100 }, 'test');
  });

  test('of an organization leaves others alone; of an executor and of the platform it is for all', async () => {
    const theirs = await platform.as('app_user', platform.b);
    const theirFlow = await createFlow(theirs, [receive]);
    const theirFile = (await uploadText(theirs, theirFlow)).file_key;
    const ourFlow = await createFlow(user, [receive]);
    await control({ kind: 'organization', paused: true });
    const ours = await start(ourFlow);
    await untilPaused(ours);
    const run = await startRun(theirs, theirFlow, { file_key: theirFile }, { waitSeconds: 20 });
    expect(run.status).toBe('completed');
    await control({ kind: 'organization', paused: false });
    await reach(user, ours, 'completed');

    for (const target of [
      { kind: 'executor', name: 'receive_file' },
      { kind: 'platform', name: '' },
    ] as const) {
      await platform.engine.queues.control({ organizationId: NO_ORGANIZATION, ...target }, { isPaused: true }, 'operator');
      const [one, two] = [await start(ourFlow), (await startRun(theirs, theirFlow, { file_key: theirFile })).id];
      await untilPaused(one);
      expect((await tasksOf(one))[0].paused_by).toBe(target.kind);
      await expect
        .poll(async () => (await theirs.get(`/api/task-executions?flow_execution_id=${two}`)).body.task_executions[0]?.paused_by, within)
        .toBe(target.kind);
      await platform.engine.queues.control({ organizationId: NO_ORGANIZATION, ...target }, { isPaused: false }, 'operator');
      await reach(user, one, 'completed');
      await reach(theirs, two, 'completed');
    }
  });

  test('of a model holds the tasks that would ask it, and no others', async () => {
    const classify = {
      name: 'kind',
      task_executor_name: 'classify_document',
      parameters: { document: '{{receive.output}}', classes: [{ name: 'invoice' }, { name: 'letter' }], worker: 'local' },
    };
    const flowId = await createFlow(user, [receive, classify]);
    await control({ kind: 'model', name: 'local', paused: true });
    const id = await start(flowId);
    await untilPaused(id);
    expect(
      (await tasksOf(id)).map((task: Record<string, unknown>) => [task['task_name'], task['processing_status'], task['paused_by']]),
    ).toEqual([
      ['kind', 'queued', 'model'],
      ['receive', 'completed', undefined],
    ]);
    await control({ kind: 'model', name: 'local', paused: false });
    await reach(user, id, 'completed', 'failed');
  });

  test('does not keep a run from being cancelled, whether it has its slot or not', async () => {
    const flowId = await calling();
    await control({ kind: 'flow', name: flowId, paused: true });
    const id = await start(flowId);
    await untilPaused(id);
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    await reach(user, id, 'cancelled');
    await control({ kind: 'flow', name: flowId, paused: false });
  });

  test('may cancel what runs', async () => {
    const flowId = await calling();
    const id = await start(flowId);
    await expect.poll(() => gate.waiting(), within).toBe(1);
    await control({ kind: 'flow', name: flowId, paused: true, cancel_running: true });
    await reach(user, id, 'cancelled');
    await expect.poll(async () => (await queueOf('flow', flowId)).draining, within).toBe(0);
    await control({ kind: 'flow', name: flowId, paused: false });
  });

  test('keeps outside workers from getting tasks', async () => {
    const topic = `topic-${newId()}`;
    const outside = { name: 'out', task_executor_name: 'external_task', parameters: { topic }, depends_on: ['receive'] };
    const flowId = await createFlow(user, [receive, outside]);
    const id = await start(flowId);
    await reach(user, id, 'awaiting_input');
    const claim = async () => (await user.post('/api/external-tasks/claim', { topics: [topic], max: 1, wait_seconds: 0 })).body.tasks;
    for (const target of [{ kind: 'flow', name: flowId }, { kind: 'executor', name: 'external_task' }, { kind: 'organization' }]) {
      await control({ ...target, paused: true });
      expect(await claim()).toEqual([]);
      await control({ ...target, paused: false });
    }
    expect(await claim()).toHaveLength(1);
    await user.post(`/api/flow-executions/${id}/cancel`);
  });
});

describe('a limit', () => {
  test('of a flow, of an executor and of an executor on the whole platform is kept over all processes, and lifted live', async () => {
    const own = { organizationId: platform.a.id };
    const flowId = await calling();
    const items = { for_each: Array.from({ length: 12 }, (_, i) => i) };
    const wide = await createFlow(user, [receive, call('call', items)]);
    for (const [target, flow] of [
      [{ ...own, kind: 'flow', name: wide }, wide],
      [{ ...own, kind: 'executor', name: 'http_request' }, flowId],
      [{ organizationId: NO_ORGANIZATION, kind: 'executor', name: 'http_request' }, flowId],
    ] as const) {
      gate.reset();
      await platform.engine.queues.control(target, { maxConcurrent: 2 }, 'operator');
      const runs = flow === wide ? [await start(wide)] : await Promise.all(Array.from({ length: 10 }, () => start(flow)));
      await expect.poll(() => gate.waiting(), within).toBe(2);
      for (let rounds = 0; rounds < 2; rounds++) {
        gate.open();
        await expect.poll(() => gate.waiting(), within).toBe(2);
      }
      expect(gate.most()).toBe(2);
      await platform.engine.queues.control(target, { maxConcurrent: null }, 'operator');
      await expect.poll(() => gate.waiting(), within).toBeGreaterThan(2);
      gate.open({ stay: true });
      for (const id of runs) await reach(user, id, 'completed');
    }
  });
});
