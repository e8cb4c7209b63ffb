import { expect, test } from 'vitest';
import { nameSchemas } from './name-schemas.ts';

const thing = (description: string, type: unknown = 'object') => ({
  type,
  title: 'Thing',
  description,
  properties: { name: { type: 'string' } },
});
const answer = (schema: unknown) => ({ content: { 'application/json': { schema } } });

test('a titled object is written once and referred to, whatever each place says of it', () => {
  const named = nameSchemas({
    paths: { '/a': answer(thing('here')), '/b': answer({ type: 'array', items: thing('there') }) },
    components: { x: 1 },
  });
  const reference = { $ref: '#/components/schemas/Thing' };
  expect(named['paths']).toEqual({ '/a': answer(reference), '/b': answer({ type: 'array', items: reference }) });
  expect(named['components']).toEqual({
    x: 1,
    schemas: { Thing: { type: 'object', title: 'Thing', properties: { name: { type: 'string' } } } },
  });
});

test('one that may be null is a reference or null', () => {
  const named = nameSchemas({ paths: { '/a': answer(thing('here', ['object', 'null'])) }, components: {} });
  expect(named['paths']).toEqual({ '/a': answer({ anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }] }) });
});

test('two that differ may not have one title', () => {
  const other = { type: 'object', title: 'Thing', properties: {} };
  expect(() => nameSchemas({ paths: { '/a': answer(thing('here')), '/b': answer(other) }, components: {} })).toThrow(
    'Two schemas are titled Thing',
  );
});
