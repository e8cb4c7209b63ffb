import { expect, test } from 'vitest';
import { parseDuration } from './parse-duration.ts';

test.each([
  ['200ms', 200],
  ['30s', 30_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  [' 2s ', 2000],
  [30, 30_000],
  [0.25, 250],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '30',
  's',
  '5 m',
  '-1s',
  '0s',
  '1w',
  '1h 30m',
  '1e9s',
  `${'9'.repeat(39)}d`,
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  true,
  {},
])('%s is no duration', (value) => {
  expect(parseDuration(value)).toBeUndefined();
});
