// Model-based: whatever users, workers and the network do to runs, in any order, the rows say after each step what a model of 200 lines says; and once all
// is quiet, everything that is due ends.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkHistory } from '../../src/engine/check-history.ts';
import { type CommandCounts, commandsOf, drain, newBound } from './commands.ts';
import { RealSystem } from './real-system.ts';

/** More by FLOW_TEST_MODEL_RUNS; the same ones by FLOW_TEST_SEED. */
const RUNS = Number(process.env.FLOW_TEST_MODEL_RUNS ?? 300);
const SEED = Number(process.env.FLOW_TEST_SEED ?? 1);
const MAX_COMMANDS = 60;
const LIMIT = 2;

let real: RealSystem;
beforeAll(async () => {
  real = await RealSystem.open(LIMIT);
});
afterAll(() => real.close());

test(`after each of ${RUNS} histories of commands the rows are what the model says (seed ${SEED})`, {
  timeout: 60_000 + RUNS * 3_000,
}, async () => {
  const counts: CommandCounts = new Map();
  let isDirty = false;
  await fc.assert(
    fc.asyncProperty(fc.commands(commandsOf(counts), { maxCommands: MAX_COMMANDS, size: 'max' }), async (commands) => {
      if (isDirty) await real.clear();
      isDirty = true;
      const bound = newBound(LIMIT);
      await fc.asyncModelRun(() => ({ model: bound, real }), commands);
      await drain(bound, real);
      isDirty = false;
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: process.env.FLOW_TEST_NO_SHRINK !== undefined },
  );
  console.info(JSON.stringify({ seed: SEED, ...Object.fromEntries([...counts].sort()) }));
  expect((await checkHistory(real.platform.engineDb)).violations).toEqual([]);
});
