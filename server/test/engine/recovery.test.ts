import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { engineParts } from '../../src/engine/create-task-engine.ts';
import { pause } from '../../src/engine/testing/chance.ts';
import { after, chainOf, planOf } from '../../src/engine/testing/plan-builder.ts';
import { tick } from '../../src/engine/tick.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;
beforeEach(async () => {
  fixture = await openEngine({ limitedExecutors: new Set(['slow']) });
});
afterEach(() => fixture.close());

const done: TaskOutcome = { status: 'completed', output: '1' };
const rowOf = async (task: ClaimedTask) => (await fixture.admin.query('select * from task_executions where id = $1', [task.id])).rows[0];

/** A worker that claims and dies; its lease is over. */
async function die(batch: number): Promise<ClaimedTask[]> {
  const engine = fixture.otherTasks();
  const worker = await engine.registerWorker();
  const tasks = await engine.claim(worker, { batch });
  await engine.releaseWorker(worker);
  await pause(5);
  await fixture.tasks.tick();
  return tasks;
}

test('a task that kills its workers is failed as poison; what died beside it is not', async () => {
  const organization = await fixture.organization();
  const poison = await fixture.flow(organization, chainOf(1));
  const harmless = await fixture.flow(organization, chainOf(1));
  const poisoned = await fixture.start(poison, { rank: -1 });
  const others = await Promise.all(Array.from({ length: 4 }, () => fixture.start(harmless)));
  let deaths = 0;
  for (const worker = await fixture.tasks.registerWorker(); deaths < 20; ) {
    const engine = fixture.otherTasks();
    const held = await engine.claim(worker, { batch: 10 });
    if (held.length === 0) break;
    const killer = held.find((task) => task.execution.id === poisoned && decidedOutcome(task) === undefined);
    if (killer !== undefined) {
      // everything that this process holds is lost with it
      await engine.settle(
        worker,
        held.map((task) => ({ task, outcome: { status: 'released' as const } })),
        { claim: false },
      );
      deaths++;
      await die(10);
      continue;
    }
    await engine.settle(
      worker,
      held.map((task) => ({ task, outcome: decidedOutcome(task) ?? done })),
      { claim: false },
    );
  }
  expect(await fixture.engine.waitForEnd(organization, poisoned, { timeoutMs: 100 })).toBe('failed');
  const { rows } = await fixture.admin.query('select error, losses from task_executions where execution_id = $1', [poisoned]);
  expect(rows[0]).toMatchObject({ error: { code: 'poison' }, losses: 6 });
  for (const id of others) expect(await fixture.engine.waitForEnd(organization, id, { timeoutMs: 100 })).toBe('completed');
  const { rows: lost } = await fixture.admin.query('select max(losses)::int as most from task_executions where execution_id = any($1)', [
    others,
  ]);
  expect(lost[0].most).toBeLessThan(6);
  const { rows: events } = await fixture.admin.query(
    `select count(*)::int as n from execution_events where execution_id = $1 and kind = 'attempt_lost'`,
    [poisoned],
  );
  expect(events[0].n).toBe(6);
});

test('a lease that has ended is not renewed, and what was given back costs neither a try nor a loss', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(1));
  await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  expect(await fixture.tasks.renewLease(worker, 1.5)).toBe(true);
  const [task] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.tasks.settle(worker, [{ task: task as ClaimedTask, outcome: { status: 'released' } }], { claim: false });
  await fixture.tasks.releaseWorker(worker);
  expect(await fixture.tasks.renewLease(worker, 0)).toBe(false);
  expect(await rowOf(task as ClaimedTask)).toMatchObject({ status: 'ready', tries: 0, losses: 0 });
  const [again] = await fixture.tasks.claim(await fixture.tasks.registerWorker(), { batch: 1 });
  expect(again).toMatchObject({ id: task?.id, attempt: 2, tries: 0 });
});

test('a retry waits, is counted, leaves its error in the events, and wakes when it is due', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(1));
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const [task] = await fixture.tasks.claim(worker, { batch: 1 });
  const outcome: TaskOutcome = { status: 'failed', error: { code: 'busy', message: 'try later' }, retryInMs: 150, input: '{"a":1}' };
  await fixture.tasks.settle(worker, [{ task: task as ClaimedTask, outcome }], { claim: true });
  expect(await rowOf(task as ClaimedTask)).toMatchObject({ status: 'scheduled', tries: 1, error: null, input: { a: 1 } });
  expect((await fixture.tasks.tick()).woken).toBe(0);
  await expect.poll(async () => (await fixture.tasks.tick()).woken, { timeout: 2000 }).toBe(1);
  const [again] = await fixture.tasks.claim(worker, { batch: 1 });
  expect(again).toMatchObject({ tries: 1, attempt: 2, startedAt: task?.startedAt });
  const { rows } = await fixture.admin.query('select kind, attempt, detail from execution_events where execution_id = $1', [id]);
  expect(rows).toEqual([{ kind: 'attempt_failed', attempt: 1, detail: { code: 'busy', message: 'try later' } }]);
});

