// Outputs of tasks that the engine has no row for, made of what clients reported of them: one for an execution and a task, as the engine's own are.
import { type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { openReports } from '../task-executions/reported-task.queries.ts';
import type { ReportedRow } from '../task-executions/reported-task.wire.ts';
import { countRows } from '../wire/count-rows.ts';
import { firstIdAfter, firstIdBefore, firstIdOf } from '../wire/id-ranges.ts';
import type { ProcessingStatus } from '../wire/statuses.ts';
import type { OutputCursor, OutputFilters } from './engine-output.queries.ts';
import type { OutputRow } from './engine-output.ts';

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
  'r.error',
  'r.startedAt',
  'r.completedAt',
  'r.modifiedBy',
  'r.createdAt',
  'r.updatedAt',
  'e.flowVersionId',
  'e.flowVersion',
] as const;

/** A row of the engine that stands for the task in the list of outputs. Index: task_executions_place. */
const hasEngineOutput = sql<SqlBool>`exists (
  select 1 from flow_version_tasks v join task_executions t on t.organization_id = v.organization_id and t.execution_id = e.id and t.task = v.task
   where v.organization_id = e.organization_id and v.flow_version_id = e.flow_version_id and v.name = r.task_name and v.kind = 'task'
     and (t.status <> 'pending' or t.started_at is not null))`;

/** The report with the lowest index stands for the others of its task. */
const isFirst = sql<SqlBool>`not exists (
  select 1 from reported_task_executions s
   where s.organization_id = r.organization_id and s.flow_execution_id = r.flow_execution_id and s.task_name = r.task_name
     and s.task_execution_idx < r.task_execution_idx and s.processing_status <> 'deleted')`;

function filteredHeads(tx: TenantTransaction, principal: Principal, filters: OutputFilters) {
  let query = openReports(tx, principal).where(isFirst).where(sql<SqlBool>`not ${hasEngineOutput}`);
  if (filters.ids !== undefined) query = query.where('r.id', '=', sql<Id>`any (${filters.ids}::uuid[])`);
  else if (filters.flowExecutionId !== undefined) query = query.where('r.flowExecutionId', '=', filters.flowExecutionId);
  else query = query.where('e.deletedAt', 'is', null);
  if (filters.flowId !== undefined) query = query.where('e.flowId', '=', filters.flowId);
  if (filters.flowVersion !== undefined) query = query.where('e.flowVersion', '=', filters.flowVersion);
  if (filters.taskName !== undefined) query = query.where('r.taskName', '=', filters.taskName);
  if (filters.createdAfter) query = query.where('r.id', '>=', firstIdOf(filters.createdAfter));
  if (filters.createdBefore) query = query.where('r.id', '<', firstIdAfter(filters.createdBefore));
  return query;
}

/** Counts up to `max`. */
export function countReportedOutputs(tx: TenantTransaction, principal: Principal, filters: OutputFilters, max: number): Promise<number> {
  return countRows(tx, filteredHeads(tx, principal, filters).select('r.id').limit(max));
}

/** Reports of one task in one execution, by index, the first standing for them. */
export type ReportedOutput = [OutputRow, ...OutputRow[]];

/** Newest first. Two queries, whatever the page holds. */
export async function listReportedOutputs(
  tx: TenantTransaction,
  principal: Principal,
  filters: OutputFilters,
  page: { after?: OutputCursor | undefined; limit: number; withValues: boolean },
): Promise<ReportedOutput[]> {
  let query = filteredHeads(tx, principal, filters).select(['r.id', 'r.flowExecutionId', 'r.taskName']);
  if (page.after) query = query.where('r.id', '<', firstIdBefore(page.after));
  const heads = await query.orderBy('r.id', 'desc').limit(page.limit).execute();
  if (heads.length === 0) return [];
  const groups = Map.groupBy(await listRowsOf(tx, principal, heads, page), (row) => `${row.executionId}/${row.taskName}`);
  return heads.map(({ flowExecutionId, taskName }) => groups.get(`${flowExecutionId}/${taskName}`) as ReportedOutput);
}

async function listRowsOf(
  tx: TenantTransaction,
  principal: Principal,
  heads: readonly { flowExecutionId: Id; taskName: string }[],
  options: { withValues: boolean },
): Promise<OutputRow[]> {
  const executions = heads.map(({ flowExecutionId }) => flowExecutionId);
  const names = heads.map(({ taskName }) => taskName);
  let query = openReports(tx, principal)
    .innerJoin(
      sql<{ executionId: Id; name: string }>`unnest(${executions}::uuid[], ${names}::text[])`.as<'h'>(sql`h (execution_id, name)`),
      (join) => join.onRef('h.executionId', '=', 'r.flowExecutionId').onRef('h.name', '=', 'r.taskName'),
    )
    .select(COLUMNS);
  if (options.withValues) query = query.select('r.output');
  const rows = await query.orderBy('r.flowExecutionId').orderBy('r.taskName').orderBy('r.taskExecutionIdx').execute();
  return (rows as unknown as (ReportedRow & Pick<OutputRow, 'flowVersionId' | 'flowVersion'>)[]).map(toOutputRow);
}

/** The engine's words for what was reported. */
const ROW_STATUS: Readonly<Record<ProcessingStatus, OutputRow['status']>> = {
  queued: 'ready',
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  deleted: 'cancelled',
  awaiting_input: 'awaiting_input',
  cancel_requested: 'running',
  cancelled: 'cancelled',
};

const toOutputRow = (row: ReportedRow & Pick<OutputRow, 'flowVersionId' | 'flowVersion'>): OutputRow => ({
  ...row,
  executionId: row.flowExecutionId,
  task: -1, // in no plan
  item: row.taskExecutionIdx,
  kind: 'task',
  status: row.skipped ? 'skipped' : ROW_STATUS[row.processingStatus],
  executionStatus: row.processingStatus === 'cancel_requested' ? 'cancel_requested' : 'running',
  attempt: 0,
  readyAt: row.updatedAt,
  outputKey: null,
  summary: null,
});
