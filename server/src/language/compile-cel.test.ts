import { describe, expect, test } from 'vitest';
import type { Json } from '#base';
import { compileCel, evaluateCel } from './compile-cel.ts';
import { findCelReferences } from './find-expression-references.ts';
import { ResolutionError } from './resolution-error.ts';

const scope = {
  tasks: {
    read: {
      total: 12.5,
      count: 3,
      name: 'ACME',
      lines: [
        { price: 2, ok: true },
        { price: 4, ok: false },
      ],
      none: null,
    },
    'two words': { x: 1 },
    input: { of: 'a task that is named input' },
  } as Record<string, Json>,
  input: { limit: 10 },
  item: { n: 7 },
  execution: { id: 'e1' },
};
const plain = { ...scope, tasks: { read: scope.tasks['read'] as Json } };
const codeOf = (work: () => unknown): string => {
  try {
    return `no error: ${JSON.stringify(work())}`;
  } catch (error) {
    expect(error).toBeInstanceOf(ResolutionError);
    return (error as ResolutionError).code;
  }
};

describe('values', () => {
  test.each<[string, Json]>([
    ['read.total > 10', true],
    ['tasks["two words"].x + 1', 2],
    ['read.total * 2', 25],
    ['read.count / 2', 1.5],
    ['read.count % 2', 1],
    ['7 / 2', 3],
    ['read.count + 1.5', 4.5],
    ['read.count == 3', true],
    ['read.lines[0].price', 2],
    ['read.lines.map(l, l.price * 2)', [4, 8]],
    ['read.lines.filter(l, l.ok).size()', 1],
    ['read.lines.exists(l, l.price > 3) && !read.lines.all(l, l.ok)', true],
    ['read.none == null', true],
    ['has(read.absent) ? "yes" : "no"', 'no'],
    ['read.name + "!"', 'ACME!'],
    ['read.name.matches("^A.*E$")', true],
    ['{"a": 1, "b": [true, null, "x"]}', { a: 1, b: [true, null, 'x'] }],
    ['timestamp("2026-01-02T03:04:05Z")', '2026-01-02T03:04:05.000Z'],
    ['duration("90s")', '90s'],
    ['item.n', 7],
    ['execution.id', 'e1'],
    ['string(read.count)', '3'],
    ['cel.bind(t, read.total, t + t)', 25],
    ['input.of', 'a task that is named input'],
  ])('%s', (source, value) => {
    expect(evaluateCel(source, scope)).toEqual(value);
  });

  test('a reserved name is itself where no task bears it', () => {
    expect(evaluateCel('input.limit', plain)).toBe(10);
  });

  test('one compiled expression serves many scopes', () => {
    const compiled = compileCel('input.x + 1');
    expect([1, 2, 3].map((x) => compiled.evaluate({ tasks: {}, input: { x }, execution: {} }))).toEqual([2, 3, 4]);
  });
});

describe('errors', () => {
  test.each([
    ['1 +', 'cel_syntax'],
    ['read.', 'cel_syntax'],
    ['a = 1', 'cel_syntax'],
    ['import os', 'cel_syntax'],
    ['1 + "a"', 'cel_type'],
    ['"a" && true', 'cel_type'],
    ['nothing(1)', 'cel_type'],
    ['unknown_name', 'cel_evaluation'],
    ['read.absent', 'cel_evaluation'],
    ['read.name + 1', 'cel_evaluation'],
    ['read.lines[9]', 'cel_evaluation'],
    ['1 / 0', 'cel_evaluation'],
    ['read.total / 0', 'cel_result'],
    ['9007199254740993', 'cel_result'],
    ['read.name.matches("(")', 'cel_evaluation'],
  ])('%s: %s', (source, code) => {
    expect(codeOf(() => evaluateCel(source, scope))).toBe(code);
  });

  test('a syntax error knows its character', () => {
    expect(() => compileCel('read.total >')).toThrow(/character 13/);
  });
});

