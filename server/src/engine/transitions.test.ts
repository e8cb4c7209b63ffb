import { expect, test } from 'vitest';
import type { RunIf } from '#language';
import { type CompiledTask, compilePlan } from './compile-plan.ts';
import { after, planOf, type TaskSketch } from './testing/plan-builder.ts';
import { decideByVerdict, follow, type Settlement, type Verdict, verdict } from './transitions.ts';

const compile = (sketches: TaskSketch[]) => compilePlan(planOf(sketches).tasks, 0);

test.each<[RunIf, boolean, [number, number, number], Verdict]>([
  ['all', false, [1, 0, 0], 'run'],
  ['all', false, [0, 0, 0], 'run'],
  ['all', false, [1, 1, 0], 'skipped'],
  ['all', false, [1, 1, 1], 'cancelled'],
  ['any', false, [1, 1, 0], 'run'],
  ['any', false, [0, 2, 0], 'skipped'],
  ['any', false, [1, 0, 1], 'cancelled'],
  ['always', false, [0, 1, 1], 'run'],
  ['failed', true, [1, 0, 0], 'skipped'],
  ['failed', true, [1, 1, 1], 'run'],
  ['all', true, [1, 0, 0], 'skipped'],
  ['all', true, [1, 0, 1], 'run'],
  ['all', true, [1, 1, 1], 'skipped'],
  ['any', true, [0, 1, 1], 'run'],
  ['always', true, [1, 0, 0], 'run'],
])('run_if %s, handles failures %j: (alive, skipped, failed) %j is %s', (runIf, handles, [alive, skipped, failed], decided) => {
  const plan = compile([{ after: [] }, { after: after(0) }, { runIf, after: [{ from: 0, onFailure: handles }, { from: 1 }] }]);
  expect(verdict(plan.tasks[2] as CompiledTask, { alive, skipped, failed })).toBe(decided);
});

const arrivals = (sketches: TaskSketch[], settlement: Settlement, task = 0, item = 0) =>
  follow(compile(sketches), { task, item }, settlement, decideByVerdict).arrivals.map((a) => [
    a.task,
    a.item,
    a.need + a.delta,
    a.alive,
    a.skipped,
    a.failed,
  ]);

const joined = (
  edge: Partial<NonNullable<TaskSketch['after']>[number]>,
  sketch: TaskSketch = {},
  source: TaskSketch = {},
): TaskSketch[] => [
  { after: [], ...source },
  { after: after(0), runIf: 'always' },
  { ...sketch, after: [{ from: 0, ...edge }, { from: 1 }] },
];

/** What the join at task 2 hears of task 0: [alive, skipped, failed]. */
const heard = (sketches: TaskSketch[], settlement: Settlement) =>
  arrivals(sketches, settlement)
    .find(([task]) => task === 2)
    ?.slice(3);

test.each<[string, TaskSketch[], Settlement, [number, number, number]]>([
  ['completed', joined({}), { status: 'completed' }, [1, 0, 0]],
  ['a route that was taken', joined({ route: 'a' }), { status: 'completed', routes: ['a', 'b'] }, [1, 0, 0]],
  ['a route that was not', joined({ route: 'c' }), { status: 'completed', routes: ['a'] }, [0, 1, 0]],
  ['no failure to handle', joined({ onFailure: true }), { status: 'completed' }, [0, 0, 0]],
  ['a failure to handle', joined({ onFailure: true }), { status: 'failed' }, [0, 0, 1]],
  ['a failure that the handler of the flow waits for', joined({}, { runIf: 'failed' }), { status: 'failed' }, [0, 0, 1]],
  ['a cancelled end that it waits for', joined({}, { runIf: 'failed' }), { status: 'cancelled' }, [0, 0, 1]],
  ['an end that was skipped', joined({}, { runIf: 'failed' }), { status: 'skipped' }, [0, 1, 0]],
  ['an input that was not triggered', joined({ never: true }), { status: 'completed' }, [0, 1, 0]],
])('an edge is heard of: %s', (_, sketches, settlement, counters) => expect(heard(sketches, settlement)).toEqual(counters));