test('G13: a worker that does not give up a cancelled task has it taken after the grace', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(2));
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const [task] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.engine.cancel(flow.organizationId, id, 'someone');
  expect(await fixture.tasks.stoppedTasks([task as ClaimedTask])).toEqual([task]);
  const parts = engineParts({ db: fixture.db, events: fixture.events, plans: fixture.plans, log: createLog({ level: 'silent' }) });
  expect((await tick(parts, 30_000)).cancelled).toBe(0);
  expect((await tick(parts, 0)).cancelled).toBe(1);
  expect(await fixture.engine.waitForEnd(flow.organizationId, id, { timeoutMs: 100 })).toBe('cancelled');
  const late = await fixture.tasks.settle(worker, [{ task: task as ClaimedTask, outcome: done }], { claim: true });
  expect(late.fenced).toEqual([task?.id]);
});

test('cancel: queued at once, twice is a no-op, ended is a conflict with its status', async () => {
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), chainOf(1));
  const [running, queued] = [await fixture.start(flow), await fixture.start(flow)];
  await fixture.engine.cancel(flow.organizationId, queued, 'someone');
  expect(await fixture.engine.waitForEnd(flow.organizationId, queued, { timeoutMs: 100 })).toBe('cancelled');
  await fixture.engine.cancel(flow.organizationId, queued, 'someone');
  const worker = await fixture.tasks.registerWorker();
  const [task] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.tasks.settle(worker, [{ task: task as ClaimedTask, outcome: done }], { claim: true });
  await expect(fixture.engine.cancel(flow.organizationId, running, 'someone')).rejects.toMatchObject({
    code: 'conflict',
    details: { status: 'completed' },
  });
});

test('of a limited executor no more come than there are places for, neither claimed nor following a settle', async () => {
  const plan = planOf([{ after: [] }, { after: after(0), executor: 'slow' }]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  await Promise.all(Array.from({ length: 6 }, () => fixture.start(flow)));
  const worker = await fixture.tasks.registerWorker();
  const first = await fixture.tasks.claim(worker, { batch: 50, executors: { slow: 2 } });
  expect(first).toHaveLength(6);
  const results = first.map((task) => ({ task, outcome: done }));
  const { claimed, leftReady } = await fixture.tasks.settle(worker, results, { claim: true, executors: { slow: 2 } });
  expect(claimed).toHaveLength(2);
  expect(leftReady).toBe(true);
  expect(await fixture.tasks.claim(worker, { batch: 50, executors: { slow: 0 } })).toEqual([]);
  expect(await fixture.tasks.claim(worker, { batch: 50, executors: { slow: 3 } })).toHaveLength(3);
});

test('organizations share a claim by weight, and the one with a single task gets it run', async () => {
  const flows = await Promise.all([1, 3].map(async (weight) => fixture.flow(await fixture.organization({ weight }), chainOf(1))));
  const small = await fixture.flow(await fixture.organization(), chainOf(1));
  await Promise.all(flows.flatMap((flow) => Array.from({ length: 100 }, () => fixture.start(flow))));
  await fixture.start(small);
  const held = await fixture.tasks.claim(await fixture.tasks.registerWorker(), { batch: 40 });
  const share = (organizationId: string | undefined) => held.filter(({ execution }) => execution.organizationId === organizationId).length;
  expect([share(flows[0]?.organizationId), share(flows[1]?.organizationId), share(small.organizationId)]).toEqual([8, 24, 1]);
});

test('a suspect that is put back, or given back, does not keep its process from the next', async () => {
  const organization = await fixture.organization();
  for (let i = 0; i < 3; i++) await fixture.start(await fixture.flow(organization, chainOf(1)));
  await fixture.admin.query(`update task_executions set lane = 'suspect' where organization_id = $1`, [organization]);
  const tasks = fixture.otherTasks();
  const worker = await tasks.registerWorker();
  const claimOne = async () => {
    const [task, ...more] = await tasks.claim(worker, { batch: 10 });
    expect(more).toEqual([]);
    expect(await tasks.claim(worker, { batch: 10 })).toEqual([]); // one at a time
    if (task === undefined) throw new Error('no suspect was handed out');
    return { organizationId: organization, id: task.id, attempt: task.attempt };
  };
  await tasks.putBack(worker, [{ ...(await claimOne()), delayMs: 60_000 }]);
  await tasks.giveBack([await claimOne()]);
  await claimOne();
});
