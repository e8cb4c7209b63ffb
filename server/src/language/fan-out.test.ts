import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#base';
import { formatFault } from './fault.ts';
import { executors } from './fixtures/executors.ts';
import { parseDefinition } from './parse-definition.ts';
import type { Plan, PlannedTask, TaskScope } from './plan.ts';
import { planFlow } from './plan-flow.ts';
import { planForTrigger } from './plan-for-trigger.ts';

const receive = { name: 'receive', task_executor_name: 'receive_file' };
const task = (name: string, parameters: JsonObject = {}, more: JsonObject = {}) => ({
  name,
  task_executor_name: 'any',
  parameters,
  ...more,
});
const join = (name: string, parameters: JsonObject, more: JsonObject = {}) => ({
  ...task(name, parameters, more),
  task_executor_name: 'join_items',
});
const result = (...tasks: JsonObject[]) => planFlow(parseDefinition({ tasks: [receive, ...tasks] }).definition, executors);
function planOf(...tasks: JsonObject[]): Plan {
  const made = result(...tasks);
  if ('faults' in made) throw new Error(made.faults.map(formatFault).join('\n'));
  return made.plan;
}
const faultsOf = (...tasks: JsonObject[]): string[] => {
  const made = result(...tasks);
  return 'faults' in made ? made.faults.map(formatFault) : [];
};
const label = ({ kind, name }: PlannedTask): string => (kind === 'gate' ? `gate of ${name}` : name);
/** What is planned, in words: who comes after whom, within which fan-outs. */
const shape = (plan: Plan): Record<string, { after: string[]; in: string[] }> => {
  const at = (number: number): string => label(plan.tasks[number] as PlannedTask);
  return Object.fromEntries(
    plan.tasks.map((planned) => [label(planned), { after: planned.after.map(({ from }) => at(from)), in: planned.scope.map(at) }]),
  );
};
const modesOf = (plan: Plan, name: string) =>
  Object.fromEntries((plan.tasks[plan.byName.get(name) as number]?.reads ?? []).map((read) => [plan.tasks[read.task]?.name, read.mode]));