test('a failure that a handler of another task waits for besides counts as missing', () => {
  const sketches: TaskSketch[] = [
    { after: [] },
    { after: after(0), runIf: 'always' },
    { after: [{ from: 0 }, { from: 1, onFailure: true }] },
  ];
  expect(heard(sketches, { status: 'failed' })).toEqual([0, 1, 0]);
});

test('a failure cancels what follows, all the way, and fails the execution', () => {
  const plan = compile([{ after: [] }, { after: after(0) }, { after: after(1) }, { after: after(0), runIf: 'always' }]);
  const { fused, arrivals: open, endDelta, failures } = follow(plan, { task: 0, item: 0 }, { status: 'failed' }, decideByVerdict);
  expect(fused.map(({ task, settlement }) => [task, settlement.status])).toEqual([
    [1, 'cancelled'],
    [2, 'cancelled'],
  ]);
  expect(open.map(({ task }) => task)).toEqual([3]);
  expect([endDelta, failures]).toEqual([-1, 1]);
});

const FAN_OUT: TaskSketch[] = [
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { scope: [1], after: after(1), onItemFailure: 'continue' },
  { after: after(2) },
];

test('a gate gives its collector the credit of its items, and each item its value', () => {
  const { arrivals: open } = follow(
    compile(FAN_OUT),
    { task: 1, item: 0 },
    { status: 'completed', items: ['x', { y: 1 }] },
    decideByVerdict,
  );
  expect(open.map((a) => [a.task, a.item, a.need + a.delta, a.itemValue])).toEqual([
    [3, 0, 2, undefined],
    [2, 0, 0, '"x"'],
    [2, 1, 0, '{"y":1}'],
  ]);
});

test.each<[string, Settlement, string]>([
  ['an empty list', { status: 'completed', items: [] }, 'open'],
  ['a skipped gate', { status: 'skipped' }, 'skipped'],
  ['a failed gate', { status: 'failed' }, 'cancelled'],
])('%s decides the collector', (_, settlement, expected) => {
  const { fused, arrivals: open } = follow(compile(FAN_OUT), { task: 1, item: 0 }, settlement, decideByVerdict);
  expect(expected === 'open' ? open.map((a) => [a.task, a.alive]) : fused.map((f) => [f.task, f.settlement.status])).toEqual(
    expected === 'open' ? [[3, 1]] : [[3, expected]],
  );
});

test('an item that was skipped, or may fail, is only missing from the list', () => {
  for (const status of ['skipped', 'failed'] as const) expect(arrivals(FAN_OUT, { status }, 2, 1)).toEqual([[3, 0, 0, 0, 0, 0]]);
  const strict = FAN_OUT.map((task, n) => (n === 2 ? { ...task, onItemFailure: 'fail' as const } : task));
  expect(arrivals(strict, { status: 'failed' }, 2, 1)).toEqual([[3, 0, 0, 0, 0, 1]]);
});

test('a chain of 2,000 is skipped in one go', () => {
  const plan = compile(Array.from({ length: 2000 }, (_, n) => ({ after: n === 0 ? [] : after(n - 1) })));
  const { fused, endDelta } = follow(plan, { task: 0, item: 0 }, { status: 'skipped' }, decideByVerdict);
  expect(fused).toHaveLength(1999);
  expect(endDelta).toBe(-1);
});

test('what handles the failures of items runs once where one has failed, and is skipped where none has', () => {
  const plan = compile([...FAN_OUT.slice(0, 3), { after: [{ from: 2, onFailure: true }] }]);
  const handler = (failing: number) =>
    follow<Settlement>(plan, { task: 1, item: 0 }, { status: 'completed', items: [1, 2] }, (task, { verdict: decided, item }) => {
      if (decided !== 'run') return { status: decided };
      return { status: task.depth === 1 && item === failing ? 'failed' : 'completed' };
    }).fused.at(-1);
  expect(handler(1)).toMatchObject({ task: 3, settlement: { status: 'completed' } });
  expect(handler(9)).toMatchObject({ task: 3, settlement: { status: 'skipped' } });
  const gate = follow(plan, { task: 1, item: 0 }, { status: 'failed' }, decideByVerdict);
  expect(gate.fused).toEqual([]);
  expect(gate.arrivals).toMatchObject([{ task: 3, failed: 1 }]);
});
