// F13: what was sent in one order arrives in another, on real rows: a settle, the same again, a cancel, a re-execution, a tick. One order wins; the state
// is legal, and everything ends. (Orders over the pure transitions: src/engine/interleavings.test.ts.)
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isEnded } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from '../engine/engine-fixture.ts';
import { recordMoves } from '../engine/record-moves.ts';
import { ignoreConflict } from '../engine/storm-subject.ts';
import { workOnce } from '../engine/test-worker.ts';
import { takeSeed } from './take-seed.ts';

const SCHEDULES = 60;

let fixture: EngineFixture;
let flow: TestFlow;
let worker: number;
beforeAll(async () => {
  fixture = await openEngine();
  flow = await fixture.flow(await fixture.organization({ limit: 50 }), chainOf(3));
  worker = await fixture.tasks.registerWorker();
});
afterAll(() => fixture.close());

const ACTIONS = ['settle', 'settleAgain', 'cancel', 'rerun', 'tick', 'work'] as const;

async function act(action: (typeof ACTIONS)[number], id: string, settle: () => Promise<unknown>): Promise<void> {
  const { organizationId, versionId } = flow;
  if (action === 'settle' || action === 'settleAgain') await settle();
  else if (action === 'cancel') await fixture.engine.cancel(organizationId, id, 'test').catch(ignoreConflict);
  else if (action === 'tick') await fixture.tasks.tick();
  else if (action === 'work') await workOnce(fixture.tasks, worker, { batch: 10, followUps: 1, fuses: false });
  else
    await fixture.engine
      .rerun(organizationId, id, { onlyStale: false, actor: 'test', flowVersionId: versionId, flowVersion: 1 })
      .catch(ignoreConflict);
}

test('F13: in whichever order settles, a cancel and a re-execution arrive, moves are legal and all ends', {
  timeout: 180_000,
}, async () => {
  const moves = await recordMoves(fixture.admin);
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.shuffledSubarray([...ACTIONS], { minLength: 3 }), async (scheduler, actions) => {
      const id = await fixture.start(flow);
      const held = (await fixture.tasks.claim(worker, { batch: 50 })).filter(({ execution }) => execution.id === id);
      const settle = () =>
        fixture.tasks.settle(
          worker,
          held.map((task) => ({ task, outcome: { status: 'completed', output: '{"v":1,"n":1}' } })),
          { claim: false },
        );
      const done = actions.map((action) => scheduler.schedule(Promise.resolve(action), action).then(() => act(action, id, settle)));
      await scheduler.waitAll();
      await Promise.all(done);
      await settle(); // where it was not among them; else it is one too many
      await drain(id);
    }),
    { numRuns: SCHEDULES, seed: takeSeed(), endOnFailure: true },
  );
  expect(await moves.problems()).toEqual([]);
  expect((await checkHistory(fixture.db, { plans: fixture.plans })).violations).toEqual([]);
});

async function drain(id: string): Promise<void> {
  for (let round = 0; round < 50; round++) {
    await fixture.tasks.tick();
    await workOnce(fixture.tasks, worker, { batch: 50, followUps: 3, fuses: false });
    const { rows } = await fixture.admin.query('select status from flow_executions where id = $1', [id]);
    if (isEnded(rows[0].status)) return;
  }
  throw new Error(`run ${id} does not end`);
}
