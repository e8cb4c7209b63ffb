// What clients said of tasks that the engine has no row for. A row of the engine at the same place hides the report.
import { type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import { type Id, newId } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import type { ProcessingStatus } from '../wire/statuses.ts';
import type { ReportedRow } from './reported-task.wire.ts';
import type { TaskExecutionFilters } from './task-execution.queries.ts';

const COLUMNS = [
  'r.organizationId',
  'r.id',
  'r.flowExecutionId',
  'r.taskName',
  'r.taskExecutionIdx',
  'r.processingStatus',
  'r.skipped',
  'r.editedStatus',
  'r.staleStatus',
  'r.input',
  'r.output',
  'r.error',
  'r.sourceTaskExecutions',
  'r.startedAt',
  'r.completedAt',
  'r.modifiedBy',
  'r.createdAt',
  'r.updatedAt',
] as const;

/** Index: task_executions_place. */
const isHidden = sql<SqlBool>`exists (
  select 1 from flow_version_tasks v
    join task_executions t on t.organization_id = v.organization_id and t.execution_id = e.id and t.task = v.task and t.item = r.task_execution_idx
   where v.organization_id = e.organization_id and v.flow_version_id = e.flow_version_id and v.name = r.task_name and v.kind = 'task'
     and (t.status <> 'pending' or t.started_at is not null) and not (t.status = 'cancelled' and t.started_at is null))`;

/** Reports in the principal's flows, hidden or not, with their executions as `e`. */
export const openReports = (tx: TenantTransaction, principal: Principal) =>
  tx
    .selectFrom('reportedTaskExecutions as r')
    .innerJoin('flowExecutions as e', (join) =>
      join.onRef('e.organizationId', '=', 'r.organizationId').onRef('e.id', '=', 'r.flowExecutionId'),
    )
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .where('r.organizationId', '=', principal.organizationId)
    .where('r.processingStatus', '<>', 'deleted')
    .where(isOpenTo(principal));

const visibleReports = (tx: TenantTransaction, principal: Principal) => openReports(tx, principal).where(sql<SqlBool>`not ${isHidden}`);

/** The filters of the list, on reports (core.md 1.7: those of deleted executions by the execution's id only). */
export function filteredReports(tx: TenantTransaction, principal: Principal, filters: TaskExecutionFilters) {
  let query = visibleReports(tx, principal);
  query =
    filters.flowExecutionId === undefined
      ? query.where('e.deletedAt', 'is', null)
      : query.where('r.flowExecutionId', '=', filters.flowExecutionId);
  if (filters.ids !== undefined) query = query.where('r.id', '=', sql<Id>`any (${filters.ids}::uuid[])`);
  if (filters.taskName !== undefined) query = query.where('r.taskName', '=', filters.taskName);
  if (filters.taskExecutionIdx !== undefined) query = query.where('r.taskExecutionIdx', '=', filters.taskExecutionIdx);
  return query;
}

/** Newest first, by id, which begins with the time. Index: the primary key, or reported_task_executions_place. */
export async function listReports(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<ReportedRow[]> {
  let query = filteredReports(tx, principal, filters).select(COLUMNS);
  if (page.after !== undefined) query = query.where('r.id', '<', page.after);
  return (await query.orderBy('r.id', 'desc').limit(page.limit).execute()) as ReportedRow[];
}

export async function listReportIds(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<Id[]> {
  let query = filteredReports(tx, principal, filters).select('r.id');
  if (page.after !== undefined) query = query.where('r.id', '<', page.after);
  return (await query.orderBy('r.id', 'desc').limit(page.limit).execute()).map(({ id }) => id);
}

export async function findReport(tx: TenantTransaction, principal: Principal, id: Id): Promise<ReportedRow | undefined> {
  return (await visibleReports(tx, principal).select(COLUMNS).where('r.id', '=', id).executeTakeFirst()) as ReportedRow | undefined;
}

/** The report at a place, hidden or not. */
export async function findReportAt(
  tx: TenantTransaction,
  organizationId: Id,
  place: { flowExecutionId: Id; taskName: string; taskExecutionIdx: number },
): Promise<ReportedRow | undefined> {
  return (await tx
    .selectFrom('reportedTaskExecutions as r')
    .select(COLUMNS)
    .where('r.organizationId', '=', organizationId)
    .where('r.flowExecutionId', '=', place.flowExecutionId)
    .where('r.taskName', '=', place.taskName)
    .where('r.taskExecutionIdx', '=', place.taskExecutionIdx)
    .executeTakeFirst()) as ReportedRow | undefined;
}

export interface NewReport {
  flowExecutionId: Id;
  taskName: string;
  taskExecutionIdx: number;
  processingStatus: ProcessingStatus;
  skipped: boolean;
  /** JSON text; null: nothing was said. */
  input: string | null;
  output: string | null;
  error: string | null;
  sourceTaskExecutions: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  modifiedBy: string;
}

const FINAL = ['completed', 'failed', 'cancelled'];

/**
 * Records a report at its place, under the id that the place had. A report that is not final leaves a final one as it is; what a later one does not
 * say of input, source and start stays. One statement: of two at once the second sees the first.
 */
export async function upsertReport(tx: TenantTransaction, organizationId: Id, report: NewReport): Promise<void> {
  await sql`
    insert into reported_task_executions as r (organization_id, id, flow_execution_id, task_name, task_execution_idx, processing_status, skipped, input, output,
      error, source_task_executions, started_at, completed_at, modified_by)
    values (${organizationId}, ${newId()}, ${report.flowExecutionId}, ${report.taskName}, ${report.taskExecutionIdx}, ${report.processingStatus},
      ${report.skipped}, ${report.input}::json, ${report.output}::json, ${report.error}::json, ${report.sourceTaskExecutions}::json,
      ${report.startedAt}, ${report.completedAt}, ${report.modifiedBy})
    on conflict (organization_id, flow_execution_id, task_name, task_execution_idx) do update
      set processing_status = excluded.processing_status, skipped = excluded.skipped, input = coalesce(excluded.input, r.input), output = excluded.output,
          error = excluded.error, source_task_executions = coalesce(excluded.source_task_executions, r.source_task_executions),
          started_at = coalesce(excluded.started_at, r.started_at), completed_at = excluded.completed_at, modified_by = excluded.modified_by,
          updated_at = clock_timestamp()
    where r.processing_status <> all (${FINAL}::text[]) or excluded.processing_status = any (${FINAL}::text[])`.execute(tx);
}

/** An edit of a report by a person: nothing follows from it. */
export async function editReport(
  tx: TenantTransaction,
  organizationId: Id,
  id: Id,
  change: Pick<NewReport, 'processingStatus' | 'output' | 'error' | 'input' | 'sourceTaskExecutions' | 'modifiedBy'>,
): Promise<void> {
  await sql`
    update reported_task_executions
       set processing_status = ${change.processingStatus}, output = ${change.output}::json, error = ${change.error}::json,
           input = coalesce(${change.input}::json, input), source_task_executions = coalesce(${change.sourceTaskExecutions}::json, source_task_executions),
           edited_status = 'edited_not_reexecuted', modified_by = ${change.modifiedBy}, updated_at = clock_timestamp()
     where organization_id = ${organizationId} and id = ${id}`.execute(tx);
}
