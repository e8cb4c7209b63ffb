import { type Id, newId } from '#base';
import { executionChanged, type MovedTask, taskChanged } from './changes.ts';
import { NO_ORGANIZATION } from './claim-tasks.ts';
import type { ClaimedTask } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';
import { parkIdle } from './park-executions.ts';

/** A claimed task that a pause keeps from running. */
export interface PausedTask {
  task: ClaimedTask;
  /** The key of the pause (`controlKey`). */
  pause: string;
}

/**
 * Lays claimed tasks aside until their pause is over, as if they had not been claimed: no attempt is counted, and their turn is kept. Those of an
 * execution that is being cancelled are ready again instead. Only for what the worker has claimed and not begun.
 */
export async function pauseTasks(parts: EngineParts, workerId: number, paused: readonly PausedTask[]): Promise<void> {
  const rows = await parts.run<MovedTask>('pause-tasks', [
    paused.map(({ task }) => task.execution.organizationId),
    paused.map(({ task }) => task.execution.id),
    paused.map(({ task }) => task.id),
    paused.map(({ task }) => task.attempt),
    paused.map(({ pause }) => pause),
    workerId,
  ]);
  parts.events.publish(rows.map(taskChanged));
}

/** Where a process goes on looking through what is paused. */
export interface PauseCursor {
  pause: string;
  organizationId: Id;
  taskId: Id;
}

export const newPauseCursor = (): PauseCursor => ({ pause: '', organizationId: NO_ORGANIZATION, taskId: NO_ORGANIZATION });

/** Pauses that one tick looks at, and tasks that it gives back: some ten milliseconds. The next tick goes on. */
const PAUSES = 100;
const UNPAUSE_BATCH = 2_000;
/** Paused tasks whose executions one tick looks at, for slots that others could use. */
const RUNS_PAGE = 1_000;

interface UnpausedRow extends MovedTask {
  kind: 'task' | 'execution' | 'looked';
  pause: string;
  n: number;
}

/** Gives back tasks whose pause is over, and the slots of runs in which everything is paused. Answers how many tasks and runs moved. */
export async function tickPaused(parts: EngineParts, cursor: PauseCursor): Promise<{ unpaused: number; parked: number }> {
  const eventIds = Array.from({ length: UNPAUSE_BATCH }, newId);
  const rows = await parts.run<UnpausedRow>('unpause-tasks', [cursor.pause, PAUSES, UNPAUSE_BATCH, eventIds]);
  const looked = rows.find(({ kind }) => kind === 'looked');
  if (looked === undefined && cursor.pause === '') return { unpaused: 0, parked: 0 }; // nothing is paused
  const tasks = rows.filter(({ kind }) => kind === 'task');
  cursor.pause = looked === undefined || looked.n < PAUSES ? '' : looked.pause;
  parts.events.publish([...tasks.map(taskChanged), ...rows.filter(({ kind }) => kind === 'execution').map(executionChanged)]);
  return { unpaused: tasks.length, parked: await parkPaused(parts, cursor) };
}

async function parkPaused(parts: EngineParts, cursor: PauseCursor): Promise<number> {
  const rows = await parts.run<{ organization_id: Id; id: Id; idle: boolean }>('find-paused-runs', [
    cursor.organizationId,
    cursor.taskId,
    RUNS_PAGE,
  ]);
  const last = rows.find(({ idle }) => !idle);
  cursor.organizationId = last?.organization_id ?? NO_ORGANIZATION;
  cursor.taskId = last?.id ?? NO_ORGANIZATION;
  return parkIdle(
    parts,
    rows.filter(({ idle }) => idle),
  );
}
