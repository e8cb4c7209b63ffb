import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { formatFault } from './fault.ts';
import { executors } from './fixtures/executors.ts';
import { parseDefinition } from './parse-definition.ts';
import type { TaskResolver, TaskScope } from './plan.ts';
import { planFlow } from './plan-flow.ts';
import { ResolutionError } from './resolution-error.ts';

const execution = { id: 'e', flow_id: 'f', flow_version: 3, run_number: 7, organization_id: 'o', created_at: '2026-01-01T00:00:00.000Z' };
const up: JsonObject = {
  text: 'Hi',
  count: 3,
  flag: false,
  none: null,
  list: [1, { a: 'b' }],
  object: { x: { y: 1 } },
  'odd key': 'k',
  output: undefined as never,
};
delete up['output'];
const scopeOf = (more: Partial<TaskScope> = {}): TaskScope => ({
  tasks: Object.assign(Object.create(null), { up }),
  input: { a: 1 },
  execution,
  ...more,
});

/** The resolver of a task with these parameters, behind a task `up` whose output may be anything. */
function resolverOf(parameters: JsonObject, more: JsonObject = {}, executor = 'any'): TaskResolver {
  const tasks = [
    { name: 'in', task_executor_name: 'receive_file' },
    { name: 'up', task_executor_name: 'any' },
    { name: 't', task_executor_name: executor, parameters, ...more },
  ];
  const made = planFlow(parseDefinition({ tasks }).definition, executors);
  if ('faults' in made) throw new Error(made.faults.map(formatFault).join('\n'));
  return made.plan.resolve.get(2) as TaskResolver;
}
const resolve = (value: Json, more: Partial<TaskScope> = {}): Json =>
  (resolverOf({ value }).parameters(scopeOf(more)) as JsonObject)['value'] as Json;

