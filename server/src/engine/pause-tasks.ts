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

/** Pauses that one look sees. */
const PAUSES = 100;
/** Tasks that one look gives back: the first of a tick, which mostly finds none, and those that follow where it found as many as it could. */
const FIRST_BATCH = 100;
const UNPAUSE_BATCH = 2_000;
/** Looks of one tick: the next one goes on. */
const LOOKS = 6;
/** Paused tasks whose executions one tick looks at, for slots that others could use. */
const RUNS_PAGE = 1_000;

interface UnpausedRow extends MovedTask {
  kind: 'task' | 'execution' | 'looked';
  pause: string;
  n: number;
}

/** Gives back tasks whose pause is over, and the slots of runs in which everything is paused. Answers how many tasks and runs moved. */
export async function tickPaused(parts: EngineParts, cursor: PauseCursor): Promise<{ unpaused: number; parked: number }> {
  let unpaused = 0;
  for (let look = 0, batch = FIRST_BATCH; look < LOOKS; look++, batch = UNPAUSE_BATCH) {
    const { isAny, count } = await giveBack(parts, cursor, batch);
    if (!isAny) return { unpaused, parked: 0 };
    unpaused += count;
    if (count < batch) break;
    parts.events.announceWork();
  }
  return { unpaused, parked: await parkPaused(parts, cursor) };
}

/** `isAny`: something is paused, or was. */
async function giveBack(parts: EngineParts, cursor: PauseCursor, batch: number): Promise<{ isAny: boolean; count: number }> {
  const eventIds = Array.from({ length: batch }, newId);
  const rows = await parts.run<UnpausedRow>('unpause-tasks', [cursor.pause, PAUSES, batch, eventIds]);
  const looked = rows.find(({ kind }) => kind === 'looked');
  const isAny = looked !== undefined || cursor.pause !== '';
  const tasks = rows.filter(({ kind }) => kind === 'task');
  if (tasks.length < batch) cursor.pause = looked === undefined || looked.n < PAUSES ? '' : looked.pause;
  parts.events.publish([...tasks.map(taskChanged), ...rows.filter(({ kind }) => kind === 'execution').map(executionChanged)]);
  return { isAny, count: tasks.length };
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
