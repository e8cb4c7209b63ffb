import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { FieldFault } from '#base';
import { compileSchema } from './compile-schema.ts';
import { Nullable, Timestamp, Uuid, Words } from './values.ts';

const Body = Type.Object({
  id: Type.Optional(Uuid()),
  at: Type.Optional(Timestamp()),
  name: Type.Optional(Type.String({ minLength: 2, maxLength: 4 })),
  code: Type.Optional(Type.String({ pattern: '^[a-z]+$' })),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  ratio: Type.Optional(Type.Number()),
  flag: Type.Optional(Type.Boolean()),
  status: Type.Optional(Words(['draft', 'published'])),
  kind: Type.Optional(Type.Literal('only')),
  list: Type.Optional(Type.Array(Type.Integer(), { minItems: 1, maxItems: 2 })),
  map: Type.Optional(Type.Object({ inner: Type.String() })),
  maybe: Type.Optional(Nullable(Type.String())),
  either: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});

function faultsOf(value: unknown, part = 'body'): FieldFault[] {
  const result = compileSchema({ schema: Body, httpPart: part })(value);
  return 'error' in result ? (result.error.details as FieldFault[]) : [];
}

const cases: [object, string, (string | number)[]][] = [
  [{ id: 'not-a-uuid' }, 'uuid_parsing', ['body', 'id']],
  [{ id: 7 }, 'string_type', ['body', 'id']],
  [{ at: 'yesterday' }, 'datetime_parsing', ['body', 'at']],
  [{ name: 'a' }, 'string_too_short', ['body', 'name']],
  [{ name: 'abcde' }, 'string_too_long', ['body', 'name']],
  [{ name: null }, 'string_type', ['body', 'name']],
  [{ code: 'A1' }, 'string_pattern_mismatch', ['body', 'code']],
  [{ count: 0 }, 'greater_than_equal', ['body', 'count']],
  [{ count: 10 }, 'less_than_equal', ['body', 'count']],
  [{ count: '5' }, 'int_parsing', ['body', 'count']],
  [{ count: 5.5 }, 'int_type', ['body', 'count']],
  [{ ratio: 'x' }, 'float_parsing', ['body', 'ratio']],
  [{ flag: 'true' }, 'bool_parsing', ['body', 'flag']],
  [{ status: 'Draft' }, 'enum', ['body', 'status']],
  [{ status: 5 }, 'string_type', ['body', 'status']],
  [{ kind: 'other' }, 'literal_error', ['body', 'kind']],
  [{ list: [] }, 'too_short', ['body', 'list']],
  [{ list: [1, 2, 3] }, 'too_long', ['body', 'list']],
  [{ list: [1, 'x'] }, 'int_parsing', ['body', 'list', 1]],
  [{ list: {} }, 'list_type', ['body', 'list']],
  [{ map: {} }, 'missing', ['body', 'map', 'inner']],
  [{ map: [] }, 'dict_type', ['body', 'map']],
  [{ maybe: 1 }, 'string_type', ['body', 'maybe']],
  [{ either: 'x' }, 'int_parsing', ['body', 'either']],
];

describe('a fault of a body', () => {
  test.each(cases)('%j is %s', (value, type, loc) => {
    const faults = faultsOf(value);
    expect(faults.map((fault) => [fault.type, fault.loc])).toEqual([[type, loc]]);
    expect(faults[0]).toHaveProperty('input');
    expect(faults[0]?.msg).not.toBe('');
  });

  test('all are told at once', () => {
    expect(
      faultsOf({ name: 'a', count: 0, flag: 1 })
        .map((fault) => fault.type)
        .sort(),
    ).toEqual(['bool_type', 'greater_than_equal', 'string_too_short']);
  });

  test('no body where one is needed is missing as a whole', () => {
    expect(faultsOf(undefined)).toEqual([{ loc: ['body'], msg: 'Field required', type: 'missing', input: null }]);
  });

  test('a fault repeats what was sent, cut where it is long', () => {
    expect(faultsOf({ name: 'x'.repeat(5_000) })[0]?.input).toHaveLength(1_001);
    expect(faultsOf({ map: { other: 'y'.repeat(5_000) } })[0]?.input).toBeNull();
  });
});

describe('what is accepted', () => {
  test('an id is normalized where it stands, in a list and in a map too', () => {
    const schema = Type.Object({ ids: Type.Array(Uuid()), one: Nullable(Uuid()) });
    const upper = '550E8400E29B41D4A716446655440000';
    const result = compileSchema({ schema, httpPart: 'body' })({ ids: [upper], one: upper });
    const id = '550e8400-e29b-41d4-a716-446655440000';
    expect(result).toEqual({ value: { ids: [id], one: id } });
  });

  test.each(['2026-01-31', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00 02:00', '2026-01-31T10:00', '2026-01-31T10:00:00.123456-05:00'])(
    'the time %s',
    (at) => {
      expect(faultsOf({ at })).toEqual([]);
    },
  );

  test.each(['2026-02-31', '2026-13-01', '10:00', '2026-01-31T25:00:00Z', ''])('not the time %j', (at) => {
    expect(faultsOf({ at }).map((fault) => fault.type)).toEqual(['datetime_parsing']);
  });

  test('unknown fields of a body are kept for nobody to see, and do no harm', () => {
    expect(faultsOf({ version: 1 })).toEqual([]);
  });

  test('a default fills what a query leaves out', () => {
    const schema = Type.Object({ page: Type.Integer({ default: 1, minimum: 1 }) });
    expect(compileSchema({ schema, httpPart: 'querystring' })({})).toEqual({ value: { page: 1 } });
  });

  test('a path that carries NUL is refused', () => {
    const schema = Type.Object({ name: Type.String() });
    expect(compileSchema({ schema, httpPart: 'params' })({ name: 'a\0b' })).toHaveProperty('error');
  });
});
