import { type Id, newId } from '#base';
import { cancelChildren } from './cancel-execution.ts';
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

export interface Requeued {
  /** Rows that are open again. */
  openedIds: Id[];
  /** Sub-flows that they waited for, which are cancelled. */
  children: LockedExecution[];
}

/**
 * Puts what an edit made outdated in a run under way back to where it waits or is ready, in the transaction of the edit. Rows that users have seen go to
 * their history, and come back under their ids.
 */
export async function requeueRows(run: RunStatement, limited: LimitedExecutors, write: RequeueWrite): Promise<Requeued> {
  const { organizationId, execution, plan, actor, requeue, downstream } = write;
  const seenName = (row: EditableRow): string | null => {
    const planned = plan.tasks[row.task]?.planned;
    return planned?.kind === 'task' && isSeen(row) ? planned.name : null;
  };
  const taskIds = downstream.map(({ id }) => id);
  const children = await cancelChildren(run, { organizationId, executionId: execution.id, actor, taskIds });
  await run('replace-rows', [organizationId, taskIds, downstream.map(seenName), downstream.map(() => newId()), actor]);
  if (requeue.opensGeneration) await run('advance-generation', [organizationId, execution.id]);
  const opened = { organizationId, execution, plan, opened: { arrivals: requeue.arrivals, decided: [] } };
  const generation = execution.generation + Number(requeue.opensGeneration);
  return { openedIds: await openRows(run, limited, opened, { status: await resumedStatus(run, write), generation }), children };
}

/** Whether something is ready at once. */
export const hasWork = (requeue: Requeue | undefined): boolean => requeue?.arrivals.some(({ need, delta }) => need + delta === 0) ?? false;

/** A run that only waited takes a slot for its new work, where one is free; else it is queued with its rows (sum-edits). */
async function resumedStatus(run: RunStatement, { organizationId, execution, actor, requeue }: RequeueWrite): Promise<string> {
  if (execution.status !== 'waiting' || !hasWork(requeue)) return execution.status;
  const resumed = await run('resume-execution', [organizationId, execution.id, newId(), actor]);
  return resumed.length > 0 ? 'running' : execution.status;
}
