import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#base';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { pause } from '../../src/engine/testing/chance.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';
import { recordMoves } from './record-moves.ts';

/** Only a cancel can end it: its last task waits for an event that never comes. */
const ENDLESS = planOf([
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { scope: [1], after: after(1) },
  { scope: [1], after: after(2) },
  { after: after(3), executor: 'sleeps' },
  { after: after(4, 0), executor: 'waits' },
]);
const EXECUTIONS = 12;
const REEXECUTIONS = 150;

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

async function run(task: ClaimedTask): Promise<TaskOutcome> {
  await pause(Math.random() * 3);
  if (task.planned.kind === 'gate') return { status: 'completed', items: Array.from({ length: 12 }, (_, i) => i) };
  if (task.planned.executor === 'waits') return { status: 'awaiting_input', checkpoint: null };
  if (task.planned.executor === 'sleeps' && task.checkpoint === undefined) {
    return { status: 'scheduled', until: new Date(Date.now() + (Math.random() < 0.5 ? 3_600_000 : 0)), checkpoint: 1 };
  }
  return { status: 'completed', output: '{"v":1}' };
}

test('150 re-executions and then cancels, against settles in flight, leave nothing open', async () => {
  const moves = await recordMoves(fixture.admin);
  const flow = await fixture.flow(await fixture.organization(), ENDLESS);
  const ids = await Promise.all(Array.from({ length: EXECUTIONS }, () => fixture.start(flow)));
  const restarted = new Map<Id, { generation: number; at: number }>();
  let ranLate = 0;
  let stopped = false;
  const loop = async () => {
    const worker = await fixture.tasks.registerWorker();
    while (!stopped) {
      let held = await fixture.tasks.claim(worker, { batch: 9 });
      if (held.length === 0) await pause(1);
      while (held.length > 0) {
        const results = await Promise.all(
          held.map(async (task) => {
            const decided = decidedOutcome(task);
            const since = restarted.get(task.execution.id);
            if (decided === undefined && since && task.execution.generation < since.generation && performance.now() > since.at + 250)
              ranLate++;
            return { task, outcome: decided ?? (await run(task)) };
          }),
        );
        held = (await fixture.tasks.settle(worker, results, { claim: 20 })).claimed;
      }
    }
  };
  const loops = [loop(), loop(), loop(), loop()];
  const ticking = (async () => {
    while (!stopped) {
      await fixture.tasks.tick();
      await pause(5);
    }
  })();

  const rerun = (id: Id) =>
    fixture.engine.rerun(flow.organizationId, id, {
      onlyStale: Math.random() < 0.3,
      actor: 'test',
      flowVersionId: flow.versionId,
      flowVersion: 1,
    });
  for (let reruns = 0; reruns < REEXECUTIONS; reruns++) {
    const id = ids[Math.floor(Math.random() * ids.length)] as Id;
    await rerun(id);
    const { rows } = await fixture.admin.query('select generation from flow_executions where id = $1', [id]);
    restarted.set(id, { generation: rows[0].generation, at: performance.now() });
  }
  for (const id of ids) {
    if (Math.random() < 0.5) await rerun(id);
    await pause(Math.random() * 15);
    await fixture.engine.cancel(flow.organizationId, id, 'test');
  }
  const ends = await Promise.all(ids.map((id) => fixture.engine.waitForEnd(flow.organizationId, id, { timeoutMs: 10_000 })));
  stopped = true;
  await Promise.all([...loops, ticking]);

  expect(new Set(ends)).toEqual(new Set(['cancelled']));
  expect(ranLate, 'tasks of an earlier generation that ran').toBe(0);
  expect(await moves.problems()).toEqual([]);
  expect((await checkHistory(fixture.db, { plans: fixture.plans })).violations).toEqual([]);
});
