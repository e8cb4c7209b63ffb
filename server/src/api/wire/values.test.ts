import { expect, test } from 'vitest';
import { parseWireTime, toWireTime } from './values.ts';

test.each([
  ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09:30:00.123456Z', '2026-01-31T09:30:00.123Z'],
  ['2026-01-31T09:30:00+02:00', '2026-01-31T07:30:00.000Z'],
  ['2026-01-31T09:30:00 02:00', '2026-01-31T07:30:00.000Z'],
  ['2026-01-31T09:30:00-0500', '2026-01-31T14:30:00.000Z'],
  ['2026-01-31T09:30:00', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
])('%s is read as %s', (text, wire) => {
  const time = parseWireTime(text);
  expect(time && toWireTime(time)).toBe(wire);
});

test('what an answer says, a request may say again', () => {
  const now = new Date();
  expect(parseWireTime(toWireTime(now))).toEqual(now);
});