describe('where tasks stand', () => {
  test('for_each makes a gate, directly before its task; what refers to the task item by item stands beside it', () => {
    const plan = planOf(
      task('list', { x: '{{receive}}' }),
      task('each', { page: '{{item}}', from: '{{receive.filename}}' }, { for_each: '{{list.pages}}' }),
      task('next', { x: '{{each.text}}' }),
      join('all', { items: '{{next.text}}' }),
    );
    expect(shape(plan)).toEqual({
      receive: { after: [], in: [] },
      list: { after: ['receive'], in: [] },
      'gate of each': { after: ['receive', 'list'], in: [] },
      each: { after: ['gate of each'], in: ['gate of each'] },
      next: { after: ['each'], in: ['gate of each'] },
      all: { after: ['next'], in: [] },
    });
    expect(plan.tasks[2]).toMatchObject({
      kind: 'gate',
      name: 'each',
      executor: 'gate',
      pure: true,
      number: 2,
      reads: [{ task: 1, mode: 'single' }],
    });
    expect(plan.tasks[3]).toMatchObject({ readsItem: true, reads: [{ task: 0, mode: 'single' }] });
    expect(modesOf(plan, 'next')).toEqual({ each: 'single' });
    expect(modesOf(plan, 'all')).toEqual({ next: 'collection' });
    expect(plan.byName.get('each')).toBe(3);
  });

  test('reference_modes go before the default of the executor, both ways', () => {
    const each = task('each', {}, { for_each: [1, 2] });
    expect(shape(planOf(each, task('next', { x: '{{each}}' }, { reference_modes: { each: 'collection' } })))['next']?.in).toEqual([]);
    expect(shape(planOf(each, join('next', { other: '{{each}}' }, { reference_modes: { each: 'single' } })))['next']?.in).toEqual([
      'gate of each',
    ]);
  });

  test('a dependency without a reference only waits', () => {
    const plan = planOf(task('each', {}, { for_each: [1] }), task('done', {}, { depends_on: ['each'] }));
    expect(shape(plan)['done']).toEqual({ after: ['each'], in: [] });
  });

  test('what a task within needs from outside, its gate waits for', () => {
    const plan = planOf(
      task('outside', { x: '{{receive}}' }),
      task('each', {}, { for_each: [1] }),
      task('next', { a: '{{each}}', b: '{{outside.y}}' }),
    );
    expect(shape(plan)['gate of each']?.after).toEqual(['outside']);
    expect(shape(plan)['next']).toEqual({ after: ['each'], in: ['gate of each'] });
    expect(modesOf(plan, 'next')).toEqual({ each: 'single', outside: 'single' });
  });

  test('a task that reads the item beside another hears from the gate too', () => {
    const plan = planOf(task('each', {}, { for_each: [1] }), task('next', { a: '{{each}}', b: '{{item}}' }));
    expect(shape(plan)['next']?.after).toEqual(['gate of each', 'each']);
  });

  test('fan-outs nest, three deep, and collect level by level', () => {
    const plan = planOf(
      task('a', {}, { for_each: '{{receive.metadata.list}}' }),
      task('b', { x: '{{item}}' }, { for_each: '{{a.list}}' }),
      task('c', { x: '{{item}}', y: '{{a.name}}' }, { for_each: '{{b.list}}' }),
      task('perB', { cs: '{{c}}', b: '{{b}}' }, { reference_modes: { c: 'collection' } }),
      task('perA', { bs: '{{perB}}', a: '{{a}}' }, { reference_modes: { perB: 'collection' } }),
      join('end', { items: '{{perA}}', other: '{{c}}' }),
    );
    const [a, b, c] = ['gate of a', 'gate of b', 'gate of c'];
    expect(shape(plan)).toMatchObject({
      [a as string]: { after: ['receive'], in: [] },
      [b as string]: { after: ['a'], in: [a] },
      b: { after: [b], in: [a, b] },
      [c as string]: { after: ['b'], in: [a, b] },
      c: { in: [a, b, c] },
      perB: { after: ['b', 'c'], in: [a, b] },
      perA: { after: ['a', 'perB'], in: [a] },
      end: { in: [] },
    });
    expect(modesOf(plan, 'perB')).toEqual({ c: 'collection', b: 'single' });
    expect(modesOf(plan, 'c')).toEqual({ a: 'single' });
  });

  test('when belongs to the gate, unless it reads the item', () => {
    const plan = planOf(task('a', {}, { for_each: [1, 2], when: 'input.go' }), task('b', {}, { for_each: [1, 2], when: 'item > 1' }));
    const has = plan.tasks.map((planned) => [label(planned), plan.resolve.get(planned.number)?.when !== undefined]);
    expect(Object.fromEntries(has)).toMatchObject({ 'gate of a': true, a: false, 'gate of b': false, b: true });
  });

  test('run_if, routes and failures of a task with for_each are its gate’s', () => {
    const branch = { name: 'choose', task_executor_name: 'branch', parameters: { routes: [{ name: 'big', when: 'input.big' }] } };
    const plan = planOf(
      branch,
      task('a', {}, { for_each: [1], run_if: 'any', depends_on: ['choose.big'] }),
      task('x', {}, { on_failure: ['h'] }),
      task('h', {}, { for_each: [1] }),
    );
    const found = (kind: string, name: string) => plan.tasks.find((planned) => planned.kind === kind && planned.name === name);
    expect(found('gate', 'a')).toMatchObject({ runIf: 'any', after: [{ from: plan.byName.get('choose'), route: 'big' }] });
    expect(found('task', 'a')).toMatchObject({ runIf: 'all' });
    expect(found('gate', 'h')).toMatchObject({ after: [{ from: plan.byName.get('x'), onFailure: true }] });
  });

  test('a handler of an item’s failure that refers to it runs for that item, one that does not, once', () => {
    const plan = planOf(task('each', {}, { for_each: [1], on_failure: ['per', 'once'] }), task('per', { x: '{{each}}' }), task('once'));
    expect(shape(plan)).toMatchObject({ per: { in: ['gate of each'] }, once: { after: ['each'], in: [] } });
  });
});

