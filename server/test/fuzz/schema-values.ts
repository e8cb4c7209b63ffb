import * as fc from 'fast-check';
import { type OpenApi, resolve, type Schema } from '../support/openapi-sample.ts';

/** A schema with the limits that the sample maker does not need. */
export interface FullSchema extends Schema {
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  oneOf?: FullSchema[];
  additionalProperties?: boolean | FullSchema;
}

const MAX_DEPTH = 4;
const LIST_ITEMS = 3;
const TEXT = 40;

/** Values that fit the schema; `known` gives values for a property that names a thing. */
export function valid(
  document: OpenApi,
  given: FullSchema,
  known: (name: string) => fc.Arbitrary<unknown> | undefined,
  depth = 0,
): fc.Arbitrary<unknown> {
  const schema = resolve(document, given) as FullSchema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = (schema.anyOf ?? schema.oneOf) as FullSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valid(document, choice, known, depth)));
  const types = [schema.type ?? (schema.properties ? 'object' : 'any')].flat();
  return fc.oneof(...types.map((type) => ofType(document, { ...schema, type }, known, depth)));
}

function ofType(
  document: OpenApi,
  schema: FullSchema,
  known: (name: string) => fc.Arbitrary<unknown> | undefined,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'object':
      return objects(document, schema, known, depth);
    case 'array': {
      const items = depth >= MAX_DEPTH ? fc.constant(null) : valid(document, (schema.items ?? {}) as FullSchema, known, depth + 1);
      const minLength = schema.minItems ?? 0;
      return fc.array(items, { minLength, maxLength: Math.max(minLength, Math.min(schema.maxItems ?? LIST_ITEMS, LIST_ITEMS)) });
    }
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return texts(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects(
  document: OpenApi,
  schema: FullSchema,
  known: (name: string) => fc.Arbitrary<unknown> | undefined,
  depth: number,
): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0)
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 });
  const isRequired = (name: string) => schema.required?.includes(name) ?? false;
  const kept = depth >= MAX_DEPTH ? properties.filter(([name]) => isRequired(name)) : properties;
  const model = Object.fromEntries(
    kept.map(([name, field]) => [name, known(name) ?? valid(document, field as FullSchema, known, depth + 1)]),
  );
  return fc.record(model, { requiredKeys: kept.map(([name]) => name).filter(isRequired) });
}

function texts(schema: FullSchema): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time')
    return fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.format === 'uri') return fc.webUrl();
  const words = /^\^\(([\w|]+)\)\$$/.exec(schema.pattern ?? '')?.[1]?.split('|');
  if (words) return fc.constantFrom(...words);
  const minLength = schema.minLength ?? 0;
  const maxLength = Math.max(minLength, Math.min(schema.maxLength ?? TEXT, TEXT));
  return fc.string({ unit: 'grapheme', minLength, maxLength });
}

/** What is at, or just past, a limit of the schema. */
export function boundary(document: OpenApi, given: FullSchema): fc.Arbitrary<unknown> {
  const schema = resolve(document, given) as FullSchema;
  const around = (limit: number | undefined) => (limit === undefined ? [] : [limit - 1, limit, limit + 1]);
  const numbers = [...around(schema.minimum), ...around(schema.maximum), 0, -1, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, 0.5];
  const lengths = [...around(schema.minLength), ...around(schema.maxLength)].filter((length) => length >= 0 && length <= 100_000);
  return fc.constantFrom<unknown>(...numbers, ...lengths.map((length) => 'x'.repeat(length)), '', [], {}, null);
}

const DEEP = JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) as unknown;

/** What no schema means: other types, names of prototypes, text that a database refuses, numbers as text. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    '\u0000',
    '\ud800',
    'a\u0000b',
    '__proto__',
    'constructor',
    "'; drop table flows; --",
    '%',
    '_',
    '../../etc/passwd',
    '%2e%2e%2f',
    '{{secrets.X}}',
    '{{input.__proto__}}',
    '#{7*7}',
    '<script>alert(1)</script>',
    '0x10',
    '1e999',
    '٣',
    '\u202e',
    'NaN',
    'Infinity',
    '-0',
    true,
    0,
    -1,
    1.5,
    [],
    {},
    null,
    [[]],
    { __proto__: null },
    DEEP,
    'x'.repeat(5000),
  ),
  fc.constant(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as unknown),
  fc.anything({ maxDepth: 2, withBigInt: false, withNullPrototype: false }).map((value) => {
    try {
      return JSON.parse(JSON.stringify(value) ?? 'null') as unknown;
    } catch {
      return null;
    }
  }),
);