describe('prototypes are out of reach', () => {
  test.each([
    'read.constructor',
    'read.__proto__',
    'read["__proto__"]',
    'read["constructor"]["prototype"]',
    'read.name.constructor',
    'read.lines.constructor',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'tasks.constructor',
    'input.toString',
    'read.total.toFixed',
    'dyn(read)["constructor"]',
  ])('%s', (source) => {
    expect(codeOf(() => evaluateCel(source, scope))).toMatch(/^cel_/);
  });

  test('a key __proto__ in a literal is dropped, not set', () => {
    expect(evaluateCel('{"__proto__": {"polluted": true}, "a": 1}', scope)).toEqual({ a: 1 });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a field of the data may be called constructor without harm', () => {
    const result = codeOf(() => evaluateCel('input.constructor', { tasks: {}, input: { constructor: 'x' }, execution: {} }));
    expect(result === 'no error: "x"' || result.startsWith('cel_')).toBe(true);
  });
});

describe('limits', () => {
  const list = { tasks: {}, input: { l: Array.from({ length: 1000 }, (_, i) => i), t: 'a'.repeat(100_000) }, execution: {} };

  test.each([
    ['a billion steps', 'input.l.map(a, input.l.map(b, input.l.map(c, a + b + c))).size() > 0'],
    [
      'the same behind ||',
      'input.l.exists(a, input.l.exists(b, input.l.exists(c, false))) || input.l.all(a, input.l.all(b, input.l.all(c, true)))',
    ],
    [
      'a text that doubles',
      `${Array.from({ length: 20 }, (_, i) => `cel.bind(v${i + 1}, v${i} + v${i}, `)
        .join('')
        .replace('v0 + v0', 'input.t + input.t')}v20${')'.repeat(20)}`,
    ],
    [
      'a list that doubles',
      `${Array.from({ length: 20 }, (_, i) => `cel.bind(v${i + 1}, v${i} + v${i}, `)
        .join('')
        .replace('v0 + v0', 'input.l + input.l')}v20${')'.repeat(20)}`,
    ],
    ['a result that is one list a thousand times', 'input.l.map(a, input.l)'],
  ])('%s ends soon', (_, source) => {
    const start = performance.now();
    expect(codeOf(() => evaluateCel(source, list))).toBe('cel_limit');
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test.each([
    ['long', `1${' + 1'.repeat(3000)}`],
    ['with too many nodes', `1${'+1'.repeat(2500)}`],
    ['deep in brackets', `${'('.repeat(500)}1${')'.repeat(500)}`],
    ['deep in signs', `${'!'.repeat(9000)}true`],
  ])('an expression that is %s is refused', (_, source) => {
    expect(codeOf(() => compileCel(source))).toMatch(/^cel_/);
  });

  test('a pattern that would run for years in JavaScript is linear', () => {
    const start = performance.now();
    expect(evaluateCel('[input.t + "b"].exists(t, t.matches("^(a+)+$"))', list)).toBe(false);
    expect(evaluateCel('input.t.matches("^(a+)+$") && !(input.t + "b").matches("^(a|aa)+$")', list)).toBe(true);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('references', () => {
  test.each<[string, [string, (string | number)[]][]]>([
    ['tasks["a b"].x[0].y > 1', [['tasks', ['a b', 'x', 0, 'y']]]],
    [
      'a.b == tasks.c.d',
      [
        ['a', ['b']],
        ['tasks', ['c', 'd']],
      ],
    ],
    [
      'a.list.map(x, x.y + b.z)',
      [
        ['a', ['list']],
        ['b', ['z']],
      ],
    ],
    ['a.exists(a, a.x)', [['a', []]]],
    [
      'a[b.i].c',
      [
        ['b', ['i']],
        ['a', []],
      ],
    ],
    ['has(a.b.c)', [['a', ['b', 'c']]]],
    [
      'cel.bind(t, a.x, t + b.y)',
      [
        ['a', ['x']],
        ['b', ['y']],
      ],
    ],
    [
      'size(a.l) > 0 ? a.m : {"k": c}',
      [
        ['a', ['l']],
        ['a', ['m']],
        ['c', []],
      ],
    ],
    [
      'a.name.startsWith(b)',
      [
        ['a', ['name']],
        ['b', []],
      ],
    ],
    ['int("1") == 1 && type(1) == int', []],
  ])('%s', (source, references) => {
    expect(findCelReferences(source).map(({ root, path }) => [root, path])).toEqual(references);
  });

  test('what the checker knows of the result', () => {
    expect(compileCel('a.b > 1').type).toBe('bool');
    expect(compileCel('a.b').type).toBe('dyn');
    expect(compileCel('"x"').type).toBe('string');
  });
});
