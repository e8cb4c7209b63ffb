// Races and losses that random plans seldom hit, each in the order that it needs. A scenario opens its own database and returns what went wrong.
import type { Id } from '#base';
import type { ClaimedTask, TaskOutcome } from '#engine';
import { pause } from '../../src/engine/testing/chance.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { parkedInFlight, resumesFirst, slotGivenUp } from './parking-scenarios.ts';
import { claimOne, done, runDry, scenario, simpleFlow, statusOf } from './scenario.ts';

/** A worker comes back while another runs its task: its result is refused, the other's is taken. */
const comesBack = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 1);
  const id = await fixture.start(flow);
  const [lost, other] = [await fixture.tasks.registerWorker(), await fixture.tasks.registerWorker()];
  const first = await claimOne(fixture.tasks, lost);
  await fixture.tasks.releaseWorker(lost);
  await pause(5);
  check((await fixture.tasks.tick()).reaped === 1, 'what a dead worker held was not given back');
  const second = await claimOne(fixture.otherTasks(), other);
  const late = await fixture.tasks.settle(lost, [{ task: first, outcome: done(1) }], { claim: true });
  check(late.fenced.length === 1, 'a late result was taken');
  const inTime = await fixture.tasks.settle(other, [{ task: second, outcome: done(2) }], { claim: true });
  check(inTime.ended.length === 1, 'the result of the attempt that counts was refused');
  const { rows } = await fixture.admin.query('select output from task_executions where execution_id = $1', [id]);
  check(rows[0].output === 2, `stored ${rows[0].output}`);
});

/** A result that is sent twice counts once. */
const sentTwice = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 2);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const result = { task: await claimOne(fixture.tasks, worker), outcome: done(1) };
  const once = await fixture.tasks.settle(worker, [result], { claim: true });
  const twice = await fixture.tasks.settle(worker, [{ ...result, outcome: done(2) }], { claim: true });
  check(once.claimed.length === 1 && twice.claimed.length === 0, 'a doubled result went on twice');
  check(twice.fenced.length === 1, 'a doubled result was taken');
  const { rows } = await fixture.admin.query('select output from task_executions where execution_id = $1 and task = 0', [id]);
  check(rows[0].output === 1, 'a doubled result replaced the first');
});

/** A result of an earlier generation is refused, though its row has its id and its attempt again. */
const earlierGeneration = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 2);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const before = await claimOne(fixture.tasks, worker);
  await fixture.engine.rerun(flow.organizationId, id, { onlyStale: false, actor: 'test', flowVersionId: flow.versionId, flowVersion: 1 });
  const again = await claimOne(fixture.tasks, worker);
  check(again.id === before.id && again.attempt === before.attempt, 'the re-executed task does not have its id');
  const late = await fixture.tasks.settle(worker, [{ task: before, outcome: done(1) }], { claim: true });
  check(late.fenced.length === 1 && late.claimed.length === 0, 'a result of an earlier generation was taken');
});

/** A cancel that a settle meets in flight is waited for, and obeyed. */
const cancelInFlight = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 2);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const task = await claimOne(fixture.tasks, worker);
  const canceller = await fixture.admin.connect();
  await canceller.query('begin');
  await canceller.query('select from flow_executions where id = $1 for update', [id]);
  const settling = fixture.tasks.settle(worker, [{ task, outcome: done(1) }], { claim: true });
  await pause(100);
  await canceller.query(`update flow_executions set status = 'cancel_requested', cancel_requested_at = clock_timestamp() where id = $1`, [
    id,
  ]);
  await canceller.query('commit');
  canceller.release();
  const report = await settling;
  check(report.stoppedExecutionIds.includes(id), 'the worker does not hear of the cancel');
  const { rows } = await fixture.admin.query('select task, status from task_executions where execution_id = $1 order by task', [id]);
  check(rows[0].status === 'cancelled', `a result that a cancel overtook was stored as ${rows[0].status}`);
  await runDry(fixture, worker);
  check((await statusOf(fixture, id)) === 'cancelled', 'the execution did not end as cancelled');
});

/** What sleeps in a cancelled execution, for an event or a time, does not hold it up. */
const cancelSleeping = scenario(async (fixture, check) => {
  const plan = planOf([{ after: [] }, { after: after(0) }, { after: after(0) }, { after: after(1, 2) }]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const sleep = (task: ClaimedTask): TaskOutcome => {
    if (task.planned.number === 1) return { status: 'awaiting_input', checkpoint: null };
    return task.planned.number === 2 ? { status: 'scheduled', until: new Date(Date.now() + 3_600_000), checkpoint: null } : done(0);
  };
  await runDry(fixture, worker, sleep);
  await fixture.engine.cancel(flow.organizationId, id, 'test');
  await runDry(fixture, worker);
  check((await statusOf(fixture, id)) === 'cancelled', 'a cancelled execution sleeps on');
  const { rows } = await fixture.admin.query('select awaiting from flow_executions where id = $1', [id]);
  check(rows[0].awaiting === 0, 'a cancelled execution still counts a waiting task');
});

/** A slot goes from an ended execution to the next in the queue, and to nobody else. */
const slotHandedOn = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 1, 1);
  const ids = [await fixture.start(flow), await fixture.start(flow)];
  const worker = await fixture.tasks.registerWorker();
  check((await statusOf(fixture, ids[1] as Id)) === 'queued', 'the limit was not kept');
  const task = await claimOne(fixture.tasks, worker);
  await fixture.tasks.settle(worker, [{ task, outcome: done(1) }], { claim: true });
  check((await statusOf(fixture, ids[1] as Id)) === 'running', 'the queued execution did not get the slot');
  const third = await fixture.start(flow);
  check((await statusOf(fixture, third)) === 'queued', 'a slot was given out twice');
  await runDry(fixture, worker);
  for (const id of [...ids, third]) check((await statusOf(fixture, id)) === 'completed', 'an execution did not end');
  const { rows } = await fixture.admin.query('select count(*)::int as n from execution_slots where free');
  check(rows[0].n === 1, 'the slot was not given back');
});

