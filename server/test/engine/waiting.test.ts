import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';
import { recordMoves } from './record-moves.ts';

let fixture: EngineFixture;
let worker: number;
let moves: Awaited<ReturnType<typeof recordMoves>>;
beforeEach(async () => {
  fixture = await openEngine();
  moves = await recordMoves(fixture.admin);
  worker = await fixture.tasks.registerWorker();
});
afterEach(async () => {
  expect(await moves.problems()).toEqual([]);
  expect((await checkHistory(fixture.db, { plans: fixture.plans, quietSeconds: 5 })).violations).toEqual([]);
  await fixture.close();
});

const PAST = new Date(Date.now() - 60_000);
const FUTURE = new Date(Date.now() + 3_600_000);
const done: TaskOutcome = { status: 'completed', output: '1' };

/** A first task, one that waits, one behind it. */
const waitingPlan = () => planOf([{ after: [] }, { after: after(0), executor: 'waits' }, { after: after(1) }]);

const newFlow = async (limit: number | null = null): Promise<TestFlow> =>
  fixture.flow(await fixture.organization({ limit }), waitingPlan());

/** Claims and settles until nothing is ready; answers what it ran, by name. */
async function work(wait: (task: ClaimedTask) => TaskOutcome): Promise<ClaimedTask[]> {
  const ran: ClaimedTask[] = [];
  for (;;) {
    const held = await fixture.tasks.claim(worker, { batch: 50 });
    if (held.length === 0) return ran;
    ran.push(...held);
    const results = held.map((task) => ({
      task,
      outcome: decidedOutcome(task) ?? (task.planned.executor === 'waits' ? wait(task) : done),
    }));
    await fixture.tasks.settle(worker, results, { claim: false });
  }
}

const execution = async (id: string) => (await fixture.admin.query('select * from flow_executions where id = $1', [id])).rows[0];
const waitingTask = async (id: string) =>
  (await fixture.admin.query('select * from task_executions where execution_id = $1 and task = 1', [id])).rows[0];

test('a task that has waited as long as it was to runs again with its checkpoint, and decides', async () => {
  const flow = await newFlow();
  const id = await fixture.start(flow);
  await work(() => ({ status: 'awaiting_input', checkpoint: { asked: 1 }, until: PAST, topic: 'stamps' }));
  expect(await waitingTask(id)).toMatchObject({ status: 'awaiting_input', wait_until: PAST, topic: 'stamps' });
  expect((await execution(id)).awaiting).toBe(1);
  await fixture.tasks.tick();
  expect(await waitingTask(id)).toMatchObject({ status: 'ready', wait_until: null });
  expect((await execution(id)).awaiting).toBe(0);
  const ran = await work((task) => {
    expect(task.checkpoint).toEqual({ asked: 1 });
    return { status: 'failed', error: { code: 'timeout' } };
  });
  expect(ran.map(({ planned }) => planned.name)).toEqual(['t1']);
  expect(await execution(id)).toMatchObject({ status: 'failed', open: 0, awaiting: 0 });
});

test('one that waits on, and one without an end, are left alone', async () => {
  const flow = await newFlow();
  const ids = [await fixture.start(flow), await fixture.start(flow)];
  await work(({ execution: { id } }) => ({ status: 'awaiting_input', checkpoint: null, until: id === ids[0] ? FUTURE : undefined }));
  expect(await fixture.tasks.tick()).toMatchObject({ woken: 0 });
  for (const id of ids) expect((await waitingTask(id)).status).toBe('awaiting_input');
});

test('a task may wait again, and then an event settles it', async () => {
  const flow = await newFlow();
  const id = await fixture.start(flow);
  await work(() => ({ status: 'awaiting_input', checkpoint: 1, until: PAST }));
  await fixture.tasks.tick();
  await work(() => ({ status: 'awaiting_input', checkpoint: 2, until: FUTURE }));
  expect((await execution(id)).awaiting).toBe(1);
  await fixture.engine.settleWaiting(flow.organizationId, (await waitingTask(id)).id, { status: 'completed', output: 'yes' }, 'test');
  await work(() => done);
  expect(await execution(id)).toMatchObject({ status: 'completed', awaiting: 0 });
  expect(await waitingTask(id)).toMatchObject({ output: 'yes', wait_until: null, topic: null });
});

test('of an event and the end of the time exactly one counts', async () => {
  const flow = await newFlow();
  const ids = await Promise.all(Array.from({ length: 20 }, () => fixture.start(flow)));
  await work(() => ({ status: 'awaiting_input', checkpoint: null, until: PAST }));
  const events = ids.map(async (id) => {
    const outcome = { status: 'completed' as const, output: 'event' };
    await fixture.engine.settleWaiting(flow.organizationId, (await waitingTask(id)).id, outcome, 'test').catch(() => {});
  });
  await Promise.all([...events, fixture.tasks.tick(), fixture.otherTasks().tick()]);
  await fixture.tasks.tick();
  await work(() => ({ status: 'completed', output: '"late"' }));
  const { rows } = await fixture.admin.query(`select output #>> '{}' as output from task_executions where task = 1`);
  expect(rows.map(({ output }) => output).filter((output) => output === 'event' || output === 'late')).toHaveLength(20);
  for (const id of ids) expect(await execution(id)).toMatchObject({ status: 'completed', awaiting: 0, failures: 0 });
});

