import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import { countRows } from '../wire/count-rows.ts';
import type { StaleStatus, TaskEditedStatus } from '../wire/statuses.ts';
import { findReport } from './reported-task.queries.ts';
import { findTaskExecution } from './task-execution.queries.ts';
import type { TaskExecutionRow } from './task-execution.wire.ts';

/** A row of task_execution_revisions; `record` is the row of task_executions as it was. */
export interface RevisionRow {
  id: Id;
  taskExecutionId: Id;
  executionId: Id;
  taskName: string;
  item: number;
  attempt: number;
  reason: 'edited' | 're_executed';
  replacedBy: string;
  replacedAt: Date;
  record: {
    status: TaskExecutionRow['status'];
    output: unknown;
    output_key: string | null;
    error: unknown;
    input: unknown;
    edited_status: TaskEditedStatus;
    stale_status: StaleStatus;
    modified_by: string;
    started_at: string | null;
    completed_at: string | null;
  };
}

const COLUMNS = [
  'r.id',
  'r.taskExecutionId',
  'r.executionId',
  'r.taskName',
  'r.item',
  'r.attempt',
  'r.reason',
  'r.replacedBy',
  'r.replacedAt',
  'r.record',
] as const;

/** Index: task_execution_revisions_task. */
const visibleRevisions = (tx: TenantTransaction, principal: Principal, taskExecutionId: Id) =>
  tx
    .selectFrom('taskExecutionRevisions as r')
    .innerJoin('flowExecutions as e', (join) => join.onRef('e.organizationId', '=', 'r.organizationId').onRef('e.id', '=', 'r.executionId'))
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .where('r.organizationId', '=', principal.organizationId)
    .where('r.taskExecutionId', '=', taskExecutionId)
    .where(isOpenTo(principal));

export function countRevisions(tx: TenantTransaction, principal: Principal, taskExecutionId: Id): Promise<number> {
  return countRows(tx, visibleRevisions(tx, principal, taskExecutionId).select('r.id'));
}

/** Newest first: by id, which begins with the time. */
export async function listRevisions(
  tx: TenantTransaction,
  principal: Principal,
  taskExecutionId: Id,
  page: { after?: Id | undefined; limit: number },
): Promise<RevisionRow[]> {
  let query = visibleRevisions(tx, principal, taskExecutionId).select(COLUMNS);
  if (page.after !== undefined) query = query.where('r.id', '<', page.after);
  return (await query.orderBy('r.id', 'desc').limit(page.limit).execute()) as unknown as RevisionRow[];
}

export async function findRevision(tx: TenantTransaction, principal: Principal, taskExecutionId: Id, id: Id): Promise<boolean> {
  const row = await visibleRevisions(tx, principal, taskExecutionId).select('r.id').where('r.id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** Whether the caller sees such a task execution, or what was replaced of one that waits to be made again. */
export async function isKnownTask(tx: TenantTransaction, principal: Principal, id: Id): Promise<boolean> {
  if (await findTaskExecution(tx, principal, id)) return true;
  if (await findReport(tx, principal, id)) return true;
  return (await visibleRevisions(tx, principal, id).select('r.id').limit(1).executeTakeFirst()) !== undefined;
}
