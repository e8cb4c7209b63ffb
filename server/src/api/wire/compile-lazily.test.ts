import { expect, test } from 'vitest';
import { buildSerializer, lazily } from './compile-lazily.ts';

test('what is declared is compiled at its first use, and then no more', () => {
  const compiled: string[] = [];
  const compile = lazily((name: string) => {
    compiled.push(name);
    return (value: number) => `${name} ${value}`;
  });
  const [one, two] = [compile('one'), compile('two')];
  expect(compiled).toEqual([]);
  expect([two(1), two(2)]).toEqual(['two 1', 'two 2']);
  expect(compiled).toEqual(['two']);
  expect(one(3)).toBe('one 3');
});

test('an answer holds what its schema declares, and routes that share a schema share its serializer', () => {
  const schema = { type: 'object', properties: { id: { type: 'string' } } };
  const compile = buildSerializer({}, {});
  const declared = (httpStatus: string) => ({ schema, method: 'GET', url: '/', httpStatus });
  const [ok, created] = [compile(declared('200')), compile(declared('201'))];
  expect([ok({ id: 'a', secret: 'b' }), created({ id: 'c' })]).toEqual(['{"id":"a"}', '{"id":"c"}']);
  schema.properties.id.type = 'number'; // too late for the one that is shared
  expect(compile(declared('404'))({ id: 'd' })).toBe('{"id":"d"}');
});

test('a schema that cannot be compiled is refused where it is used', () => {
  const check = buildSerializer({}, {})({ schema: { $ref: '#/nowhere' }, method: 'GET', url: '/', httpStatus: '200' });
  expect(() => check({})).toThrow(/nowhere/);
});
