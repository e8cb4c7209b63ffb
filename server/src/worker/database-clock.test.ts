import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DatabaseClock } from './database-clock.ts';

const DATABASE_TIME = new Date('2030-03-31T00:59:59Z').getTime();

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance', 'Date'], now: new Date('2026-01-01T00:00:00Z') }));
afterEach(() => void vi.useRealTimers());

const clockOf = (...times: number[]) => {
  const readClock = vi.fn(async () => new Date(times.shift() ?? Number.NaN));
  return { readClock, clock: new DatabaseClock({ readClock }) };
};

test('F18 goes on from the database’s time, whatever becomes of the clock of the process', async () => {
  const { clock } = clockOf(DATABASE_TIME);
  await clock.read();
  vi.advanceTimersByTime(2_500);
  expect(clock.now().getTime()).toBe(DATABASE_TIME + 2_500);
  vi.setSystemTime(new Date('2026-01-01T01:00:00Z'));
  expect(clock.now().getTime()).toBe(DATABASE_TIME + 2_500);
});

test('F18 is asked for again after a minute, not before', async () => {
  const { clock, readClock } = clockOf(DATABASE_TIME, DATABASE_TIME + 70_000);
  await clock.read();
  vi.advanceTimersByTime(59_000);
  await clock.renew();
  expect(readClock).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2_000);
  await clock.renew();
  expect(readClock).toHaveBeenCalledTimes(2);
  expect(clock.now().getTime()).toBe(DATABASE_TIME + 70_000);
});

test('takes the middle of the question as the moment of the answer', async () => {
  const readClock = async () => {
    vi.advanceTimersByTime(400);
    return new Date(DATABASE_TIME);
  };
  const clock = new DatabaseClock({ readClock });
  await clock.read();
  expect(clock.now().getTime()).toBe(DATABASE_TIME + 200);
});
