import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TaskDefinition } from './definition.ts';
import { findReferences, type Reference } from './find-references.ts';
import { nameTasks } from './task-names.ts';

const uuid = '8a0883ff-e0b9-4c27-8dfe-8af18c7d3ea4';
const taskOf = (name: string, title = ''): TaskDefinition => ({
  index: 0,
  loc: [],
  name,
  executor: 'any',
  title,
  parameters: {},
  dependsOn: [],
  referenceModes: {},
  onFailure: [],
});
const names = nameTasks([
  taskOf('a', 'Receive File'),
  taskOf('a.b'),
  taskOf(uuid),
  taskOf('My task'),
  taskOf('x', 'Same'),
  taskOf('y', 'Same'),
  taskOf('v1.2 [draft]'),
  taskOf('execution'),
]);
const one = (text: string): Reference | string | undefined => findReferences(text, names).parts[0];

describe('what a reference begins with and where it leads', () => {
  test.each<[string, unknown, (string | number)[]]>([
    ['{{a.field}}', { kind: 'task', task: 'a' }, ['field']],
    ['{{ a.field }}', { kind: 'task', task: 'a' }, ['field']],
    ['{{a}}', { kind: 'task', task: 'a' }, []],
    ['{{a.output}}', { kind: 'task', task: 'a' }, ['output']],
    ['{{a.output.field}}', { kind: 'task', task: 'a' }, ['output', 'field']],
    ['{{a[0].x}}', { kind: 'task', task: 'a' }, [0, 'x']],
    ['{{a.list[12]["any key"].z}}', { kind: 'task', task: 'a' }, ['list', 12, 'any key', 'z']],
    ["{{a['k.l']}}", { kind: 'task', task: 'a' }, ['k.l']],
    ['{{a.b}}', { kind: 'task', task: 'a.b' }, []],
    ['{{a.b.c}}', { kind: 'task', task: 'a.b' }, ['c']],
    ['{{a.bc}}', { kind: 'task', task: 'a' }, ['bc']],
    [`{{${uuid}.document_url}}`, { kind: 'task', task: uuid }, ['document_url']],
    ['{{My task.total amount}}', { kind: 'task', task: 'My task' }, ['total amount']],
    ['{{v1.2 [draft].x}}', { kind: 'task', task: 'v1.2 [draft]' }, ['x']],
    ['{{Receive File.mime_type}}', { kind: 'task', task: 'a' }, ['mime_type']],
    ['{{input.x}}', { kind: 'input' }, ['x']],
    ['{{input}}', { kind: 'input' }, []],
    ['{{item}}', { kind: 'item' }, []],
    ['{{item.x[1]}}', { kind: 'item' }, ['x', 1]],
    ['{{secrets.API_KEY}}', { kind: 'secrets' }, ['API_KEY']],
    ['{{execution.id}}', { kind: 'task', task: 'execution' }, ['id']],
  ])('%s', (text, root, path) => {
    expect(one(text)).toMatchObject({ root, path });
    expect(findReferences(text, names).faults).toEqual([]);
  });

  test('text around references is kept, in order', () => {
    const { parts } = findReferences('Dear {{a.name}}, {{ My task.x }}!', names);
    expect(parts.map((part) => (typeof part === 'string' ? part : part.text))).toEqual(['Dear ', 'a.name', ', ', 'My task.x', '!']);
  });

  test('a backslash makes the braces plain', () => {
    expect(findReferences('\\{{a.x}} and {{a.x}}', names).parts).toMatchObject(['{{a.x}} and ', { text: 'a.x' }]);
  });
});

test.each([
  ['{{nobody.x}}', 'unknown_task'],
  ['{{A.x}}', 'unknown_task'],
  ['{{Same.x}}', 'unknown_task'],
  ['{{}}', 'reference_syntax'],
  ['{{ }}', 'reference_syntax'],
  ['{{a.}}', 'reference_syntax'],
  ['{{a..x}}', 'reference_syntax'],
  ['{{a[x]}}', 'reference_syntax'],
  ['{{a[-1]}}', 'reference_syntax'],
  ['{{a.x', 'reference_syntax'],
  ['{{a | upcase}}', 'unknown_task'],
  ['{{a.__proto__}}', 'forbidden_property'],
  ['{{a.x["constructor"].y}}', 'forbidden_property'],
  ['{{input.prototype}}', 'forbidden_property'],
  ['{{item.__proto__.polluted}}', 'forbidden_property'],
  [`{{a${'.x'.repeat(600)}}}`, 'reference_syntax'],
])('%s is a fault', (text, type) => {
  expect(findReferences(text, names).faults.map((fault) => fault.type)).toEqual([type]);
});

/** What escapes from template languages are made of: none of it is even a reference here. */
test.each([
  '{{a.constructor.constructor("return process")()}}',
  '{{a["__proto__"]["polluted"]}}',
  '{{constructor.constructor("return this")()}}',
  "{{''.constructor.prototype.charAt = [].join}}",
  '{{$json.constructor}}',
  '{{[].filter.constructor("return 1")()}}',
  '{{this.constructor}}',
  '{{a.toString.call.call({}.valueOf)}}',
  '{{#with "s" as |string|}}',
  '{{range.constructor("return global.process.mainModule")()}}',
  '{{a.x; process.exit()}}',
  '{{a.x + 1}}',
  '{{a.map(x => x)}}',
  '{{ a.x }}{{ self.__init__.__globals__ }}',
  '{{globalThis}}',
  '{{process.env}}',
  '{{require("fs")}}',
  '{{a.x}}{{new Function("return 1")()}}',
])('%s gives nothing', (text) => {
  const { parts, faults } = findReferences(text, names);
  const paths = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.path]));
  const isHarmless = paths.flat().every((key) => !['__proto__', 'constructor', 'prototype'].includes(String(key)));
  expect(isHarmless && (faults.length > 0 || paths.length > 0)).toBe(true);
});

test('a wrong name is told with the nearest right one', () => {
  expect(findReferences('{{My tsak.x}}', names).faults[0]?.message).toBe("References unknown task 'My tsak' (did you mean 'My task'?)");
});

test('no text throws, and what is not a reference survives as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', '.', '[', ']', '"', ' ', '0', '\\') }), (text) => {
      const { parts, faults } = findReferences(text, names);
      if (!text.includes('{{')) expect(parts).toEqual([text]);
      else expect(parts.length + faults.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
