import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import type { TaskScope } from '#language';
import { type CachedInput, cacheKey, type FileFacts, filesNamedIn } from './cache-key.ts';

const execution = { id: 'e', flow_id: 'f', flow_version: 1, run_number: 1, organization_id: 'o', created_at: '2026-03-14T09:00:00Z' };
const scopeOf = (tasks: Record<string, Json> = {}, more: Partial<TaskScope> = {}): TaskScope => ({ tasks, input: {}, execution, ...more });
const plain = { name: 'read', parametersSchema: { type: 'object' } };
const withCel = { name: 'check', parametersSchema: { type: 'object', properties: { rule: { type: 'string', format: 'cel' } } } };
const facts = (sha256: string, more: Partial<FileFacts> = {}): FileFacts => ({
  sha256,
  contentType: 'application/pdf',
  filename: 'a.pdf',
  ...more,
});

const keyOf = (parameters: JsonObject, more: Partial<CachedInput> = {}) =>
  cacheKey({ executor: plain, parameters, scope: scopeOf(), files: new Map(), model: undefined, ...more }).toString('hex');

const json = fc.jsonValue().map((value) => value as Json);
const parameters = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', '__proto__', 'list', 'object'),
  fc.oneof(json, fc.constantFrom('x', 1, null)),
  { maxKeys: 3 },
) as fc.Arbitrary<JsonObject>;

const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [`${key}:`, sorted(entry)]);
};
const marked = (value: Json): string => JSON.stringify([Array.isArray(value), sorted(value)]);

describe('two inputs have the same key', () => {
  test('exactly where they are equal, whatever the order of their fields', () => {
    fc.assert(
      fc.property(parameters, parameters, (one, other) => {
        const reversed = Object.fromEntries(Object.entries(one).reverse());
        expect(keyOf(reversed)).toBe(keyOf(one));
        const isEqual = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        if (isEqual && marked(one) === marked(other)) expect(keyOf(one)).toBe(keyOf(other));
        if (!isEqual) expect(keyOf(one)).not.toBe(keyOf(other));
      }),
      { numRuns: 2_000 },
    );
  });

  test('only where their executor, its version and their model are the same', () => {
    const keys = [
      keyOf({ a: 1 }),
      keyOf({ a: 1 }, { executor: { ...plain, version: 2 } }),
      keyOf({ a: 1 }, { executor: { ...plain, name: 'other' } }),
      keyOf({ a: 1 }, { model: 'm1' }),
      keyOf({ a: 1 }, { model: 'm2' }),
    ];
    expect(new Set(keys).size).toBe(5);
    expect(keyOf({ a: 1 }, { executor: { ...plain, version: 1 } })).toBe(keys[0]);
  });

  test('where files have the same content, wherever they lie; and no text can pass for one', () => {
    const at = (uri: string, file: FileFacts) => keyOf({ document_url: uri, pages: [1] }, { files: new Map([[uri, file]]) });
    expect(at('gs://b/flows/1', facts('aa'))).toBe(at('gs://b/flows/2', facts('aa', { filename: 'other.PDF' })));
    expect(at('gs://b/flows/1', facts('aa'))).not.toBe(at('gs://b/flows/1', facts('bb')));
    expect(at('gs://b/flows/1', facts('aa'))).not.toBe(at('gs://b/flows/1', facts('aa', { contentType: 'text/plain' })));
    expect(at('gs://b/flows/1', facts('aa'))).not.toBe(at('gs://b/flows/1', facts('aa', { filename: 'a.docx' })));
    const spelt = keyOf({ document_url: { 'content of a file': ['aa', 'application/pdf', '.pdf'] }, pages: [1] });
    expect(spelt).not.toBe(at('gs://b/flows/1', facts('aa')));
    expect(keyOf({ a: ['object', [['b', 1]]] })).not.toBe(keyOf({ a: { b: 1 } }));
  });

  test('of expressions, where what they refer to is the same as well', () => {
    const bound = (rule: string, scope: TaskScope) => keyOf({ rule }, { executor: withCel, scope });
    expect(bound('a.x > 1', scopeOf({ a: { x: 1 } }))).not.toBe(bound('a.x > 1', scopeOf({ a: { x: 2 } })));
    expect(bound('a.x > 1', scopeOf({ a: { x: 1 } }, { execution: { ...execution, id: 'other' } }))).toBe(
      bound('a.x > 1', scopeOf({ a: { x: 1 } })),
    );
    expect(bound('execution.id', scopeOf({}, { execution: { ...execution, id: 'other' } }))).not.toBe(bound('execution.id', scopeOf()));
    expect(bound('input.x', scopeOf({}, { input: { x: 1 } }))).not.toBe(bound('input.x', scopeOf()));
    expect(keyOf({ a: 1 }, { scope: scopeOf({ a: 1 }) })).toBe(keyOf({ a: 1 }, { scope: scopeOf({ a: 2 }) }));
  });
});

test('files are found by their addresses, at any depth', () => {
  const named = { document_url: 'gs://b/k', list: [{ deep: 'flows/1/documents/2' }, 'not gs://b/k'], n: 1, none: null };
  expect(filesNamedIn(named)).toEqual(['gs://b/k', 'flows/1/documents/2']);
});
