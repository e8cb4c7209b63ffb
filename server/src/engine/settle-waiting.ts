import { conflict, type Id, type Json, type JsonObject } from '#base';
import type { PlannedTask } from '#language';
import { announce, executionChanged, taskChanged } from './announce.ts';
import type { EngineParts } from './engine-parts.ts';
import { storableJson, type TaskOutcome } from './outcome.ts';
import type { RunStatement } from './run-statement.ts';
import { type SettleReport, settleTasks } from './settle-tasks.ts';
import { findWaitingRow, holdWaiting, resumeOrQueue, stillWaits, type WaitingRow, waitingTask } from './waiting-task.ts';

export type WaitingOutcome = { status: 'completed'; output: Json; routes?: string[] } | { status: 'failed'; error: JsonObject };

/** What became of an event. */
export interface EventReceipt {
  /** It was taken, and the run goes on once it has a slot: the organization's limit was reached (core.md 1.6). */
  deferred: boolean;
}

/**
 * Settles a task execution that waits, by the same statement as a worker's result: of two events that arrive at once one is taken. A run that only
 * waited resumes, now or when a slot is free. Throws not_found, or conflict with {status} where it no longer waits.
 */
export async function settleWaiting(
  parts: EngineParts,
  organizationId: Id,
  taskExecutionId: Id,
  outcome: WaitingOutcome,
  actor: string,
): Promise<EventReceipt> {
  const row = await findWaitingRow(parts.run, organizationId, taskExecutionId);
  const planned = (await waitingTask(parts, row))?.planned;
  return settleWaitingRow(parts, row, toTaskOutcome(planned, outcome, actor), actor);
}

const toTaskOutcome = (planned: PlannedTask | undefined, outcome: WaitingOutcome, actor: string): TaskOutcome =>
  outcome.status === 'completed'
    ? {
        status: 'completed',
        output: JSON.stringify(outcome.output),
        routes: outcome.routes ?? planned?.eventRoutes?.(outcome.output),
        modifiedBy: actor,
      }
    : { status: 'failed', error: outcome.error, modifiedBy: actor };

/** The same of a row that was read: it counts only while the row has this attempt. */
export async function settleWaitingRow(parts: EngineParts, row: WaitingRow, outcome: TaskOutcome, actor: string): Promise<EventReceipt> {
  if (!stillWaits(row)) throw noLongerWaits(row.task_status);
  if (row.execution_status === 'running') {
    const report = await settleRow(parts, parts.run, row, outcome);
    if (report.fenced.length === 0) {
      announce(parts, report);
      return { deferred: false };
    }
  }
  return settleLocked(parts, row, outcome, actor);
}

/** The run only waits, or did when the settle came: exact, under the execution's lock. */
async function settleLocked(parts: EngineParts, found: WaitingRow, outcome: TaskOutcome, actor: string): Promise<EventReceipt> {
  await waitingTask(parts, found); // loads the plan before the lock: that may need a connection of its own
  const report = await holdWaiting(parts, found.organization_id, { executionId: found.execution_id, id: found.id }, async (held) => {
    if (!stillWaits(held.row) || held.row.attempt !== found.attempt) throw noLongerWaits(held.row.task_status);
    if (!['running', 'waiting', 'queued'].includes(held.execution.status)) throw noLongerWaits(held.execution.status);
    if (!(await resumeOrQueue(held, { decision: storableJson(JSON.stringify(outcome)), actor }))) return undefined;
    const settled = await settleRow(parts, held.run, { ...held.row, execution_status: 'running' }, outcome);
    if (settled.fenced.length > 0) throw noLongerWaits('completed'); // and the slot is not taken
    return settled;
  });
  if (report !== undefined) announce(parts, report);
  parts.events.publish([taskChanged(found), executionChanged({ ...found, id: found.execution_id })]);
  return { deferred: report === undefined };
}

async function settleRow(parts: EngineParts, run: RunStatement, row: WaitingRow, outcome: TaskOutcome): Promise<SettleReport> {
  const task = await waitingTask(parts, row);
  if (task === undefined) throw conflict('The flow version of this task cannot be read');
  const options = { held: 'awaiting_input', claim: 0, executors: {}, limited: parts.limited } as const;
  return settleTasks(run, null, [{ task, outcome }], options);
}

const noLongerWaits = (status: string) => conflict('The task no longer waits for an event', { status });
