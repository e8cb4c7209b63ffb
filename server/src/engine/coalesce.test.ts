import { expect, test } from 'vitest';
import { serviceUnavailable } from '#base';
import { coalesced } from './coalesce.ts';

test('a lone request goes at once; what comes while it is in flight goes together', async () => {
  const batches: number[][] = [];
  const run = coalesced<number, number>(async (_, requests) => {
    batches.push([...requests]);
    await Promise.resolve();
    return requests.map((n) => n * 2);
  }, 3);
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => run('a', n)));
  expect(answers).toEqual([2, 4, 6, 8, 10, 12]);
  expect(batches).toEqual([[1], [2, 3, 4], [5, 6]]);
});

test('keys do not wait for each other', async () => {
  const batches: string[] = [];
  const run = coalesced<number, number>(async (key, requests) => {
    batches.push(`${key}:${requests.join()}`);
    return [...requests];
  }, 10);
  await Promise.all([run('a', 1), run('b', 2)]);
  expect(batches.sort()).toEqual(['a:1', 'b:2']);
});

test('one that fails fails alone, and what comes later runs', async () => {
  const run = coalesced<number, number>(async (_, requests) => {
    if (requests.includes(3)) throw new Error('three');
    return [...requests];
  }, 10);
  const settled = await Promise.allSettled([1, 2, 3, 4].map((n) => run('a', n)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await run('a', 5)).toBe(5);
});

test('F3: a batch whose answer was lost is not repeated: it may have been carried out', async () => {
  const carriedOut: number[] = [];
  const run = coalesced<number, number>(async (_, requests) => {
    carriedOut.push(...requests);
    if (requests.length > 1) throw serviceUnavailable('the answer was lost', 1);
    return [...requests];
  }, 10);
  const settled = await Promise.allSettled([1, 2, 3].map((n) => run('a', n)));
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(carriedOut).toEqual([1, 2, 3]);
});
