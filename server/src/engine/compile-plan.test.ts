import { expect, test } from 'vitest';
import { compilePlan } from './compile-plan.ts';
import { after, planOf } from './testing/plan-builder.ts';

test('edges are turned round, gates know what leaves their scope', () => {
  const plan = planOf([
    { after: [] },
    { kind: 'gate', after: after(0) },
    { scope: [1], after: after(1) },
    { scope: [1], after: after(2) },
    { after: after(2, 0) },
  ]);
  const compiled = compilePlan(plan.tasks, 0);
  expect(compiled.openEnds).toBe(2);
  expect(compiled.tasks.map(({ isEnd }) => isEnd)).toEqual([false, false, false, true, true]);
  expect(compiled.tasks[1]).toMatchObject({ exits: [{ to: 4, levels: 0 }], endsInside: 1, depth: 0 });
  expect(compiled.tasks[2]?.next.map(({ to, levels }) => [to, levels])).toEqual([
    [3, 0],
    [4, 1],
  ]);
  expect(compiled.tasks[4]).toMatchObject({ need: 2, gates: [1] });
});

test.each([
  ['a second source', [{ after: [] }, { after: [] }]],
  ['an edge into a scope from outside', [{ after: [] }, { kind: 'gate', after: after(0) }, { scope: [1], after: after(1, 0) }]],
  ['an edge from a gate past its scope', [{ after: [] }, { kind: 'gate', after: after(0) }, { after: after(1) }]],
  ['an edge from nowhere', [{ after: [] }, { after: after(7) }]],
] as const)('%s is refused', (_, sketches) => {
  expect(() => compilePlan(planOf(sketches as never).tasks, 0)).toThrow();
});
