import { expect, test, vi } from 'vitest';
import { CAUGHT_BY } from './caught-by.ts';
import { SABOTEURS, type Saboteur } from './saboteurs.ts';
import { SCENARIOS } from './scenarios.ts';

for (const [saboteur, caughtBy] of Object.entries(CAUGHT_BY)) {
  test(`without ${saboteur}, ${caughtBy} fails`, async () => {
    expect(await SCENARIOS[caughtBy].run(SABOTEURS[saboteur as Saboteur])).not.toEqual([]);
  });
}

test('without the credit that is in the database, collectorWaits fails', async () => {
  vi.resetModules();
  vi.doMock('../../src/engine/compile-plan.ts', async (original) => {
    const { compilePlan } = await original<typeof import('../../src/engine/compile-plan.ts')>();
    return {
      compilePlan: (...plan: Parameters<typeof compilePlan>) => {
        const compiled = compilePlan(...plan);
        return { ...compiled, tasks: compiled.tasks.map((task) => ({ ...task, gates: [] })) };
      },
    };
  });
  const fresh = await import('./scenarios.ts');
  expect(await fresh.SCENARIOS.collectorWaits.run()).not.toEqual([]);
});
