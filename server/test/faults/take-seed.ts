import { randomInt } from 'node:crypto';

/** The seed of a test's chances, printed; FLOW_TEST_SEED repeats one. */
export function takeSeed(): number {
  const seed = Number(process.env['FLOW_TEST_SEED'] ?? randomInt(1, 2 ** 31 - 1));
  console.log(`seed ${seed} (FLOW_TEST_SEED=${seed} draws the same faults)`);
  return seed;
}
