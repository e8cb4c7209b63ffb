import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { catalogue } from '#executors';
import { formatFault, parseDefinition, planFlow } from '#language';
import { findSources } from './find-sources.ts';

const form = { name: 'start', task_executor_name: 'custom_form_input', parameters: { fields: [{ id: 'a', data_type: 'string' }] } };
const make = (name: string, more: JsonObject = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields: { x: '1', y: '2', rows: '[1, 2]' } },
  depends_on: ['start'],
  ...more,
});
const review = (name: string, data?: Json, more: JsonObject = {}): JsonObject => ({
  name,
  task_executor_name: 'human_in_the_loop',
  parameters: data === undefined ? { instructions: 'Look at {{a.x}}' } : { data },
  ...more,
});
const check = (name: string, data: Json) => ({
  name,
  task_executor_name: 'validation',
  parameters: { data, rules: [{ check: 'true' }] },
});
const each = make('each', { for_each: '{{a.rows}}', depends_on: [] });
const A = make('a');
const B = make('b');

function planOf(tasks: JsonObject[]) {
  const made = planFlow(parseDefinition({ tasks: [form, ...tasks] }).definition, catalogue);
  if ('faults' in made) throw new Error(made.faults.map(formatFault).join('\n'));
  return made.plan;
}
/** Of the last of these tasks. */
function sourcesOf(tasks: JsonObject[], item = 0) {
  const plan = planOf(tasks);
  return findSources(plan, plan.byName.get(String(tasks.at(-1)?.['name'])) as number, item);
}
const at = (task_name: string, task_execution_idx = 0) => ({ task_name, task_execution_idx });
const whole = (name: string, idx = 0) => ({ root: at(name, idx), fields: {} });

test.each<[string, JsonObject[], unknown]>([
  ['a whole output', [A, review('r', '{{a.output}}')], whole('a')],
  ['a part of one', [A, review('r', '{{a.rows[0]}}')], whole('a')],
  ['fields of one task', [A, review('r', { p: '{{a.x}}', q: ['{{a.y}}', 3] })], { root: at('a'), fields: { p: at('a'), 'q[0]': at('a') } }],
  ['fields of two', [A, B, review('r', { p: '{{a.x}}', q: '{{b.y}}' })], null],
  ['what a validation passes on, in its field', [A, check('c', '{{a.output}}')], { root: at('a'), fields: { data: at('a') } }],
  ['through a validation', [A, check('c', '{{a.output}}'), review('r', '{{c.data}}')], whole('a')],
  ['through its whole output', [A, check('c', '{{a.output}}'), review('r', '{{c.output}}')], whole('a')],
  ['what a validation itself says', [A, check('c', '{{a.output}}'), review('r', '{{c.messages}}')], whole('c')],
  ['its word beside its data', [A, check('c', '{{a.output}}'), review('r', { d: '{{c.data}}', m: '{{c.messages}}' })], null],
  [
    'through three',
    [A, review('r', '{{a.output}}'), check('c', '{{r.x}}'), review('s', { v: '{{c.data}}' })],
    { root: at('a'), fields: { v: at('a') } },
  ],
  [
    'the one field that is asked for, of two tasks',
    [A, B, review('r', { p: '{{a.x}}', q: '{{b.y}}' }), review('s', '{{r.q}}')],
    whole('b'),
  ],
  ['a field that the reviewer adds', [A, review('r', { p: '{{a.x}}' }), review('s', '{{r.added}}')], whole('r')],
  ['a text around references', [A, review('r', 'Look at {{a.x}}')], null],
  ['a value of its own', [A, review('r', { p: 1 }, { depends_on: ['a'] })], null],
  ['no data', [A, review('r')], null],
  ['a task that makes its output', [A], null],
  [
    'a branch, whose output is its own',
    [A, { name: 'w', task_executor_name: 'branch', parameters: { routes: [{ name: 'n', when: 'a.x == 1' }] } }],
    null,
  ],
  ['all items of a fan-out', [A, each, review('r', '{{each.output}}', { reference_modes: { each: 'collection' } })], null],
])('%s', (_name, tasks, expected) => {
  expect(sourcesOf(tasks)).toEqual(expected);
});

test('within a fan-out the item is the same, and before it the one', () => {
  expect(sourcesOf([A, each, review('r', '{{each.output}}')], 1)).toEqual(whole('each', 1));
  expect(sourcesOf([A, review('r', { i: '{{item}}', x: '{{a.x}}' }, { for_each: '{{a.rows}}' })], 1)).toEqual({
    root: at('a'),
    fields: { x: at('a') },
  });
});

test('a chain as long as a flow, of double references, is followed once', () => {
  const before = (i: number) => (i === 0 ? 'base' : `r${i - 1}`);
  const chain = (data: (from: string) => Json) => Array.from({ length: 1_500 }, (_, i) => review(`r${i}`, data(before(i))));
  expect(
    sourcesOf([A, review('base', '{{a.output}}'), ...chain((from) => ({ p: `{{${from}.output}}`, q: `{{${from}.output}}` }))]),
  ).toMatchObject({ root: at('a') });
  expect(sourcesOf([A, review('base', '{{a.output}}'), ...chain((from) => `{{${from}.p}}`)])).toBeNull(); // deeper than JSON goes
});