test('a cancel ends a wait with a deadline once', async () => {
  const flow = await newFlow();
  const id = await fixture.start(flow);
  await work(() => ({ status: 'awaiting_input', checkpoint: null, until: PAST }));
  await fixture.engine.cancel(flow.organizationId, id, 'test');
  await fixture.tasks.tick();
  await work(() => done);
  expect(await execution(id)).toMatchObject({ status: 'cancelled', awaiting: 0, open: 0 });
});

const forEver = (): TaskOutcome => ({ status: 'awaiting_input', checkpoint: null });
const rounds = async (wait: (task: ClaimedTask) => TaskOutcome = forEver, count = 4) => {
  for (let round = 0; round < count; round++) {
    await work(wait);
    await fixture.tasks.tick();
  }
};
const freeSlots = async () => (await fixture.admin.query('select count(*)::int as n from execution_slots where free')).rows[0].n;
const answer = (flow: TestFlow, task: { id: string }) =>
  fixture.engine.settleWaiting(flow.organizationId, task.id, { status: 'completed', output: 'yes' }, 'test');

test('a run that only waits holds no slot, and resumes at once where one is free', async () => {
  const flow = await newFlow(1);
  const id = await fixture.start(flow);
  await rounds();
  expect(await execution(id)).toMatchObject({ status: 'waiting', slot: null, awaiting: 1 });
  expect(await freeSlots()).toBe(1);
  expect(await answer(flow, await waitingTask(id))).toEqual({ deferred: false });
  expect(await execution(id)).toMatchObject({ status: 'running', slot: 1, awaiting: 0 });
  await rounds();
  expect(await execution(id)).toMatchObject({ status: 'completed' });
  expect(await freeSlots()).toBe(1);
});

test('an organization without a limit has no slots to wait for', async () => {
  const flow = await newFlow();
  const id = await fixture.start(flow);
  await rounds();
  expect((await execution(id)).status).toBe('waiting');
  expect(await answer(flow, await waitingTask(id))).toEqual({ deferred: false });
  await rounds();
  expect((await execution(id)).status).toBe('completed');
});

test('a run that only waits is cancelled at once, and can be run again', async () => {
  const flow = await newFlow(1);
  const id = await fixture.start(flow);
  await rounds();
  await fixture.engine.cancel(flow.organizationId, id, 'test');
  expect(await execution(id)).toMatchObject({ status: 'cancelled', open: 0, awaiting: 0 });
  expect((await waitingTask(id)).status).toBe('cancelled');
  await expect(answer(flow, await waitingTask(id))).rejects.toMatchObject({ code: 'conflict' });
  await fixture.engine.rerun(flow.organizationId, id, { onlyStale: true, actor: 'test', flowVersionId: flow.versionId, flowVersion: 1 });
  await rounds();
  expect((await execution(id)).status).toBe('waiting');
  await answer(flow, await waitingTask(id));
  await rounds();
  expect((await execution(id)).status).toBe('completed');
});

test('a run that only waits, and one that is queued to resume, can be run again', async () => {
  const flow = await newFlow(1);
  const [id, other] = [await fixture.start(flow), await fixture.start(flow)];
  await rounds();
  const rerun = (of: string) =>
    fixture.engine.rerun(flow.organizationId, of, { onlyStale: false, actor: 'test', flowVersionId: flow.versionId, flowVersion: 1 });
  await rerun(id);
  expect((await execution(id)).status).toBe('running');
  expect(await answer(flow, await waitingTask(other))).toEqual({ deferred: true });
  expect(await execution(other)).toMatchObject({ status: 'queued', rank: -20_000 });
  await rerun(other);
  expect(await execution(other)).toMatchObject({ status: 'queued', rank: 0, generation: 1 });
  await rounds();
  for (const each of [id, other]) await answer(flow, await waitingTask(each));
  await rounds();
  for (const each of [id, other]) expect((await execution(each)).status).toBe('completed');
});

test('a run that is queued to resume can be cancelled', async () => {
  const flow = await newFlow(1);
  const id = await fixture.start(flow);
  await rounds();
  const holder = await fixture.start(flow);
  expect(await answer(flow, await waitingTask(id))).toEqual({ deferred: true });
  await fixture.engine.cancel(flow.organizationId, id, 'test');
  expect(await execution(id)).toMatchObject({ status: 'cancelled', open: 0 });
  await fixture.engine.rerun(flow.organizationId, id, { onlyStale: false, actor: 'test', flowVersionId: flow.versionId, flowVersion: 1 });
  expect(await execution(id)).toMatchObject({ status: 'queued', rank: 0 });
  await fixture.engine.cancel(flow.organizationId, holder, 'test');
  await rounds();
});

