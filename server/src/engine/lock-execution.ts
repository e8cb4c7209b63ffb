import type { Id } from '#base';
import type { RunStatement } from './run-statement.ts';
import type { ExecutionStatus } from './states.ts';

export interface LockedExecution {
  id: Id;
  flow_id: Id;
  flow_version_id: Id;
  flow_version: number;
  status: ExecutionStatus;
  generation: number;
  failures: number;
  first_task: number;
  rank: number;
  slot: number | null;
  parent_task_id: Id | null;
  deleted_at: Date | null;
}

/** Locks an execution for the rest of the transaction: no settle of it is in flight, none begins. Undefined where there is none. */
export async function lockExecution(run: RunStatement, organizationId: Id, executionId: Id): Promise<LockedExecution | undefined> {
  return (await run<LockedExecution>('lock-execution', [organizationId, executionId]))[0];
}