describe('what cannot be', () => {
  const two = [task('a', {}, { for_each: [1] }), task('b', {}, { for_each: [1] })];
  test('items of two fan-outs at once', () => {
    expect(faultsOf(...two, task('c', { x: '{{a}}', y: '{{b}}' }))).toEqual([
      "tasks.3.parameters.y: 'a' and 'b' belong to different fan-outs, so 'c' cannot run once per item of both: set the mode of one to collection in reference_modes",
    ]);
    expect(faultsOf(...two, task('c', { x: '{{a}}', y: '{{b}}' }, { reference_modes: { b: 'collection' } }))).toEqual([]);
  });

  test('the collection of a fan-out within it', () => {
    const faults = faultsOf(
      two[0] as JsonObject,
      task('b', { x: '{{a}}' }),
      task('c', { x: '{{a}}', y: '{{b}}' }, { reference_modes: { b: 'collection' } }),
    );
    expect(faults).toEqual([
      expect.stringMatching(/^tasks.3.parameters.y: 'c' runs once per item, beside 'b', so it cannot have the collection/),
    ]);
  });

  test('a task within that needs one that waits for all its items', () => {
    const faults = faultsOf(two[0] as JsonObject, join('all', { items: '{{a}}' }), task('c', { x: '{{a}}', y: '{{all.text}}' }));
    expect(faults).toEqual([expect.stringContaining('A task within a fan-out needs one that waits for all its items: ')]);
  });

  test('four levels', () => {
    const levels = ['a', 'b', 'c', 'd'].map((name, i, all) => task(name, {}, { for_each: i === 0 ? [1] : `{{${all[i - 1]}.list}}` }));
    expect(faultsOf(...levels.slice(0, 3))).toEqual([]);
    expect(faultsOf(...levels)).toEqual(['tasks.4.for_each: Fan-outs may be nested 3 deep; this one is the 4th']);
  });

  test('a handler within a fan-out for a failure outside', () => {
    const faults = faultsOf(task('x', {}, { on_failure: ['h'] }), two[0] as JsonObject, task('h', { i: '{{a}}' }));
    expect(faults).toEqual([
      expect.stringContaining("'h' runs once per item of a fan-out, so it cannot handle the failure of a task outside it"),
    ]);
  });

  test('a field of a list in an expression', () => {
    const faults = faultsOf(two[0] as JsonObject, {
      name: 'f',
      task_executor_name: 'format_data',
      parameters: { fields: { x: 'a.text' } },
      reference_modes: { a: 'collection' },
    });
    expect(faults).toEqual([
      "tasks.2.parameters.fields.x: 'a.text': this is the list of all items here; take one by [0], or each by .map(i, i.text)",
    ]);
  });
});

describe('resolving', () => {
  const scope = (more: Partial<TaskScope>): TaskScope => ({ tasks: {}, input: {}, execution: {} as TaskScope['execution'], ...more });
  const plan = planOf(
    task('each', { n: '{{item.n}}' }, { for_each: '{{receive.metadata.list}}' }),
    task('all', { texts: '{{each.text}}', whole: '{{each}}', first: '{{each[0].text}}' }, { reference_modes: { each: 'collection' } }),
  );
  const items = plan.resolve.get(1)?.items as (scope: TaskScope) => Json[];

  test('a gate gives the list; null is an empty one', () => {
    expect(items(scope({ tasks: { receive: { metadata: { list: [1, 2] } } } }))).toEqual([1, 2]);
    expect(items(scope({ tasks: { receive: null } }))).toEqual([]);
    expect(plan.resolve.get(1)?.parameters(scope({}))).toEqual({});
  });

  test('anything but a list, and a list of more than 131,072 items, is an error', () => {
    expect(() => items(scope({ tasks: { receive: { metadata: { list: { a: 1 } } } } }))).toThrow('for_each needs a list, not an object');
    expect(() => items(scope({ tasks: { receive: { metadata: { list: Array(131_073).fill(0) } } } }))).toThrow('at most 131072 items');
  });

  test('a path into a collection is taken of each item, null where one has none', () => {
    const each = [{ text: 'a' }, null, { text: 'c' }];
    expect(plan.resolve.get(3)?.parameters(scope({ tasks: { each } }))).toEqual({ texts: ['a', null, 'c'], whole: each, first: 'a' });
  });
});

describe('planForTrigger', () => {
  const mail = { name: 'mail', task_executor_name: 'receive_email' };
  const plan = planOf(task('root'), mail, task('fan', {}, { for_each: [1] }), task('b', { x: '{{root}}' }));
  test('input tasks come first, in the order of the definition', () => {
    expect(plan.tasks.map(label)).toEqual(['receive', 'mail', 'root', 'gate of fan', 'fan', 'b']);
    expect(plan.inputTasks).toEqual([0, 1]);
    expect(plan.tasks.filter((planned) => planned.after.length === 0).map(label)).toEqual(['receive', 'mail', 'root', 'gate of fan']);
  });

  test.each([0, 1])('input task %d alone waits for nothing', (trigger) => {
    const tasks = planForTrigger(plan, trigger);
    expect(tasks[trigger]?.after).toEqual([]);
    expect(tasks[1 - trigger]?.after).toEqual([{ from: trigger, never: true }]);
    expect(tasks.slice(2, 4).map((planned) => planned.after)).toEqual([[{ from: trigger }], [{ from: trigger }]]);
    expect(tasks[5]?.after).toEqual(plan.tasks[5]?.after);
    expect(tasks.map((planned) => planned.number)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('another task cannot start a run', () => {
    expect(() => planForTrigger(plan, 2)).toThrow(RangeError);
  });
});