/** Two settles bring the two predecessors of one join at the same instant: exactly one of them gets the join. */
const joinRace = scenario(async (fixture, check) => {
  const pairs = 200;
  const plan = planOf([{ after: [] }, { after: after(0) }, { after: after(0) }, { after: after(1, 2) }]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  await Promise.all(Array.from({ length: pairs }, () => fixture.start(flow)));
  const worker = await fixture.tasks.registerWorker();
  const first = await fixture.tasks.claim(worker, { batch: pairs });
  const { claimed } = await fixture.tasks.settle(
    worker,
    first.map((task) => ({ task, outcome: done(0) })),
    { claim: 2 * pairs },
  );
  const byExecution = Map.groupBy(claimed, ({ execution }) => execution.id);
  let once = 0;
  for (const tasks of byExecution.values()) {
    const reports = await Promise.all(tasks.map((task) => fixture.tasks.settle(worker, [{ task, outcome: done(1) }], { claim: true })));
    if (reports.flatMap((report) => report.claimed).length === 1) once++;
  }
  check(byExecution.size === pairs && once === pairs, `${once} of ${pairs} joins were claimed exactly once`);
});

/** Of two events for one waiting task one is taken. */
const doubledEvent = scenario(async (fixture, check) => {
  const flow = await simpleFlow(fixture, 2);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const waiting = await claimOne(fixture.tasks, worker);
  await fixture.tasks.settle(worker, [{ task: waiting, outcome: { status: 'awaiting_input', checkpoint: { page: 1 } } }], { claim: true });
  const send = (output: number) =>
    fixture.engine.settleWaiting(flow.organizationId, waiting.id, { status: 'completed', output }, 'reviewer');
  const answers = await Promise.allSettled([send(1), send(2)]);
  check(answers.filter(({ status }) => status === 'fulfilled').length === 1, 'not exactly one event was taken');
  const next = await fixture.tasks.claim(worker, { batch: 10 });
  check(next.length === 1 && next[0]?.planned.number === 1, 'the flow did not go on once');
  const { rows } = await fixture.admin.query('select awaiting from flow_executions where id = $1', [id]);
  check(rows[0].awaiting === 0, 'the execution still counts a waiting task');
});

/** A collector that a worker could settle at once waits for the items that others have. */
const collectorWaits = scenario(async (fixture, check) => {
  const plan = planOf([
    { after: [] },
    { name: 't2', kind: 'gate', after: after(0) },
    { scope: [1], after: after(1), readsItem: true },
    { after: after(2), pure: true },
  ]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const fuse = () => ({ status: 'completed' as const, output: '"fused"', items: [1, 2, 3] });
  let held = await fixture.tasks.claim(worker, { batch: 10 });
  const started = await fixture.tasks.settle(
    worker,
    held.map((task) => ({ task, outcome: done(0) })),
    { claim: true, fuse },
  );
  held = started.claimed;
  check(held.length === 3 && held.map(({ itemValue }) => itemValue).join() === '1,2,3', 'the items do not carry their values');
  for (const [index, task] of held.entries()) {
    const report = await fixture.tasks.settle(worker, [{ task, outcome: done(index) }], { claim: true, fuse });
    const collectors = report.claimed.length;
    check(collectors === (index === 2 ? 1 : 0), `after ${index + 1} of 3 items the collector was ${collectors ? 'ready' : 'not ready'}`);
    await fixture.tasks.settle(
      worker,
      report.claimed.map((collector) => ({ task: collector, outcome: done('all') })),
      { claim: true },
    );
  }
  check((await statusOf(fixture, id)) === 'completed', 'the execution did not end');
});

/** By name, with what each shows. */
export const SCENARIOS = {
  comesBack: { title: 'a worker that comes back while another runs its task is refused', run: comesBack },
  sentTwice: { title: 'a result that is sent twice counts once', run: sentTwice },
  earlierGeneration: { title: 'a result of an earlier generation is refused', run: earlierGeneration },
  cancelInFlight: { title: 'a cancel that meets a settle in flight is obeyed', run: cancelInFlight },
  cancelSleeping: { title: 'what sleeps in a cancelled execution does not hold it up', run: cancelSleeping },
  slotHandedOn: { title: 'a slot goes to the next in the queue and to nobody else', run: slotHandedOn },
  joinRace: { title: 'of two settles at once exactly one gets the join', run: joinRace },
  doubledEvent: { title: 'of two events for one waiting task one is taken', run: doubledEvent },
  parkedInFlight: { title: 'a run in which something has become ready keeps its slot', run: parkedInFlight },
  slotGivenUp: { title: 'a run that only waits gives its slot to the next', run: slotGivenUp },
  resumesFirst: { title: 'a run whose event has come goes before new ones', run: resumesFirst },
  collectorWaits: { title: 'a collector waits for the items that others have', run: collectorWaits },
} as const;
