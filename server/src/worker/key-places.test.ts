import { afterEach, expect, test, vi } from 'vitest';
import type { ClaimedTask, PlaceHolder } from '#engine';
import { delayBehind, KeyPlaces } from './key-places.ts';
import { claimed, planOf, receive, silent } from './testing/claimed-task.ts';

const plan = planOf([receive]);
const taskOf = (id: string): ClaimedTask => claimed(plan, 0, { id });
afterEach(() => void vi.useRealTimers());

/** Places in memory. `gone`: tasks that wait no longer, whoever has claimed them. */
function begin(limit: number) {
  const held = new Set<string>();
  const calls: string[][] = [];
  const putBack: Record<string, number> = {};
  const engine = {
    gone: new Set<string>(),
    isAway: false,
    async takePlace({ id }: PlaceHolder) {
      return held.size < limit && held.add(id).size > 0;
    },
    async releasePlaces(holders: readonly PlaceHolder[]) {
      for (const { id } of holders) held.delete(id);
    },
    async putBack(_: number, tasks: readonly (PlaceHolder & { delayMs: number })[]) {
      if (engine.isAway) throw new Error('away');
      for (const { id, delayMs } of tasks) putBack[id] = delayMs;
    },
    async callTasks(tasks: readonly PlaceHolder[]) {
      calls.push(tasks.map(({ id }) => id));
      return tasks.map(({ id }) => id).filter((id) => !engine.gone.has(id));
    },
  };
  const places = new KeyPlaces({ engine, workerId: 1, log: silent });
  return { engine, places, calls, putBack, enter: (task: ClaimedTask) => places.enter(task, [{ key: 'k', limit, isShared: false }]) };
}

test('the oldest that waits is called when a place is free, and those that are gone are passed over', async () => {
  const { engine, places, calls, enter } = begin(1);
  const [first, ...others] = ['1', '2', '3', '4'].map(taskOf) as [ClaimedTask, ...ClaimedTask[]];
  expect(await enter(first)).toBe('entered');
  expect(await Promise.all([...others].reverse().map(enter))).toEqual(['put_back', 'put_back', 'put_back']);
  engine.gone.add('2');
  await places.leave([first]);
  expect(calls).toEqual([['2'], ['3']]);
});

test('one that has just come does not take the place of one that was called, for a moment', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { places, enter } = begin(1);
  const [first, second, late] = ['1', '2', '3'].map(taskOf) as [ClaimedTask, ClaimedTask, ClaimedTask];
  await enter(first);
  await enter(second);
  await places.leave([first]);
  expect(await enter(late)).toBe('put_back');
  vi.advanceTimersByTime(150); // whoever was called has had its time
  expect(await enter(late)).toBe('entered');
  await places.leave([late]);
  expect(await enter(second)).toBe('entered');
});

test('a put-back that may have failed is not taken for one', async () => {
  const { engine, enter } = begin(0);
  engine.isAway = true;
  expect(await enter(taskOf('1'))).toBe('unsure');
});

test('those that came later wait longer, within bounds', async () => {
  const { enter, putBack } = begin(0);
  for (let i = 10; i < 40; i++) await enter(taskOf(String(i)));
  expect(putBack['10']).toBeLessThanOrEqual(125);
  expect(putBack['39']).toBeGreaterThan(300);
  const delays = [0, 1, 50, 199, 200, 999, 100_000].map(delayBehind);
  expect(delays).toEqual([100, 120, 1_100, 2_000, 2_000, 9_990, 10_000]);
});
