import { conflict, type Id, type Json, type JsonObject, notFound } from '#base';
import { toTasks } from './claim-tasks.ts';
import type { ClaimRow } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';
import type { TaskOutcome } from './outcome.ts';
import { settleTasks } from './settle-tasks.ts';
import type { TaskStatus } from './states.ts';
import { announce } from './tick.ts';

export type WaitingOutcome = { status: 'completed'; output: Json; routes?: string[] } | { status: 'failed'; error: JsonObject };

/**
 * Settles a task execution that waits, by the same statement as a worker's result: of two events that arrive at once one is taken. Throws
 * not_found, or conflict with {status} where it no longer waits.
 */
export async function settleWaiting(
  parts: EngineParts,
  organizationId: Id,
  taskExecutionId: Id,
  outcome: WaitingOutcome,
  actor: string,
): Promise<void> {
  const [row] = await parts.run<ClaimRow & { task_status: TaskStatus }>('find-waiting-task', [organizationId, taskExecutionId]);
  if (row === undefined) throw notFound('Task execution', taskExecutionId);
  if (row.task_status !== 'awaiting_input') throw noLongerWaits(row.task_status);
  const [task] = await toTasks(parts, [row]);
  if (task === undefined) throw conflict('The flow version of this task cannot be read');
  const settled: TaskOutcome =
    outcome.status === 'completed'
      ? {
          status: 'completed',
          output: JSON.stringify(outcome.output),
          routes: outcome.routes ?? task.planned.eventRoutes?.(outcome.output),
          modifiedBy: actor,
        }
      : { status: 'failed', error: outcome.error, modifiedBy: actor };
  const options = { held: 'awaiting_input', claim: 0, executors: {}, limited: parts.limited } as const;
  const report = await settleTasks(parts.run, null, [{ task, outcome: settled }], options);
  if (report.fenced.length > 0) throw noLongerWaits('completed');
  announce(parts, report);
}

const noLongerWaits = (status: string) => conflict('The task no longer waits for an event', { status });
