import { type Id, newId } from '#base';
import type { CompiledPlan } from './compile-plan.ts';
import type { LockedExecution } from './lock-execution.ts';
import { type EditableRow, isSeen, type Requeue } from './plan-edit.ts';
import { openRows } from './rerun-execution.ts';
import type { RunStatement } from './run-statement.ts';
import type { LimitedExecutors } from './settle-parameters.ts';

export interface RequeueWrite {
  organizationId: Id;
  execution: LockedExecution;
  plan: CompiledPlan;
  actor: string;
  requeue: Requeue;
  downstream: readonly EditableRow[];
}

/**
 * Puts what an edit made outdated in a run under way back to where it waits or is ready, in the transaction of the edit. Rows that users have seen go to
 * their history, and come back under their ids. Answers the ids of those that are open again.
 */
export async function requeueRows(run: RunStatement, limited: LimitedExecutors, write: RequeueWrite): Promise<Id[]> {
  const { organizationId, execution, plan, actor, requeue, downstream } = write;
  const seenName = (row: EditableRow): string | null => {
    const planned = plan.tasks[row.task]?.planned;
    return planned?.kind === 'task' && isSeen(row) ? planned.name : null;
  };
  await run('replace-rows', [
    organizationId,
    downstream.map(({ id }) => id),
    downstream.map(seenName),
    downstream.map(() => newId()),
    actor,
  ]);
  if (requeue.opensGeneration) await run('advance-generation', [organizationId, execution.id]);
  const opened = { organizationId, execution, plan, opened: { arrivals: requeue.arrivals, decided: [] } };
  const generation = execution.generation + Number(requeue.opensGeneration);
  return openRows(run, limited, opened, { status: await resumedStatus(run, write), generation });
}

/** Whether something is ready at once. */
export const hasWork = (requeue: Requeue | undefined): boolean => requeue?.arrivals.some(({ need, delta }) => need + delta === 0) ?? false;

/** A run that only waited takes a slot for its new work, where one is free; else it is queued with its rows (sum-edits). */
async function resumedStatus(run: RunStatement, { organizationId, execution, actor, requeue }: RequeueWrite): Promise<string> {
  if (execution.status !== 'waiting' || !hasWork(requeue)) return execution.status;
  const resumed = await run('resume-execution', [organizationId, execution.id, newId(), actor]);
  return resumed.length > 0 ? 'running' : execution.status;
}