test.each<[Json, Json]>([
  ['{{up.text}}', 'Hi'],
  ['{{up.count}}', 3],
  ['{{up.flag}}', false],
  ['{{up.none}}', null],
  ['{{up.none.deeper[0].still}}', null],
  ['{{up.list}}', [1, { a: 'b' }]],
  ['{{up.list[1].a}}', 'b'],
  ['{{up.object.x}}', { y: 1 }],
  ['{{up["odd key"]}}', 'k'],
  ['{{up}}', up],
  ['{{up.output}}', up],
  ['{{up.output.count}}', 3],
  ['{{input}}', { a: 1 }],
  ['{{input.a}}', 1],
  ['{{execution.run_number}}', 7],
  ['{{execution}}', execution],
  ['n={{up.count}} {{up.flag}} [{{up.none}}] {{up.list}} {{up.object}}', 'n=3 false [] [1,{"a":"b"}] {"x":{"y":1}}'],
  [' {{up.count}}', ' 3'],
  ['\\{{up.count}} {{up.count}}', '{{up.count}} 3'],
  ['\\{{up.count}}', '{{up.count}}'],
  [
    ['{{up.count}}', { deep: ['{{up.text}}!'] }, 5, null, 'plain'],
    [3, { deep: ['Hi!'] }, 5, null, 'plain'],
  ],
])('%j gives %j', (value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test('a field named output is meant where the task has one', () => {
  const tasks = [
    { name: 'in', task_executor_name: 'receive_file' },
    { name: 'f', task_executor_name: 'format_data', parameters: { fields: { output: '1', x: '2' } } },
    { name: 't', task_executor_name: 'any', parameters: { a: '{{f.output}}', b: '{{f.x}}' } },
  ];
  const made = planFlow(parseDefinition({ tasks }).definition, executors);
  if ('faults' in made) throw new Error('faults');
  expect(made.plan.resolve.get(2)?.parameters(scopeOf({ tasks: { f: { output: 1, x: 2 } } }))).toEqual({ a: 1, b: 2 });
});

test('a skipped task is null, all the way down', () => {
  expect(resolve(['{{up}}', '{{up.text}}', '{{up.list[0].x}}', 'x{{up.text}}'], { tasks: { up: null } })).toEqual([null, null, null, 'x']);
});

test('a field that the schema declares but the value lacks is null; one that neither knows is an error', () => {
  expect(
    (resolverOf({ value: '{{in.filename}}' }).parameters(scopeOf({ tasks: { in: { document_url: 'x' } } })) as JsonObject)['value'],
  ).toBeNull();
  expect(() => resolve('{{up.absent}}')).toThrow(
    "'up.absent': there is no absent; there are text, count, flag, none, list, object, odd key",
  );
  expect(() => resolve('{{up.list[7]}}')).toThrow("'up.list[7]': there is no list[7] in a list of 2");
  expect(() => resolve('{{up.text.length}}')).toThrow(ResolutionError);
  expect(() => resolve('{{up.list.length}}')).toThrow(ResolutionError);
});

test('an error knows its code and its place', () => {
  const error = (() => {
    try {
      return resolve({ deep: ['{{up.absent}}'] });
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toMatchObject({ name: 'ResolutionError', code: 'no_such_field', place: 'tasks.2.parameters.value.deep.0' });
});

test('what a reference brings in is data: it is never resolved again', () => {
  const hostile = '{{ secrets }} {{secrets.KEY}} {{execution.id}} {{up.text}}';
  expect(resolve(['{{up.text}}', 'say: {{up.text}}'], { tasks: { up: { text: hostile } }, secrets: { KEY: 'sealed' } })).toEqual([
    hostile,
    `say: ${hostile}`,
  ]);
});

describe('secrets', () => {
  const resolver = resolverOf(
    { url: 'x', token: '{{secrets.KEY}}', headers: { Authorization: 'Bearer {{secrets.KEY}}', X: '{{secrets.OTHER}}' } },
    {},
    'http_request',
  );
  test('stay as written until they are opened', () => {
    expect(resolver.parameters(scopeOf())).toMatchObject({
      token: '{{secrets.KEY}}',
      headers: { Authorization: 'Bearer {{secrets.KEY}}' },
    });
    expect(resolver.secrets).toEqual(['KEY', 'OTHER']);
  });
  test('are filled in where they are, and missed where they are not', () => {
    expect(resolver.parameters(scopeOf({ secrets: { KEY: 's', OTHER: 't' } }))).toMatchObject({
      token: 's',
      headers: { Authorization: 'Bearer s', X: 't' },
    });
    expect(() => resolver.parameters(scopeOf({ secrets: { KEY: 's' } }))).toThrow("There is no secret 'OTHER'");
    expect(() => resolver.parameters(scopeOf({ secrets: {} }))).toThrow(ResolutionError);
  });
});

test('parameters of format liquid and cel stay as they were written', () => {
  const parameters = { template: '{{ up.text }}', fields: { a: 'up.count' } };
  expect(resolverOf(parameters, {}, 'format_data').parameters(scopeOf())).toEqual(parameters);
});

test('parameters without references are frozen, so that no run can change the next', () => {
  const parameters = resolverOf({ a: { b: [1] } }).parameters(scopeOf()) as { a: { b: number[] } };
  expect(() => parameters.a.b.push(2)).toThrow(TypeError);
});

test('a condition must give true or false', () => {
  const when = resolverOf({}, { when: 'up.count > 2' }).when;
  expect([when?.(scopeOf()), when?.(scopeOf({ tasks: { up: { count: 1 } } }))]).toEqual([true, false]);
  expect(() => resolverOf({}, { when: 'up.count' }).when?.(scopeOf())).toThrow('The condition must give true or false, not 3');
  expect(() => resolverOf({}, { when: 'up.absent' }).when?.(scopeOf())).toThrow(ResolutionError);
});

test('the key of concurrency is resolved', () => {
  const resolver = resolverOf({}, { concurrency: { key: 'customer-{{input.a}}', limit: 1 } });
  expect(resolver.concurrencyKey?.(scopeOf())).toBe('customer-1');
  expect(resolverOf({}, { concurrency: { key: 'all', limit: 1 } }).concurrencyKey?.(scopeOf())).toBe('all');
});

describe('properties', () => {
  const hostile = fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
    'length',
    'map',
    'then',
  );
  const segment = fc.oneof(
    hostile.map((key) => `.${key}`),
    hostile.map((key) => `["${key}"]`),
    hostile.map((key) => `['${key}']`),
    fc.constantFrom('.object', '.list', '[0]', '.text', '.output', '.x'),
  );
  const root = fc.constantFrom('up', 'input', 'execution', 'item');

  test('no reference ever gives a member of a prototype', () => {
    fc.assert(
      fc.property(root, fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', 'text '), (start, segments, before) => {
        const tasks = [
          { name: 'in', task_executor_name: 'receive_file' },
          { name: 'up', task_executor_name: 'any' },
        ];
        const t = {
          name: 't',
          task_executor_name: 'any',
          parameters: { value: `${before}{{${start}${segments.join('')}}}` },
          for_each: [1],
        };
        const made = planFlow(parseDefinition({ tasks: [...tasks, t] }).definition, executors);
        if ('faults' in made) return;
        const resolver = made.plan.resolve.get(made.plan.byName.get('t') as number) as TaskResolver;
        let value: unknown;
        try {
          value = (resolver.parameters(scopeOf({ item: 'i' })) as JsonObject)['value'];
        } catch (error) {
          expect(error).toBeInstanceOf(ResolutionError);
          return;
        }
        expect(typeof value).not.toBe('function');
        expect(value).toEqual(JSON.parse(JSON.stringify(value)));
        expect(String(JSON.stringify(value))).not.toMatch(/native code|function/);
      }),
      { numRuns: 2000 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('any JSON travels through a whole reference unchanged', () => {
    const resolver = resolverOf({ value: '{{up}}' });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.parse(JSON.stringify(value)) as Json;
        expect((resolver.parameters(scopeOf({ tasks: { up: json } })) as JsonObject)['value']).toEqual(json);
      }),
    );
  });
});
