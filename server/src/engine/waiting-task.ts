import { type Id, newId, notFound } from '#base';
import { toTasks } from './claim-tasks.ts';
import type { ClaimedTask, ClaimRow } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';
import { type LockedExecution, lockExecution } from './lock-execution.ts';
import type { RunStatement } from './run-statement.ts';
import type { TaskStatus } from './states.ts';

/** A row of find-waiting-task.sql. */
export type WaitingRow = ClaimRow & { task_status: TaskStatus; lease_hash: Buffer | null };

/** Throws not_found. Whether it still waits is for the caller to see. */
export async function findWaitingRow(run: RunStatement, organizationId: Id, taskExecutionId: Id): Promise<WaitingRow> {
  const [row] = await run<WaitingRow>('find-waiting-task', [organizationId, taskExecutionId]);
  if (row === undefined) throw notFound('Task execution', taskExecutionId);
  return row;
}

/** Waits, and no event has been kept for it. */
export const stillWaits = (row: WaitingRow): boolean => row.task_status === 'awaiting_input' && row.decision === null;

/** The task in a settle's hands; undefined where its flow version cannot be read. */
export async function waitingTask(parts: EngineParts, row: WaitingRow): Promise<ClaimedTask | undefined> {
  return (await toTasks(parts, [row]))[0];
}

/** A waiting task in a transaction that holds its execution against every settle. */
export interface HeldWaiting {
  run: RunStatement;
  execution: LockedExecution;
  row: WaitingRow;
}

/** Locks the execution of a waiting task and reads the row again: nothing moves it until the transaction ends. Throws not_found. */
export async function holdWaiting<T>(
  parts: EngineParts,
  organizationId: Id,
  task: { executionId: Id; id: Id },
  act: (held: HeldWaiting) => Promise<T>,
): Promise<T> {
  return parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const execution = await lockExecution(run, organizationId, task.executionId);
    if (execution === undefined) throw notFound('Flow execution', task.executionId);
    return act({ run, execution, row: await findWaitingRow(run, organizationId, task.id) });
  });
}

/**
 * Brings the execution of a waiting task under way, for an event that has come: true where it is running, or has taken a free slot. Else the event
 * is kept (`decision`: an outcome as JSON text, or null: the executor is to be asked again), and the execution is queued before all new ones.
 */
export async function resumeOrQueue(
  { run, execution, row }: HeldWaiting,
  event: { decision: string | null; actor: string },
): Promise<boolean> {
  const { organization_id: organizationId, id, attempt } = row;
  if (execution.status === 'running') return true;
  if (execution.status === 'waiting') {
    if ((await run('resume-execution', [organizationId, execution.id, newId(), event.actor])).length > 0) return true;
    await run('queue-execution', [organizationId, execution.id, id, attempt, event.decision, newId(), event.actor]);
  } else if (execution.status === 'queued') await run('keep-decision', [organizationId, id, attempt, event.decision]);
  return false;
}
