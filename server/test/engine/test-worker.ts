// A worker of the tests: claims, runs the test executor, settles. Faults are what a storm asks of it.
import type { Json } from '#base';
import {
  type ClaimedTask,
  decidedOutcome,
  type FuseTask,
  placeKey,
  retryDelayMs,
  type SettleReport,
  type TaskEngine,
  type TaskInput,
  type TaskOutcome,
  type TaskResult,
} from '#engine';
import { answer, failuresOf, type Place, type ReadValue, waitMs, waits } from './test-executor.ts';

export interface Faults {
  afterClaim?(tasks: readonly ClaimedTask[]): void;
  beforeSettle?(results: readonly TaskResult<ClaimedTask>[]): void;
  afterSettle?(report: SettleReport): void;
}

export interface WorkerChoices {
  batch: number;
  followUps: number;
  fuses: boolean;
  faults?: Faults;
  /** Looks at each task before it runs, and may wait. */
  onRun?(task: ClaimedTask): Promise<void> | void;
  /** Instead of the test executor. */
  run?(task: ClaimedTask): Promise<TaskOutcome> | TaskOutcome;
}

export const placeOf = (task: ClaimedTask): Place => ({ executionId: task.execution.id, item: task.item, itemValue: task.itemValue });

export function readValues(inputs: readonly TaskInput[]): ReadValue[] {
  return inputs.map(({ name, outputs }) => ({
    task: name,
    values: outputs.map(({ item, output }) => ({ item, value: output === null ? null : (JSON.parse(output) as { v: number; n: number }) })),
  }));
}

/** What the executor answers at this attempt. */
export function outcomeOf(task: ClaimedTask, inputs: readonly TaskInput[]): TaskOutcome {
  const { planned } = task;
  if (waits(planned) && task.checkpoint === undefined) {
    const until = waitMs(planned, placeOf(task));
    return {
      status: 'awaiting_input',
      checkpoint: { waits: true },
      ...(until === undefined ? {} : { until: new Date(Date.now() + until), topic: 'test' }),
    };
  }
  if (planned.kind === 'task' && task.tries < failuresOf(planned, placeOf(task))) {
    const error = { code: 'test', message: 'The test executor failed', type: 'task_error', retryable: true };
    const retryInMs = retryDelayMs(planned.retry, { tries: task.tries, code: 'test', retryable: true });
    return { status: 'failed', error, retryInMs };
  }
  const given = answer(planned, placeOf(task), readValues(inputs));
  return given.status === 'completed' ? { ...given, output: JSON.stringify(given.output) } : { status: 'failed', error: { code: 'test' } };
}

/** Settles a pure task where all that it reads has just been settled. */
export const fuseTest: FuseTask = (planned, place, settled, source) => {
  if (waits(planned)) return undefined;
  const reads: ReadValue[] = [];
  for (const { task } of planned.reads) {
    const from = source.plan.tasks[task];
    if (from === undefined || from.depth > planned.scope.length) return undefined;
    const item = Math.floor(place.item / 2 ** (17 * (planned.scope.length - from.depth)));
    const known = settled.get(placeKey(task, item));
    if (known === undefined) return undefined;
    const value = known.status === 'completed' && known.output !== undefined ? JSON.parse(known.output) : null;
    reads.push({ task: from.planned.name, values: [{ item, value }] });
  }
  const itemValue = place.itemValue === undefined ? undefined : (JSON.parse(place.itemValue) as Json);
  const at = { executionId: source.execution.id, item: place.item, itemValue };
  if (planned.kind === 'task' && failuresOf(planned, at) > 0) return undefined;
  const given = answer(planned, at, reads);
  return given.status === 'completed' ? { ...given, output: JSON.stringify(given.output) } : { status: 'failed', error: { code: 'test' } };
};

/** Claims once and follows what comes back claimed. Returns how many tasks it settled. */
export async function workOnce(tasks: TaskEngine, workerId: number, choices: WorkerChoices): Promise<number> {
  const executors = { limited_task: 3 };
  let held = await tasks.claim(workerId, { batch: choices.batch, executors });
  choices.faults?.afterClaim?.(held);
  let count = 0;
  for (let round = 0; held.length > 0; round++) {
    const results = await runAll(tasks, held, choices);
    choices.faults?.beforeSettle?.(results);
    const claim = round < choices.followUps ? choices.batch : false;
    const half = Math.random() < 0.3 ? Math.ceil(results.length / 2) : results.length; // any subset may be settled
    const reports: SettleReport[] = [];
    for (const part of [results.slice(0, half), results.slice(half)]) {
      if (part.length > 0)
        reports.push(await tasks.settle(workerId, part, { claim, executors, fuse: choices.fuses ? fuseTest : undefined }));
    }
    for (const report of reports) choices.faults?.afterSettle?.(report);
    count += held.length;
    held = reports.flatMap(({ claimed }) => claimed);
  }
  return count;
}

async function runAll(tasks: TaskEngine, held: readonly ClaimedTask[], choices: WorkerChoices): Promise<TaskResult<ClaimedTask>[]> {
  const inputs = await tasks.readInputs(held);
  return Promise.all(
    held.map(async (task, index) => {
      const decided = decidedOutcome(task);
      if (decided !== undefined) return { task, outcome: decided };
      await choices.onRun?.(task);
      const outcome = choices.run === undefined ? outcomeOf(task, inputs[index] ?? []) : await choices.run(task);
      return { task, outcome };
    }),
  );
}
