import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { runMetadata } from './run-metadata.ts';

test.each<[string, Json | undefined, JsonObject | undefined, [string, string][]]>([
  ['nothing', undefined, undefined, []],
  ['what is no object', 'text', undefined, []],
  ['a list', ['a'], undefined, []],
  [
    'scalars, as text',
    { a: 'x', n: 1.5, t: true, z: null },
    undefined,
    [
      ['a', 'x'],
      ['n', '1.5'],
      ['t', 'true'],
    ],
  ],
  [
    'the scalars of a list, once each',
    { l: ['a', 1, { b: 1 }, ['c'], 'a', null] },
    undefined,
    [
      ['l', 'a'],
      ['l', '1'],
    ],
  ],
  ['nothing of what is nested', { o: { a: 1 } }, undefined, []],
  [
    'what is given beside it, over it',
    { a: 'x', b: 'y' },
    { a: ['z', 'w'], c: 1 },
    [
      ['a', 'z'],
      ['a', 'w'],
      ['b', 'y'],
      ['c', '1'],
    ],
  ],
  ['what is given alone', undefined, { a: 1 }, [['a', '1']]],
  [
    'nothing too long, nor without a name',
    { ['k'.repeat(201)]: 'x', v: 'x'.repeat(1_001), '': 'x', ok: '😀'.repeat(1_000) },
    undefined,
    [['ok', '😀'.repeat(1_000)]],
  ],
  [
    'text that can be stored',
    { a: 'x\0', b: '\ud800' },
    undefined,
    [
      ['a', 'x\ufffd'],
      ['b', '\ufffd'],
    ],
  ],
  ['an empty value', { a: '' }, undefined, [['a', '']]],
])('G6: of %s', (_, metadata, given, expected) => {
  const input: JsonObject = metadata === undefined ? {} : { metadata };
  expect(runMetadata(input, given).map(({ key, value }) => [key, value])).toEqual(expected);
});

test('at most 200 entries are kept', () => {
  expect(runMetadata({ metadata: { list: Array.from({ length: 500 }, (_, i) => i) } }, undefined)).toHaveLength(200);
});
