// Runs that only wait and the slots that they give up: each race in the order that it needs.
import { createLog, type Id } from '#base';
import type { ClaimedTask, TaskOutcome } from '#engine';
import { engineParts } from '../../src/engine/create-task-engine.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import type { EngineFixture, TestFlow } from './engine-fixture.ts';
import { done, runDry, scenario, statusOf } from './scenario.ts';

const log = createLog({ level: 'silent' });

/** An execution in which one task waits and one has become ready since it was looked at keeps its slot. */
export const parkedInFlight = scenario(async (fixture, check) => {
  const plan = planOf([{ after: [] }, { after: after(0), executor: 'waits' }, { after: after(0) }, { after: after(2) }]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const [first] = await fixture.tasks.claim(worker, { batch: 1 });
  if (first === undefined) throw new Error('nothing was ready');
  const { claimed } = await fixture.tasks.settle(worker, [{ task: first, outcome: done(0) }], { claim: true });
  const waiting = claimed.find(({ planned }) => planned.number === 1) as ClaimedTask;
  const other = claimed.find(({ planned }) => planned.number === 2) as ClaimedTask;
  await fixture.tasks.settle(worker, [{ task: waiting, outcome: { status: 'awaiting_input', checkpoint: null } }], { claim: false });
  await fixture.tasks.settle(worker, [{ task: other, outcome: done(0) }], { claim: false });
  const parts = engineParts({
    db: fixture.db,
    plans: fixture.plans,
    events: fixture.events,
    log,
    ...(fixture.statements && { statements: fixture.statements }),
  });
  await fixture.db.transaction(async (query) => {
    // as if it had been found idle just before the settle
    const run = parts.within(query);
    const locked = await run<{ slot: number }>('lock-idle', [[flow.organizationId], [id]]);
    await run('park-executions', [[flow.organizationId], [id], [locked[0]?.slot]]);
  });
  check((await statusOf(fixture, id)) === 'running', 'an execution with ready work was parked');
  await runDry(fixture, worker);
  check(
    (await fixture.tasks.tick()).parked === 1 && (await statusOf(fixture, id)) === 'waiting',
    'an execution that only waits was not parked',
  );
});

/** A first task and one that waits, in an organization with one slot: two runs wait. */
async function twoWaiting(fixture: EngineFixture): Promise<{ flow: TestFlow; ids: Id[]; worker: number; waitingIds: Id[] }> {
  const plan = planOf([{ after: [] }, { after: after(0), executor: 'waits' }, { after: after(1) }]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const ids = [await fixture.start(flow), await fixture.start(flow)];
  const worker = await fixture.tasks.registerWorker();
  for (let round = 0; round < 3; round++) {
    await runDry(fixture, worker, waitAtWaits);
    await fixture.tasks.tick();
  }
  const { rows } = await fixture.admin.query(`select id from task_executions where status = 'awaiting_input' order by execution_id`);
  return { flow, ids, worker, waitingIds: rows.map(({ id }) => id) };
}

const waitAtWaits = (task: ClaimedTask): TaskOutcome =>
  task.planned.executor === 'waits' ? { status: 'awaiting_input', checkpoint: null } : done(0);

/** A run that only waits gives its slot to the next. */
export const slotGivenUp = scenario(async (fixture, check) => {
  const { flow, ids } = await twoWaiting(fixture);
  for (const id of ids) check((await statusOf(fixture, id)) === 'waiting', 'a run that only waits kept its slot, or did not get one');
  check((await statusOf(fixture, await fixture.start(flow))) === 'running', 'the slot of a run that waits was not free');
});

/** Resumed runs go before new ones, whatever their order of creation and rank. */
export const resumesFirst = scenario(async (fixture, check) => {
  const { flow, ids, worker, waitingIds } = await twoWaiting(fixture);
  const running = await fixture.start(flow);
  const queued = await fixture.start(flow, { rank: -5 });
  for (const id of waitingIds) {
    const receipt = await fixture.engine.settleWaiting(flow.organizationId, id, { status: 'completed', output: 'yes' }, 'test');
    check(receipt.deferred, 'an event found a slot that another run holds');
  }
  for (const id of ids) check((await statusOf(fixture, id)) === 'queued', 'a run whose event has come is not queued');
  await runDryOf(fixture, worker, running);
  await fixture.tasks.tick();
  check((await statusOf(fixture, ids[0] as Id)) === 'running', 'a new run was promoted before one that resumes');
  check((await statusOf(fixture, queued)) === 'queued', 'a new run was promoted before one that resumes');
  for (let round = 0; round < 4; round++) {
    await runDry(fixture, worker, waitAtWaits);
    await fixture.tasks.tick();
  }
  for (const id of ids) check((await statusOf(fixture, id)) === 'completed', 'a run that resumed did not end');
  const { rows } = await fixture.admin.query(`select output from task_executions where task = 1 and execution_id = any($1::uuid[])`, [ids]);
  check(
    rows.every(({ output }) => output === 'yes'),
    'what an event brought was lost',
  );
});

/** Settles what is ready of one execution until it waits. */
async function runDryOf(fixture: EngineFixture, worker: number, id: Id): Promise<void> {
  for (;;) {
    const held = (await fixture.tasks.claim(worker, { batch: 1 })).filter(({ execution }) => execution.id === id);
    if (held.length === 0) return;
    const results = held.map((task) => ({ task, outcome: waitAtWaits(task) }));
    await fixture.tasks.settle(worker, results, { claim: false });
  }
}
