import { expect, test } from 'vitest';
import { newId, parseId, timeOfId } from '#base';
import { firstIdOf } from '../wire/id-ranges.ts';
import { joinMissed, missedSince, parseLastEventId, placesInTime } from './replay-place.ts';

const ago = (ms: number) => `${firstIdOf(new Date(Date.now() - ms)).slice(0, 14)}7000-8000-000000000000`;

test.each([
  ['nothing', undefined],
  ['an empty one', ''],
])('G4 %s asks for no replay', (_name, text) => {
  expect(parseLastEventId(text)).toBeUndefined();
});

test('G4 an id of the last five minutes is a moment, a little before its own', () => {
  for (const ms of [0, 1_000, 299_000]) {
    const missed = parseLastEventId(ago(ms));
    const since = missed === 'too_much' ? undefined : missed?.since.getTime();
    expect(Math.abs((since ?? 0) - (Date.now() - ms - 10_000))).toBeLessThan(1_000);
  }
});

test.each([
  ['an older id', ago(301_000)],
  ['an id of the future', ago(-3_600_000)],
  ['a UUID of another version', '7d444840-9dc0-41d1-b245-5ffdce74fad2'],
  ['what is no id', "'; drop table"],
])('G4 %s is more than can be told', (_name, text) => {
  expect(parseLastEventId(text)).toBe('too_much');
});

test('what was missed twice is all of it', () => {
  const [early, late] = [missedSince(new Date(Date.now() - 60_000)), missedSince(new Date())];
  expect(joinMissed(undefined, late)).toEqual(late);
  expect(joinMissed(late, early)).toEqual(early);
  expect(joinMissed(early, late)).toEqual(early);
  expect(joinMissed(early, 'too_much')).toBe('too_much');
  expect(joinMissed('too_much', late)).toBe('too_much');
});

test('places rise, have the time of their change, and are ids', () => {
  const place = placesInTime();
  const base = Date.now() - 5_000;
  const ids = [0, 0, 0, 1, 1, 7].map((ms) => place(new Date(base + ms)));
  expect(ids).toEqual([...ids].sort());
  expect(ids.map((id) => timeOfId(id).getTime() - base)).toEqual([0, 0, 0, 1, 1, 7]);
  expect(ids.map(parseId)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect((ids.at(-1) ?? '') < newId()).toBe(true);
});
