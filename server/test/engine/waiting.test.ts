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
