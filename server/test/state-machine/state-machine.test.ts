// Model-based: whatever users, workers and the network do to runs, in any order, the rows say after each step what a model of 200 lines says; and once all
// is quiet, everything that is due ends. More of it runs in `npm run torture`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '../../src/engine/check-history.ts';
import { type Histories, openHistories } from './run-histories.ts';

/** More by FLOW_TEST_MODEL_RUNS; the same ones by FLOW_TEST_SEED. */
const RUNS = Number(process.env.FLOW_TEST_MODEL_RUNS ?? 300);
const SEED = Number(process.env.FLOW_TEST_SEED ?? 1);

let histories: Histories;
beforeAll(async () => {
  histories = await openHistories();
});
afterAll(() => histories.close());

test(`after each of ${RUNS} histories of commands the rows are what the model says (seed ${SEED})`, {
  timeout: 120_000 + RUNS * 3_000,
}, async () => {
  const { problem } = await histories.run({ runs: RUNS, seed: SEED });
  expect(problem).toBeUndefined();
  console.info(JSON.stringify({ seed: SEED, ...Object.fromEntries([...histories.counts].sort()) }));
  expect(histories.counts.size, 'kinds of commands').toBe(16);
  const { violations } = await checkHistory(histories.real.platform.engineDb, { plans: histories.real.plans });
  expect(violations).toEqual([]);
});
