import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '../../src/engine/check-history.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';
import { recordMoves } from './record-moves.ts';
import { SABOTEURS, type Saboteur } from './saboteurs.ts';
import { storm } from './storm.ts';

/** Plans, 30 at a time. More by FLOW_TEST_PLANS; the same ones by FLOW_TEST_SEED; with FLOW_TEST_SABOTEUR it must fail. */
const PLANS = Number(process.env.FLOW_TEST_PLANS ?? 60);
const AT_ONCE = 30;
const SEED = process.env.FLOW_TEST_SEED ?? '1';

let fixture: EngineFixture;
beforeAll(async () => {
  const saboteur = process.env.FLOW_TEST_SABOTEUR as Saboteur | undefined;
  const statements = saboteur === undefined ? {} : { statements: SABOTEURS[saboteur] };
  fixture = await openEngine({ limitedExecutors: new Set(['limited_task']), ...statements });
});
afterAll(() => fixture.close());

test(`${PLANS} random plans end as the oracle says, whatever their workers do (seed ${SEED})`, {
  timeout: 60_000 + PLANS * 1_000,
}, async () => {
  const moves = await recordMoves(fixture.admin);
  for (let first = 0; first < PLANS; first += AT_ONCE) {
    const plans = Math.min(AT_ONCE, PLANS - first);
    const workers = 2 + ((first / AT_ONCE) % 3);
    const { problems, counts } = await storm(fixture, { seed: `${SEED}/${first}`, plans, workers, stormMs: 2500, patienceMs: 15_000 });
    console.info(JSON.stringify(counts));
    expect(problems).toEqual([]);
  }
  expect(await moves.problems()).toEqual([]);
  const history = await checkHistory(fixture.db, { plans: fixture.plans, quietSeconds: 5 });
  console.info(JSON.stringify({ ...history.rowsRead, replayed: history.executionsReplayed }));
  expect(history.violations).toEqual([]);
  const { rows } = await fixture.admin.query('select count(*)::int as n from execution_slots where not free');
  expect(rows[0].n, 'slots that nothing holds').toBe(0);
});
