import { conflict, type Id, newId, notFound } from '#base';
import type { EngineParts } from './engine-parts.ts';
import { type LockedExecution, lockExecution } from './lock-execution.ts';
import type { RunStatement } from './run-statement.ts';
import type { ExecutionStatus } from './states.ts';

/**
 * What people decree of a run, beside cancelling and running it again (core.md 3, PATCH status):
 * - `completed`, `failed`: a running execution ends so, what is open of it is cancelled and fenced;
 * - `running`: a queued one is the next to begin: at once where a slot is free, never beyond the organization's limit;
 * - `acknowledged`: an ended one that is edited or stale counts as it stands.
 */
export type Decree = 'completed' | 'failed' | 'running' | 'acknowledged';

/** A queue's lowest rank: far from the column's end, since tasks add theirs. */
const LOWEST_RANK = -10_000;

const FROM: Readonly<Record<Decree, readonly ExecutionStatus[]>> = {
  completed: ['running'],
  failed: ['running'],
  running: ['queued'],
  acknowledged: ['completed', 'failed'],
};

/**
 * Carries out a decree, exactly: the execution is locked against every settle in flight. Throws not_found, or conflict with {status} where the
 * execution is not in a state that the decree leaves.
 */
export async function decreeStatus(parts: EngineParts, organizationId: Id, executionId: Id, decree: Decree, actor: string): Promise<void> {
  const { execution, changedIds } = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const locked = await lockExecution(run, organizationId, executionId);
    if (locked === undefined || locked.deleted_at !== null) throw notFound('Flow execution', executionId);
    if (!FROM[decree].includes(locked.status))
      throw conflict(`A run that is ${locked.status} cannot be changed so`, { status: locked.status });
    return { execution: locked, changedIds: await carryOut(run, organizationId, executionId, decree, actor) };
  });
  announceDecree(parts, organizationId, execution, changedIds);
}

async function carryOut(run: RunStatement, organizationId: Id, executionId: Id, decree: Decree, actor: string): Promise<Id[]> {
  if (decree === 'running') {
    await run('advance-execution', [organizationId, executionId, LOWEST_RANK, actor, newId()]);
    return [];
  }
  const rows =
    decree === 'acknowledged'
      ? await run<{ id: Id }>('acknowledge-execution', [organizationId, executionId, actor])
      : await run<{ id: Id }>('end-execution', [organizationId, executionId, decree, actor, newId()]);
  return rows.map(({ id }) => id);
}

/** A free slot goes to the next queued execution with the next tick. */
function announceDecree(parts: EngineParts, organizationId: Id, { id, flow_id }: LockedExecution, changedIds: readonly Id[]): void {
  const about = { organizationId, flowId: flow_id, flowExecutionId: id };
  parts.events.publish([
    { ...about, type: 'flow_execution.updated', id },
    ...changedIds.map((changed) => ({ ...about, type: 'task_execution.updated' as const, id: changed })),
  ]);
  parts.events.announceWork();
}
