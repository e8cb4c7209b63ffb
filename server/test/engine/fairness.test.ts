// F16: one organization's backlog does not hold up another's single task. What is counted is how much of the backlog goes before it, which no clock can
// blur; how long that takes is a question of the bench.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

const BACKLOG = 2_000;
const BATCH = 20;
const PROBES = 40;
const done: TaskOutcome = { status: 'completed', output: '1' };

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

async function backlogOf(runs: number): Promise<TestFlow> {
  const flow = await fixture.flow(await fixture.organization(), chainOf(2));
  await Promise.all(Array.from({ length: runs }, () => fixture.start(flow)));
  return flow;
}

test(`F16: beside a backlog of ${BACKLOG} the next claim has the other organization’s task, ${PROBES} times of ${PROBES}`, async () => {
  const busy = await backlogOf(BACKLOG);
  const small = await fixture.flow(await fixture.organization(), chainOf(1));
  const worker = await fixture.tasks.registerWorker();
  const settle = (tasks: ClaimedTask[], claim: number | false) =>
    fixture.tasks.settle(
      worker,
      tasks.map((task) => ({ task, outcome: decidedOutcome(task) ?? done })),
      { claim },
    );
  let before = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    await settle(await fixture.tasks.claim(worker, { batch: BATCH }), false);
    const id = await fixture.start(small);
    const claimed = await fixture.tasks.claim(worker, { batch: BATCH });
    before += claimed.filter(({ execution }) => execution.organizationId === busy.organizationId).length;
    expect(claimed.map(({ execution }) => execution.id)).toContain(id);
    await settle(claimed, false);
  }
  expect(before / PROBES, 'tasks of the backlog beside each').toBeLessThanOrEqual(BATCH);
  const { rows } = await fixture.admin.query(
    `select count(*)::int as n from task_executions where organization_id = $1 and status = 'ready'`,
    [busy.organizationId],
  );
  expect(rows[0].n, 'of the backlog is left: it was one all the time').toBeGreaterThan(BATCH);
});

test('five organizations with weights 1 to 5 have their share of every claim', async () => {
  const weights = [1, 2, 3, 4, 5];
  const flows: TestFlow[] = [];
  for (const weight of weights) {
    const flow = await fixture.flow(await fixture.organization({ weight }), chainOf(1));
    await Promise.all(Array.from({ length: 300 }, () => fixture.start(flow)));
    flows.push(flow);
  }
  const worker = await fixture.tasks.registerWorker();
  await fixture.admin.query('delete from task_executions where organization_id <> all ($1)', [
    flows.map(({ organizationId }) => organizationId),
  ]);
  const had = new Map<string, number>();
  for (let claim = 0; claim < 15; claim++) {
    const tasks = await fixture.tasks.claim(worker, { batch: 60 });
    for (const { execution } of tasks) had.set(execution.organizationId, (had.get(execution.organizationId) ?? 0) + 1);
    await fixture.tasks.settle(
      worker,
      tasks.map((task) => ({ task, outcome: done })),
      { claim: false },
    );
  }
  const total = [...had.values()].reduce((sum, n) => sum + n, 0);
  expect(total).toBe(900);
  for (const [index, weight] of weights.entries()) {
    const share = (had.get((flows[index] as TestFlow).organizationId) ?? 0) / total;
    expect(Math.abs(share - weight / 15), `of weight ${weight}`).toBeLessThan(0.02);
  }
});

test('work in lanes that have no free place hides no other work, however many organizations have it', async () => {
  const own = await openEngine({ limitedExecutors: new Set(['limited_task']) });
  try {
    const limited = chainOf(1, { executor: 'limited_task' });
    for (let n = 0; n < 70; n++) await own.start(await own.flow(await own.organization(), limited)); // more than share one turn
    const id = await own.start(await own.flow(await own.organization(), chainOf(1)));
    const worker = await own.tasks.registerWorker();
    const claimed = await own.tasks.claim(worker, { batch: 10, executors: { limited_task: 0 } });
    expect(claimed.map(({ execution }) => execution.id)).toEqual([id]);
    expect(await own.tasks.claim(worker, { batch: 10, executors: { limited_task: 0 } })).toEqual([]);
  } finally {
    await own.close();
  }
});
