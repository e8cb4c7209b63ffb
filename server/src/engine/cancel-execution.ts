import { conflict, type Id, newId, notFound } from '#base';
import type { EngineParts } from './engine-parts.ts';
import { lockExecution } from './lock-execution.ts';

/**
 * Requests cancellation, exactly: the execution is locked against every settle in flight, and after the commit nothing of it starts or
 * completes. Waiting and scheduled tasks become ready, to be settled as cancelled by whoever claims them; workers hear of it from their next
 * settle or tick. One that is queued or only waits is cancelled at once. Throws not_found, or conflict with {status} where it has ended otherwise.
 */
export async function cancelExecution(parts: EngineParts, organizationId: Id, executionId: Id, actor: string): Promise<void> {
  const eventId = newId();
  const execution = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const locked = await lockExecution(run, organizationId, executionId);
    if (locked === undefined || locked.deleted_at !== null) throw notFound('Flow execution', executionId);
    if (locked.status === 'completed' || locked.status === 'failed') {
      throw conflict('The execution has ended and cannot be cancelled', { status: locked.status });
    }
    if (['queued', 'running', 'waiting'].includes(locked.status))
      await run('cancel-execution', [organizationId, executionId, actor, eventId]);
    return locked;
  });
  const type = 'flow_execution.updated';
  parts.events.publish([{ organizationId, flowId: execution.flow_id, flowExecutionId: executionId, type, id: executionId }]);
  parts.events.announceWork();
}
