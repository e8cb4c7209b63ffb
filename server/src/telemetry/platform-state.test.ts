import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '#base';
import type { EngineDatabase } from '#db';
import { createStateReader } from './platform-state.ts';

const log = createLog({ level: 'silent' });
type Door = Pick<EngineDatabase, 'transaction'>;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A database whose rows are all empty, and how often it was asked. */
function emptyDatabase() {
  const asked: { name: string; values: unknown[] }[] = [];
  const query = async (name: string, _text: string, values: unknown[]) => {
    asked.push({ name, values });
    return [{}];
  };
  const db = { transaction: (work: (query: unknown) => unknown) => Promise.resolve(work(query)) } as unknown as Door;
  return { db, asked, count: (name: string) => asked.filter((each) => each.name === name).length };
}

test('however many ask, the database is asked once in five seconds', async () => {
  const database = emptyDatabase();
  const reader = createStateReader(database.db, { log });
  await Promise.all(Array.from({ length: 100 }, () => reader.read()));
  await vi.advanceTimersByTimeAsync(4_900);
  await reader.read();
  expect(database.count('state_ready')).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  await reader.read();
  expect(database.count('state_ready')).toBe(2);
});

test('a read that took long is not repeated as soon: it takes a fiftieth of the time at most', async () => {
  let asked = 0;
  const slow = {
    transaction: () => {
      asked++;
      return new Promise((resolve) => setTimeout(resolve, 100, [{}]));
    },
  } as unknown as Door;
  const reader = createStateReader(slow, { log });
  const first = reader.read();
  await vi.advanceTimersByTimeAsync(700); // seven statements
  await first;
  await vi.advanceTimersByTimeAsync(34_900);
  await reader.read();
  expect(asked).toBe(7);
  await vi.advanceTimersByTimeAsync(200);
  void reader.read();
  expect(asked).toBe(8);
});

test('each statement has a deadline', async () => {
  const database = emptyDatabase();
  await createStateReader(database.db, { log }).read();
  const statements = database.asked.filter(({ name }) => name !== 'state_deadline');
  expect(database.count('state_deadline')).toBe(statements.length);
  expect(new Set(database.asked.filter(({ name }) => name === 'state_deadline').map(({ values }) => values[0]))).toEqual(
    new Set(['2000ms']),
  );
});

test('a database that fails is not asked more often than one that answers', async () => {
  let asked = 0;
  const failing = { transaction: () => Promise.reject(new Error(`away ${++asked}`)) } as unknown as Door;
  let failures = 0;
  const reader = createStateReader(failing, { log, onFailure: () => void failures++ });
  for (let i = 0; i < 10; i++) await expect(reader.read()).rejects.toThrow('away 1');
  expect([asked, failures]).toEqual([1, 1]);
});

test('a database that hangs is waited for five seconds, and not asked again meanwhile', async () => {
  let asked = 0;
  const hanging = {
    transaction: () => {
      asked++;
      return new Promise(() => {});
    },
  } as unknown as Door;
  const reader = createStateReader(hanging, { log });
  for (let i = 0; i < 3; i++) {
    const answer = expect(reader.read()).rejects.toThrow('could not be read in time');
    await vi.advanceTimersByTimeAsync(5_001);
    await answer;
  }
  expect(asked).toBe(1);
});
