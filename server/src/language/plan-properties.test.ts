import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { checkDefinition } from './check-definition.ts';
import { executors } from './fixtures/executors.ts';
import { parseDefinition } from './parse-definition.ts';
import type { Plan, PlannedTask } from './plan.ts';
import { planFlow } from './plan-flow.ts';
import { planForTrigger } from './plan-for-trigger.ts';

/** A random flow without cycles: tasks that refer to, wait for, fan out over and collect earlier ones, in a shuffled order. */
const randomFlow = fc
  .record({
    size: fc.integer({ min: 1, max: 25 }),
    choices: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
  })
  .map(({ size, choices }) => {
    const next = (n: number): number => (choices.next().value as number) % n;
    const tasks: JsonObject[] = [{ name: 't0', task_executor_name: 'receive_file' }];
    for (let i = 1; i <= size; i++) tasks.push(randomTask(i, next));
    for (let i = tasks.length - 1; i > 0; i--) {
      const j = next(i + 1);
      [tasks[i], tasks[j]] = [tasks[j] as JsonObject, tasks[i] as JsonObject];
    }
    return { name: 'random', tasks };
  });

function randomTask(i: number, next: (n: number) => number): JsonObject {
  const earlier = () => `t${next(i)}`;
  const task: JsonObject = { name: `t${i}`, task_executor_name: next(4) === 0 ? 'join_items' : 'any', parameters: {} };
  const parameters = task['parameters'] as JsonObject;
  for (let k = next(3); k > 0; k--) parameters[`p${k}`] = next(2) === 0 ? `{{${earlier()}}}` : `text {{${earlier()}}} {{${earlier()}}}`;
  if (next(4) === 0) task['depends_on'] = [earlier()];
  if (next(5) === 0) task['when'] = `tasks["${earlier()}"] != null`;
  if (next(4) === 0) task['for_each'] = next(2) === 0 ? [1, 2] : `{{${earlier()}}}`;
  if (next(4) === 0) task['reference_modes'] = { [earlier()]: next(2) === 0 ? 'single' : 'collection' };
  return task;
}

const isWithin = (scope: number[], outer: number[]): boolean => outer.every((gate, level) => scope[level] === gate);

/** What the engine takes for granted of every plan. */
function expectSound(tasks: PlannedTask[]): void {
  for (const task of tasks) {
    for (const { from } of task.after) {
      const source = tasks[from] as PlannedTask;
      const entered = source.kind === 'gate' ? [...source.scope, from] : source.scope;
      if (source.kind === 'gate') expect(task.scope).toEqual(entered);
      else expect(isWithin(source.scope, task.scope)).toBe(true);
    }
    for (const [level, gate] of task.scope.entries()) {
      expect(tasks[gate]).toMatchObject({ kind: 'gate', scope: task.scope.slice(0, level) });
    }
    if (task.kind === 'gate')
      expect(tasks[task.number + 1]).toMatchObject({ kind: 'task', name: task.name, after: [{ from: task.number }] });
    expect(task.scope.length).toBeLessThanOrEqual(3);
  }
}

/** All that a task comes after, at any distance. */
function ancestorsOf(plan: Plan): Set<number>[] {
  const found: Set<number>[] = [];
  for (const task of plan.tasks) {
    found.push(new Set(task.after.flatMap(({ from }) => [from, ...(found[from] as Set<number>)])));
  }
  return found;
}

test('a plan is topological, its scopes fit, and each task comes after all that it reads', () => {
  let planned = 0;
  fc.assert(
    fc.property(randomFlow, (source) => {
      const made = planFlow(parseDefinition(source).definition, executors);
      if ('faults' in made) {
        expect(made.faults.every((fault) => /^(fan_out|reference_type)/.test(fault.type))).toBe(true);
        return;
      }
      planned++;
      const { plan } = made;
      expect(plan.tasks.map((task) => task.number)).toEqual([...plan.tasks.keys()]);
      for (const task of plan.tasks) for (const { from } of task.after) expect(from).toBeLessThan(task.number);
      expectSound(plan.tasks);
      expectSound(planForTrigger(plan, plan.inputTasks[0] as number));
      const before = ancestorsOf(plan);
      for (const task of plan.tasks) {
        for (const read of task.reads) {
          expect(before[task.number]?.has(read.task)).toBe(true);
          const sourceScope = plan.tasks[read.task]?.scope ?? [];
          expect(read.mode).toBe(isWithin(task.scope, sourceScope) ? 'single' : 'collection');
        }
        if (task.readsItem) expect(task.after.some(({ from }) => plan.tasks[from]?.kind === 'gate')).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
  expect(planned).toBeGreaterThan(100);
});

test('the order does not depend on how the same definition is written', () => {
  fc.assert(
    fc.property(randomFlow, (source) => {
      const text = checkDefinition(JSON.stringify(source), executors);
      const object = checkDefinition(source, executors);
      const wire = checkDefinition({ flow: {}, flow_configs: [{ config: { tasks: source.tasks } }] }, executors);
      expect(text.orderedTaskNames).toEqual(object.orderedTaskNames);
      expect(wire.orderedTaskNames).toEqual(object.orderedTaskNames);
      expect(wire.faults.map(({ path, message }) => [path, message]).sort()).toEqual(
        object.faults.map(({ path, message }) => [path, message]).sort(),
      );
    }),
    { numRuns: 50 },
  );
});

test('no document whatever makes the validator throw, and unknown keys survive', () => {
  const key = fc.constantFrom(
    'name',
    'tasks',
    'edges',
    'parameters',
    'task_executor_name',
    'for_each',
    'when',
    'depends_on',
    'retry',
    'reference_modes',
    'on_failure',
    'x',
  );
  const leaf = fc.oneof(fc.constantFrom<unknown>('a', 'any', 'receive_file', '{{a.x}}', '{{', '', null, 0, -1, true, 'a.b'), fc.string());
  const { document } = fc.letrec<{ document: unknown }>((tie) => ({
    document: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('document'), { maxLength: 4 }),
      fc.dictionary(key, tie('document'), { maxKeys: 6 }),
    ),
  }));
  const task = fc.dictionary(key, document, { maxKeys: 8 });
  fc.assert(
    fc.property(
      fc.oneof(document, fc.record({ name: document, tasks: fc.array(task, { maxLength: 5 }), edges: document, mine: document })),
      (source) => {
        const parsed = parseDefinition(source);
        const checked = checkDefinition(source, executors);
        expect(checked.plan === undefined).toBe(checked.faults.length > 0);
        for (const fault of checked.faults)
          expect(fault).toMatchObject({ path: fault.loc.join('.'), message: expect.any(String), severity: expect.any(String) });
        if (parsed.faults.length === 0) expect(parsed.document).toEqual(source);
      },
    ),
    { numRuns: 1000 },
  );
});
