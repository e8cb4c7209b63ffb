import { expect, test } from 'vitest';
import { readRange } from './read-range.ts';

test.each<[string | undefined, number, unknown]>([
  [undefined, 10, undefined],
  ['bytes=0-0', 10, { start: 0, end: 0 }],
  ['bytes=5-', 10, { start: 5, end: 9 }],
  ['bytes=-3', 10, { start: 7, end: 9 }],
  ['bytes=-30', 10, { start: 0, end: 9 }],
  ['bytes=0-99', 10, { start: 0, end: 9 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-1', 0, 'unsatisfiable'],
  ['bytes=3-2', 10, undefined],
  ['bytes=-', 10, undefined],
  ['bytes=1-2,4-5', 10, undefined],
  ['items=1-2', 10, undefined],
  ['bytes=1e3-', 10, undefined],
  ['bytes=9999999999999999-', 10, undefined],
])('%j of %i bytes', (header, size, expected) => {
  expect(readRange(header, size)).toEqual(expected);
});
