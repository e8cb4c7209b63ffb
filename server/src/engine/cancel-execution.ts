import { conflict, type Id, newId, notFound } from '#base';
import { hintParents } from './announce.ts';
import { executionChanged } from './changes.ts';
import type { EngineParts } from './engine-parts.ts';
import { type LockedExecution, lockExecution } from './lock-execution.ts';
import type { RunStatement } from './run-statement.ts';

const CANCELLABLE = ['queued', 'running', 'waiting'];

/**
 * Requests cancellation, exactly: the execution is locked against every settle in flight, and after the commit nothing of it starts or
 * completes. Waiting and scheduled tasks become ready, to be settled as cancelled by whoever claims them; workers hear of it from their next
 * settle or tick. One that is queued or only waits is cancelled at once. The sub-flows that its tasks wait for are cancelled with it. Throws
 * not_found, or conflict with {status} where it has ended otherwise.
 */
export async function cancelExecution(parts: EngineParts, organizationId: Id, executionId: Id, actor: string): Promise<void> {
  const { execution, children } = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const locked = await lockExecution(run, organizationId, executionId);
    if (locked === undefined || locked.deleted_at !== null) throw notFound('Flow execution', executionId);
    if (locked.status === 'completed' || locked.status === 'failed') {
      throw conflict('The execution has ended and cannot be cancelled', { status: locked.status });
    }
    if (!CANCELLABLE.includes(locked.status)) return { execution: locked, children: [] };
    const found = await cancelChildren(run, { organizationId, executionId, actor });
    await run('cancel-execution', [organizationId, executionId, actor, newId()]);
    return { execution: locked, children: found };
  });
  announceCancels(parts, organizationId, [execution, ...children]);
}

/**
 * Cancels the open sub-flows that an execution's tasks wait for, and theirs. In the transaction that holds the execution: a task of it that is about to
 * start one waits for that, and then may not (hold-parent.sql). Answers what was cancelled, to be announced after the commit.
 */
export async function cancelChildren(
  run: RunStatement,
  { organizationId, executionId, actor, taskIds }: { organizationId: Id; executionId: Id; actor: string; taskIds?: readonly Id[] },
): Promise<LockedExecution[]> {
  const cancelled: LockedExecution[] = [];
  for (const { id } of await run<{ id: Id }>('find-children', [organizationId, executionId, taskIds ?? null])) {
    const child = await lockExecution(run, organizationId, id);
    if (child === undefined || !CANCELLABLE.includes(child.status)) continue;
    cancelled.push(child, ...(await cancelChildren(run, { organizationId, executionId: id, actor })));
    await run('cancel-execution', [organizationId, id, actor, newId()]);
  }
  return cancelled;
}

/** After commit. Those that hold no slot have ended by it: who waits for them hears of it. */
export function announceCancels(parts: EngineParts, organizationId: Id, cancelled: readonly LockedExecution[]): void {
  if (cancelled.length === 0) return;
  parts.events.publish(cancelled.map((execution) => executionChanged({ ...execution, organization_id: organizationId })));
  parts.events.announceWork();
  const ended = cancelled.filter(({ status }) => status === 'queued' || status === 'waiting');
  hintParents(
    parts,
    ended.map((execution) => ({ organizationId, parentTaskId: execution.parent_task_id })),
  );
}
