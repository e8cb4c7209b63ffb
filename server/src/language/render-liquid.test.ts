import { describe, expect, test } from 'vitest';
import type { Json } from '#base';
import { findLiquidReferences } from './find-expression-references.ts';
import { compileLiquid, renderLiquid } from './render-liquid.ts';
import { ResolutionError } from './resolution-error.ts';

const tasks: Record<string, Json> = Object.assign(Object.create(null), {
  read: { total: 12.5, name: 'ACME', lines: [{ p: 1 }, { p: 2 }], hostile: '{{ secrets }} {% assign x = 1 %}{{ tasks }}' },
  'two words': { x: 1 },
  skipped: null,
});
const scope = { tasks, input: { who: 'you', expression: 'tasks.read' }, item: 'i', execution: { id: 'e' } };

test.each([
  ['plain', 'plain'],
  ['{{ read.name }} {{ tasks["two words"].x }}', 'ACME 1'],
  ['{{ input.who }}-{{ item }}-{{ execution.id }}', 'you-i-e'],
  ['{% for l in read.lines %}{{ l.p }};{% endfor %}', '1;2;'],
  ['{% if read.total > 10 %}big{% else %}small{% endif %}', 'big'],
  ['{{ read.lines }}', '[{"p":1},{"p":2}]'],
  ['{{ read.lines[0] }}', '{"p":1}'],
  ['[{{ skipped.x }}{{ skipped }}{{ read.absent }}]', '[]'],
  ['{{ read.lines | map: "p" | join: "+" }}', '1+2'],
  ['{{ read.name | downcase }}', 'acme'],
  ['{{ "2026-01-02T03:04:05Z" | date: "%Y-%m-%d %H:%M" }}', '2026-01-02 03:04'],
])('%s', (template, text) => {
  expect(renderLiquid(template, scope)).toBe(text);
});

test("a document's text is data, whatever it says", () => {
  expect(renderLiquid('{{ read.hostile }}', scope)).toBe('{{ secrets }} {% assign x = 1 %}{{ tasks }}');
  expect(renderLiquid('{% assign t = read.hostile %}{{ t | append: "{{ x }}" }}', scope)).toContain('{{ x }}');
});

test.each([
  '{{ read.constructor }}',
  '{{ read.__proto__ }}',
  '{{ read["constructor"]["prototype"] }}',
  '{{ input.toString }}',
  '{{ constructor }}',
  '{{ read.lines | map: "constructor" | join }}',
  '{{ tasks.__proto__ }}',
  '{{ read.name.constructor.name }}',
])('%s shows nothing', (template) => {
  expect(renderLiquid(template, scope)).not.toMatch(/function|native|Object|String|Array/);
});

describe('errors', () => {
  const codeOf = (template: string): string => {
    try {
      return renderLiquid(template, scope);
    } catch (error) {
      expect(error).toBeInstanceOf(ResolutionError);
      return (error as ResolutionError).code;
    }
  };
  test.each([
    ['{{ a', 'liquid_syntax'],
    ['{% if x %}', 'liquid_syntax'],
    ['{% nonsense %}', 'liquid_syntax'],
    ['{% include "x" %}', 'liquid_syntax'],
    ['{% render "/etc/passwd" %}', 'liquid_syntax'],
    ['{% layout "x" %}', 'liquid_syntax'],
    ['{{ read.name | unknown_filter }}', 'liquid_syntax'],
    ['{{ read.lines | where_exp: "x", input.expression }}', 'liquid_syntax'],
    ['{% for i in (1..100000000) %}{{ i }}{% endfor %}', 'liquid_render'],
    ['{% assign a = "xxxxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}', 'liquid_render'],
    ['{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}', 'liquid_render'],
  ])('%s: %s', (template, code) => {
    const start = performance.now();
    expect(codeOf(template)).toBe(code);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test('a template over 200,000 characters or 10,000 tags is refused, and a syntax error knows its place', () => {
    expect(() => compileLiquid('x'.repeat(200_001))).toThrow('at most 200000 characters');
    expect(() => compileLiquid('{{a}}'.repeat(10_001))).toThrow('at most 10000 tags');
    expect(compileLiquid('{{a}}'.repeat(10_000)).references).toHaveLength(10_000);
    expect(() => compileLiquid('line\n{{ a | }} {% bad %}')).toThrow(/line 2, column/);
  });
});

test.each<[string, [string, (string | number)[]][]]>([
  [
    '{{ a.b }} {{ tasks["c d"].e[0] }}',
    [
      ['a', ['b']],
      ['tasks', ['c d', 'e', 0]],
    ],
  ],
  [
    '{% for x in a.list %}{{ x.y }}{{ forloop.index }}{{ b }}{% endfor %}',
    [
      ['a', ['list']],
      ['b', []],
    ],
  ],
  [
    '{% assign q = a.b %}{{ q }}{% capture z %}{{ c }}{% endcapture %}{{ z }}',
    [
      ['a', ['b']],
      ['c', []],
    ],
  ],
  [
    '{{ a[b.key].c }}',
    [
      ['a', []],
      ['b', ['key']],
    ],
  ],
  [
    '{% if a.x == b.y and c %}1{% endif %}',
    [
      ['a', ['x']],
      ['b', ['y']],
      ['c', []],
    ],
  ],
  ['{{ "text" | append: a.b }}', [['a', ['b']]]],
  ['{% raw %}{{ a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}', []],
])('references of %s', (template, references) => {
  const found = findLiquidReferences(template).map(({ root, path }) => [root, path]);
  for (const reference of references) expect(found).toContainEqual(reference);
  expect([...new Set(found.map(([root]) => root))].sort()).toEqual([...new Set(references.map(([root]) => root))].sort());
});
