import { type Id, newId } from '#base';
import type { CompiledPlan } from './compile-plan.ts';
import type { LockedExecution } from './lock-execution.ts';
import type { EditableRow, Requeue } from './plan-edit.ts';
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
  const seenName = ({ task, status, has_started }: EditableRow): string | null => {
    const planned = plan.tasks[task]?.planned;
    return planned?.kind === 'task' && (has_started || status !== 'pending') ? planned.name : null;
  };
  await run('replace-rows', [
    organizationId,
    downstream.map(({ id }) => id),
    downstream.map(seenName),
    downstream.map(() => newId()),
    actor,
  ]);
  if (requeue.hasStarted) await run('advance-generation', [organizationId, execution.id]);
  const opened = { organizationId, execution, plan, opened: { arrivals: requeue.arrivals, decided: [] } };
  const generation = execution.generation + Number(requeue.hasStarted);
  return openRows(run, limited, opened, { status: execution.status, generation });
}
