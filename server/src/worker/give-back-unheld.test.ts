import { expect, test } from 'vitest';
import type { HeldTask } from '#engine';
import { giveBackUnheld, type Holder } from './give-back-unheld.ts';
import { silent } from './testing/claimed-task.ts';

const row = (id: string, attempt = 1): HeldTask => ({ organizationId: 'o', id, attempt });
const loopWith = (...held: HeldTask[]): Holder => ({
  holds: ({ id, attempt }) => held.some((task) => task.id === id && task.attempt === attempt),
  answered: async () => {},
});

/** What is given back of these rows. */
async function givenBack(rows: HeldTask[], loops: Holder[]): Promise<HeldTask[]> {
  const given: HeldTask[] = [];
  await giveBackUnheld({ heldTasks: async () => rows, giveBack: async (held) => void given.push(...held) }, 1, loops, silent);
  return given;
}

test('what no loop holds is given back; of what it holds under an older attempt, the newer', async () => {
  const loops = [loopWith(row('a')), loopWith(row('b'), row('c', 1))];
  expect(await givenBack([row('a'), row('b'), row('c', 2), row('d')], loops)).toEqual([row('c', 2), row('d')]);
  expect(await givenBack([row('a')], loops)).toEqual([]);
});

test('what a loop is just being handed is its own', async () => {
  const held: HeldTask[] = [];
  const loop: Holder = {
    ...loopWith(),
    holds: ({ id }) => held.some((task) => task.id === id),
    answered: async () => void held.push(row('a')),
  };
  expect(await givenBack([row('a')], [loop])).toEqual([]);
});
