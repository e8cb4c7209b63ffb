import type { Plan, PlannedTask } from '#language';

/** What a test says of a task; the rest is as the planner would have it. */
export type TaskSketch = Partial<PlannedTask> & { after?: PlannedTask['after'] };

export function plannedTask(number: number, sketch: TaskSketch): PlannedTask {
  const after = sketch.after ?? [];
  return {
    number,
    name: `t${number}`,
    kind: 'task',
    executor: 'test_task',
    title: `Task ${number}`,
    scope: [],
    runIf: 'all',
    onItemFailure: 'fail',
    pure: false,
    retry: { maxAttempts: 1, initialIntervalMs: 5, backoff: 2, maxIntervalMs: 40, nonRetryable: [] },
    timeoutMs: 60_000,
    rank: 0,
    readsItem: false,
    reads: after.map(({ from }) => ({ task: from, mode: 'single' as const })),
    outputSchema: {},
    fingerprint: '1',
    ...sketch,
    after,
  };
}

/** A plan of these tasks. Inputs are the tasks that follow nothing; a gate is read by nobody. */
export function planOf(sketches: readonly TaskSketch[]): Plan {
  const tasks = sketches.map((sketch, number) => plannedTask(number, sketch));
  const gates = new Set(tasks.filter(({ kind }) => kind === 'gate').map(({ number }) => number));
  const readable = tasks.map((task) => ({ ...task, reads: task.reads.filter(({ task: from }) => !gates.has(from)) }));
  return {
    tasks: readable,
    inputTasks: tasks.filter(({ after }) => after.length === 0).map(({ number }) => number),
    byName: new Map(tasks.filter(({ kind }) => kind === 'task').map(({ name, number }) => [name, number])),
    resolve: new Map(),
  };
}

/** Edges from these tasks. */
export const after = (...numbers: number[]): PlannedTask['after'] => numbers.map((from) => ({ from }));

/** A chain of n tasks. */
export const chainOf = (length: number, sketch: TaskSketch = {}): Plan =>
  planOf(Array.from({ length }, (_, number) => ({ ...sketch, after: number === 0 ? [] : after(number - 1) })));
