import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isShown, TASK_COLUMNS, visibleTasks } from '../task-executions/task-execution.queries.ts';
import { countRows } from '../wire/count-rows.ts';
import { firstIdAfter, firstIdBefore, firstIdOf } from '../wire/id-ranges.ts';
import type { OutputRow } from './engine-output.ts';
import type { StatusCandidates } from './output-status-filter.ts';

/** A row that stands for the output of its task: the one with the lowest item, or the gate of a fan-out without items. */
export interface HeadRow extends OutputRow {
  /** The task has more rows. */
  hasMore: boolean;
}

export interface OutputFilters {
  /** Those with these ids, wherever they are. */
  ids?: readonly Id[] | undefined;
  flowId?: Id | undefined;
  /** The version that the task ran under. */
  flowVersion?: number | undefined;
  flowExecutionId?: Id | undefined;
  taskName?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
  /** Outputs that may have a status; whether they do, `hasStatus` says. */
  candidates?: StatusCandidates | undefined;
}

/** A place in a list that is ordered by creation, newest first, then by id. */
export interface OutputCursor {
  createdAt: Date;
  id: Id;
}

/** Another row of the same task in the same execution. Index: task_executions_place. */
const sibling = (condition: Expression<SqlBool>): RawBuilder<SqlBool> => sql<SqlBool>`exists (
  select 1 from task_executions s
  where s.organization_id = t.organization_id and s.execution_id = t.execution_id and s.task = t.task and ${isShown('s')} and ${condition})`;

const isLower = sql<SqlBool>`s.item < t.item`;
const isAnother = sql<SqlBool>`s.item <> t.item`;

/** The gate of a fan-out bears its task's name: where it has ended and the task has no row, there were no items. */
const isHead = (): Expression<SqlBool> => sql<SqlBool>`(${isShown('t')} and not ${sibling(isLower)} and (v.kind = 'task' or (
  t.status in ('completed', 'failed', 'skipped', 'cancelled') and not exists (
    select 1 from flow_version_tasks w
    join task_executions s on s.organization_id = w.organization_id and s.execution_id = t.execution_id and s.task = w.task and ${isShown('s')}
    where w.organization_id = t.organization_id and w.name = v.name and w.flow_version_id = e.flow_version_id and w.kind = 'task'))))`;

const mayHaveStatus = ({ rows, stale, edited }: StatusCandidates): RawBuilder<SqlBool> =>
  sibling(
    sql<SqlBool>`(s.status = any (${rows}::text[]) or (${stale} and s.stale_status = 'stale') or (${edited} and s.edited_status <> 'not_edited'))`,
  );

function filteredHeads(tx: TenantTransaction, principal: Principal, filters: OutputFilters) {
  let query = visibleTasks(tx, principal).where(isHead());
  if (filters.ids !== undefined) query = query.where('t.id', '=', sql<Id>`any (${filters.ids}::uuid[])`);
  else if (filters.flowExecutionId !== undefined) query = query.where('t.executionId', '=', filters.flowExecutionId);
  else query = query.where('e.deletedAt', 'is', null);
  if (filters.flowId !== undefined) query = query.where('e.flowId', '=', filters.flowId);
  if (filters.flowVersion !== undefined) query = query.where('e.flowVersion', '=', filters.flowVersion);
  if (filters.taskName !== undefined) query = query.where('v.name', '=', filters.taskName);
  if (filters.candidates) query = query.where(mayHaveStatus(filters.candidates));
  if (filters.createdAfter) query = query.where('t.id', '>=', firstIdOf(filters.createdAfter));
  if (filters.createdBefore) query = query.where('t.id', '<', firstIdAfter(filters.createdBefore));
  return query;
}

const OUTPUT_COLUMNS = [...TASK_COLUMNS, 'v.kind', 'e.flowVersion', 't.summary'] as const;
const VALUE_COLUMNS = ['t.output', 't.outputKey'] as const;

/** Counts up to `max`. */
export async function countEngineOutputs(
  tx: TenantTransaction,
  principal: Principal,
  filters: OutputFilters,
  max = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  return countRows(tx, filteredHeads(tx, principal, filters).select('t.id').limit(max));
}

/** Heads, newest first. Index: the primary key, or task_executions_place for one execution. */
export async function listHeads(
  tx: TenantTransaction,
  principal: Principal,
  filters: OutputFilters,
  page: { after?: OutputCursor | undefined; limit: number; withValues: boolean },
): Promise<HeadRow[]> {
  let query = filteredHeads(tx, principal, filters).select(OUTPUT_COLUMNS).select(sibling(isAnother).as('hasMore'));
  if (page.withValues) query = query.select(VALUE_COLUMNS);
  if (page.after) query = query.where('t.id', '<', firstIdBefore(page.after));
  return query.orderBy('t.id', 'desc').limit(page.limit).$castTo<HeadRow>().execute();
}

/** All rows of these tasks, by execution, task and item. Index: task_executions_place. */
export async function listRowsOf(
  tx: TenantTransaction,
  principal: Principal,
  heads: readonly HeadRow[],
  options: { withValues: boolean },
): Promise<OutputRow[]> {
  if (heads.length === 0) return [];
  const executions = heads.map((head) => head.executionId);
  const tasks = heads.map((head) => head.task);
  let query = visibleTasks(tx, principal)
    .innerJoin(
      sql<{ executionId: Id; task: number }>`unnest(${executions}::uuid[], ${tasks}::smallint[])`.as<'h'>(sql`h (execution_id, task)`),
      (join) => join.onRef('h.executionId', '=', 't.executionId').onRef('h.task', '=', 't.task'),
    )
    .where(isShown('t'))
    .select(OUTPUT_COLUMNS);
  if (options.withValues) query = query.select(VALUE_COLUMNS);
  return query.orderBy('t.executionId').orderBy('t.task').orderBy('t.item').$castTo<OutputRow>().execute();
}
