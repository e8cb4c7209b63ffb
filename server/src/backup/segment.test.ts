import { expect, test } from 'vitest';
import { isSegment, segmentAfter, timelineOf } from './segment.ts';

test.each([
  ['000000010000000000000001', '000000010000000000000002'],
  ['00000001000000000000000F', '000000010000000000000010'],
  ['0000000100000000000000FF', '000000010000000100000000'],
  ['0000000A000000FF000000FF', '0000000A0000010000000000'],
])('%s is followed by %s', (name, next) => {
  expect(segmentAfter(name)).toBe(next);
  expect(timelineOf(next)).toBe(timelineOf(name));
});

test('a segment is told from what else lies beside it', () => {
  expect(
    ['000000010000000000000001', '00000002.history', '000000010000000000000001.00000028.backup', 'archive_status'].map(isSegment),
  ).toEqual([true, false, false, false]);
});
