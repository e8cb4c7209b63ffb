import { expect, test } from 'vitest';
import { parseInstant } from './parse-instant.ts';

test.each([
  ['2026-11-24T14:35:00Z', '2026-11-24T14:35:00.000000Z'],
  ['2026-11-24 14:35:07.123456+00', '2026-11-24T14:35:07.123456Z'],
  ['2026-11-24T15:35:00.5+01:00', '2026-11-24T14:35:00.500000Z'],
  ['2026-01-01T00:30-0130', '2026-01-01T02:00:00.000000Z'],
])('%s is %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

test.each(['yesterday', '2026-11-24T14:35:00', '2026-11-24', '2026-13-24T14:35:00Z', '2026-11-24T25:35:00Z'])('%s is refused', (text) => {
  expect(() => parseInstant(text)).toThrow(/write it with its zone/);
});