test('a second event for a run that is queued to resume is kept as well, once', async () => {
  const plan = planOf([
    { after: [] },
    { after: after(0), executor: 'waits' },
    { after: after(0), executor: 'waits' },
    { after: after(1, 2) },
  ]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const id = await fixture.start(flow);
  await rounds();
  const holder = await fixture.start(flow, { rank: -1 });
  const { rows } = await fixture.admin.query(`select id from task_executions where execution_id = $1 and status = 'awaiting_input'`, [id]);
  for (const row of rows) expect(await answer(flow, row)).toEqual({ deferred: true });
  for (const row of rows) await expect(answer(flow, row)).rejects.toMatchObject({ code: 'conflict' });
  await fixture.engine.cancel(flow.organizationId, holder, 'test');
  await rounds();
  expect(await execution(id)).toMatchObject({ status: 'completed', awaiting: 0 });
  const outputs = await fixture.admin.query(`select output from task_executions where execution_id = $1 and task in (1, 2)`, [id]);
  expect(outputs.rows.map(({ output }) => output)).toEqual(['yes', 'yes']);
});

test('what an event brought outlives the worker that was to settle it', async () => {
  const flow = await newFlow(1);
  const id = await fixture.start(flow);
  await rounds();
  const holder = await fixture.start(flow);
  await answer(flow, await waitingTask(id));
  await fixture.engine.cancel(flow.organizationId, holder, 'test');
  const [cancelled] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.tasks.settle(worker, [{ task: cancelled as ClaimedTask, outcome: { status: 'cancelled' } }], { claim: false }); // gives its slot on
  const dying = await fixture.tasks.registerWorker();
  const [held] = (await fixture.otherTasks().claim(dying, { batch: 1 })) as [ClaimedTask];
  expect(decidedOutcome(held)).toMatchObject({ status: 'completed', output: '"yes"' });
  await fixture.tasks.releaseWorker(dying);
  await expect.poll(async () => (await fixture.tasks.tick()).reaped).toBe(1);
  await rounds();
  expect(await waitingTask(id)).toMatchObject({ status: 'completed', output: 'yes', decision: null });
});

test('a run whose only task has waited long enough resumes, or is queued to', async () => {
  const flow = await newFlow(1);
  const [id, other] = [await fixture.start(flow), await fixture.start(flow)];
  await rounds(() => ({ status: 'awaiting_input', checkpoint: null, until: FUTURE }));
  for (const each of [id, other]) expect((await execution(each)).status).toBe('waiting');
  await fixture.admin.query(`update task_executions set wait_until = now() where status = 'awaiting_input'`);
  expect(await fixture.tasks.tick()).toMatchObject({ resumed: 2 });
  expect((await Promise.all([id, other].map(execution))).map(({ status }) => status).sort()).toEqual(['queued', 'running']);
  await rounds(() => ({ status: 'failed', error: { code: 'timeout' } }));
  for (const each of [id, other]) expect(await execution(each)).toMatchObject({ status: 'failed', awaiting: 0, open: 0 });
});

test('what waits beside a timer keeps its slot: something of it goes on by itself', async () => {
  const plan = planOf([{ after: [] }, { after: after(0), executor: 'waits' }, { after: after(0), executor: 'waits' }]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const id = await fixture.start(flow);
  await rounds((task) => (task.planned.number === 1 ? forEver() : { status: 'scheduled', until: FUTURE, checkpoint: 1 }));
  expect(await execution(id)).toMatchObject({ status: 'running', slot: 1 });
});

test('a run that was cancelled in the queue for its resumption, and runs again, may wait and resume as any other', async () => {
  const flow = await newFlow(1);
  const waits = (): TaskOutcome => ({ status: 'awaiting_input', checkpoint: null });
  const settle = async (id: string) =>
    fixture.engine.settleWaiting(flow.organizationId, (await waitingTask(id)).id, { status: 'completed', output: 1 }, 'test');
  const id = await fixture.start(flow);
  for (let again = 0; again < 3; again++) {
    await work(waits);
    const other = await fixture.start(flow);
    for (let tick = 0; tick < 3; tick++) await fixture.tasks.tick();
    expect([(await execution(id)).status, (await execution(other)).status]).toEqual(['waiting', 'running']);
    expect(await settle(id)).toEqual({ deferred: true });
    await fixture.engine.cancel(flow.organizationId, id, 'test');
    await fixture.engine.cancel(flow.organizationId, other, 'test');
    await work(waits);
    const rerun = { onlyStale: false, actor: 'test', flowVersionId: flow.versionId, flowVersion: 1 };
    await fixture.engine.rerun(flow.organizationId, id, rerun);
    expect(await execution(id)).toMatchObject({ status: 'running', rank: 0 });
  }
});
