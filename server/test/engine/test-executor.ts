import type { Json } from '#base';
import type { PlannedTask } from '#language';
import { hash } from '../../src/engine/testing/chance.ts';
import { WAITING_EXECUTOR } from '../../src/engine/testing/random-plan.ts';

/** One value that a task reads, or null where its predecessor gave none. */
export interface ReadValue {
  /** The predecessor's name: numbers change over versions. */
  task: string;
  values: { item: number; value: { v: number; n: number } | null }[];
}

export interface Place {
  executionId: string;
  item: number;
  itemValue: Json | undefined;
}

export type Answer = { status: 'completed'; output: { v: number; n: number }; routes: string[]; items: Json[] } | { status: 'failed' };

const ROUTES = [[], ['a'], ['b'], ['a', 'b'], ['a'], ['b'], ['a', 'b'], ['a', 'b']];

/** How often the executor fails before it succeeds: a function of the execution, the task as it is defined, and the item. */
export function failuresOf(task: PlannedTask, { executionId, item }: Place): number {
  const drawn = hash(executionId, task.kind, task.name, task.fingerprint, item, 'fate') % 100;
  if (drawn < 78) return 0;
  if (drawn < 88) return 1;
  return drawn < 94 ? 2 : 99;
}

export const waits = (task: PlannedTask): boolean => task.executor === WAITING_EXECUTOR;

/** How long the task waits for an event before it answers by itself; undefined: for ever. */
export function waitMs(task: PlannedTask, { executionId, item }: Place): number | undefined {
  const drawn = hash(executionId, task.kind, task.name, item, 'wait') % 3;
  return drawn === 0 ? undefined : drawn * 60;
}

/** What the task answers in the end. The output is a digest of all that it was made from: a wrong input shows in every later output. */
export function answer(task: PlannedTask, place: Place, reads: readonly ReadValue[]): Answer {
  const drawn = (what: string) => hash(place.executionId, task.kind, task.name, task.fingerprint, place.item, what);
  if (task.kind === 'gate') {
    const length = reads[0]?.values[0]?.value?.n ?? 0;
    return {
      status: 'completed',
      output: { v: 0, n: length },
      routes: [],
      items: Array.from({ length }, (_, i) => ({ of: task.name, i })),
    };
  }
  if (failuresOf(task, place) >= task.retry.maxAttempts) return { status: 'failed' };
  const seen = [...reads]
    .sort((a, b) => (a.task < b.task ? -1 : 1))
    .flatMap(({ task: from, values }) => values.map(({ item, value }) => `${from}:${item}:${value?.v}`));
  const v = hash(task.name, task.fingerprint, place.item, task.readsItem ? JSON.stringify(place.itemValue) : '', ...seen);
  return { status: 'completed', output: { v, n: drawn('n') % 4 }, routes: ROUTES[drawn('routes') % 8] as string[], items: [] };
}
