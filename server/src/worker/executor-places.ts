import type { Catalogue } from '#executors';

/**
 * How many tasks of each limited executor this process may still take (OCR: one a core). Loops reserve all that is free before they ask the
 * database and give back what they did not get, so that two loops together never take more than there is.
 */
export interface ExecutorPlaces {
  /** Names of the limited executors: the same in every process. */
  limited: ReadonlySet<string>;
  reserve(): Record<string, number>;
  /** Keeps one place for each task taken, gives back the rest of what was reserved. */
  keep(reserved: Record<string, number>, taken: readonly string[]): void;
  /** A task has ended. */
  free(executor: string): void;
}

const limitsOf = (catalogue: Catalogue) =>
  new Map(catalogue.list().flatMap(({ name, concurrency }) => (concurrency === undefined ? [] : [[name, concurrency] as const])));

/** Names of the executors that have a limit: what the engine must know in every process, whether it works or only starts. */
export const limitedExecutors = (catalogue: Catalogue): ReadonlySet<string> => new Set(limitsOf(catalogue).keys());

export function createExecutorPlaces(catalogue: Catalogue): ExecutorPlaces {
  const limits = limitsOf(catalogue);
  const left = new Map(limits);
  const add = (executor: string, count: number) => left.set(executor, (left.get(executor) ?? 0) + count);
  return {
    limited: new Set(limits.keys()),
    reserve() {
      const reserved = Object.fromEntries([...left].map(([executor, count]) => [executor, Math.max(0, count)]));
      for (const [executor, count] of Object.entries(reserved)) add(executor, -count);
      return reserved;
    },
    keep(reserved, taken) {
      for (const [executor, count] of Object.entries(reserved)) add(executor, count);
      for (const executor of taken) if (limits.has(executor)) add(executor, -1);
    },
    free(executor) {
      if (limits.has(executor)) add(executor, 1);
    },
  };
}
