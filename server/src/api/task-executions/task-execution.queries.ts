import { type Expression, type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import { countRows } from '../wire/count-rows.ts';
import { filteredReports, listReportIds } from './reported-task.queries.ts';
import type { TaskExecutionRow } from './task-execution.wire.ts';

export const TASK_COLUMNS = [
  't.organizationId',
  't.id',
  't.executionId',
  't.task',
  't.item',
  't.status',
  't.attempt',
  't.readyAt',
  't.pause',
  't.startedAt',
  't.completedAt',
  't.error',
  't.editedStatus',
  't.staleStatus',
  't.staleReason',
  't.sourceTaskExecutions',
  't.modifiedBy',
  'e.flowVersionId',
  'e.status as executionStatus',
  'v.name as taskName',
] as const;

/** The values, which may be large: left out where only counts and words are wanted. */
const VALUE_COLUMNS = [
  't.input',
  't.output',
  't.outputKey',
  sql<unknown>`case t.status when 'awaiting_input' then t.summary -> 'draft' end`.as('draft'),
] as const;

/** A row that users may see: a join that still waits is none. A task whose event has come, and whose run has no slot yet, is pending again and has started. */
export const isShown = (row: 't' | 's'): Expression<SqlBool> =>
  sql<SqlBool>`(${sql.ref(`${row}.status`)} <> 'pending' or ${sql.ref(`${row}.started_at`)} is not null)`;

/**
 * What users call a task execution (core.md G8): no gate, no join that still waits, nothing that a failure before it, or a cancellation, kept
 * from ever starting.
 */
export const isTaskExecution = (): Expression<SqlBool> =>
  sql<SqlBool>`(v.kind = 'task' and ${isShown('t')} and not (t.status = 'cancelled' and t.started_at is null))`;

/** Rows of the engine with their execution, their name and their flow, as far as the caller may see it. */
export const visibleTasks = (tx: TenantTransaction, principal: Principal) =>
  tx
    .selectFrom('taskExecutions as t')
    .innerJoin('flowExecutions as e', (join) => join.onRef('e.organizationId', '=', 't.organizationId').onRef('e.id', '=', 't.executionId'))
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .innerJoin('flowVersionTasks as v', (join) =>
      join
        .onRef('v.organizationId', '=', 't.organizationId')
        .onRef('v.flowVersionId', '=', 'e.flowVersionId')
        .onRef('v.task', '=', 't.task'),
    )
    .where('t.organizationId', '=', principal.organizationId)
    .where(isOpenTo(principal));

export interface TaskExecutionFilters {
  ids?: readonly Id[] | undefined;
  flowExecutionId?: Id | undefined;
  taskName?: string | undefined;
  taskExecutionIdx?: number | undefined;
}

/** Those of deleted executions are found by the execution's id, and absent from lists of the whole organization (core.md 1.7). */
function filteredTasks(tx: TenantTransaction, principal: Principal, filters: TaskExecutionFilters) {
  let query = visibleTasks(tx, principal).where(isTaskExecution());
  query =
    filters.flowExecutionId === undefined
      ? query.where('e.deletedAt', 'is', null)
      : query.where('t.executionId', '=', filters.flowExecutionId);
  if (filters.ids !== undefined) query = query.where('t.id', '=', sql<Id>`any (${filters.ids}::uuid[])`);
  if (filters.taskName !== undefined) query = query.where('v.name', '=', filters.taskName);
  if (filters.taskExecutionIdx !== undefined) query = query.where('t.item', '=', filters.taskExecutionIdx);
  return query;
}

/** Counts up to `max`: rows of the engine and reports of what it has no row for. */
export async function countTaskExecutions(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskExecutionFilters,
  max: number,
): Promise<number> {
  const tasks = await countRows(tx, filteredTasks(tx, principal, filters).select('t.id').limit(max));
  return tasks >= max
    ? tasks
    : tasks +
        (await countRows(
          tx,
          filteredReports(tx, principal, filters)
            .select('r.id')
            .limit(max - tasks),
        ));
}

/** Newest first: by id, which begins with the time. Index: the primary key, or task_executions_place for one execution. */
export async function listTaskExecutions(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<TaskExecutionRow[]> {
  let query = filteredTasks(tx, principal, filters).select([...TASK_COLUMNS, ...VALUE_COLUMNS]);
  if (page.after !== undefined) query = query.where('t.id', '<', page.after);
  return query.orderBy('t.id', 'desc').limit(page.limit).$castTo<TaskExecutionRow>().execute();
}

/** As `listTaskExecutions`, reports among them, by id alone. */
export async function listTaskExecutionIds(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<Id[]> {
  let query = filteredTasks(tx, principal, filters).select('t.id');
  if (page.after !== undefined) query = query.where('t.id', '<', page.after);
  const rows = await query.orderBy('t.id', 'desc').limit(page.limit).execute();
  const reports = await listReportIds(tx, principal, filters, page);
  return [...rows.map(({ id }) => id), ...reports].sort((a, b) => (a < b ? 1 : -1)).slice(0, page.limit);
}

/** The row of the engine at a place, as users see it or hidden from them. */
export async function findTaskAt(
  tx: TenantTransaction,
  principal: Principal,
  place: { flowExecutionId: Id; taskName: string; taskExecutionIdx: number },
): Promise<{ id: Id } | undefined> {
  return visibleTasks(tx, principal)
    .select('t.id')
    .where('t.executionId', '=', place.flowExecutionId)
    .where('v.kind', '=', 'task')
    .where('v.name', '=', place.taskName)
    .where('t.item', '=', place.taskExecutionIdx)
    .executeTakeFirst();
}

/** Rows of a task that are open, by item: what a final word on the whole task settles. */
export async function listOpenRows(
  tx: TenantTransaction,
  principal: Principal,
  task: { flowExecutionId: Id; taskName: string },
): Promise<{ id: Id; item: number }[]> {
  return visibleTasks(tx, principal)
    .select(['t.id', 't.item'])
    .where('t.executionId', '=', task.flowExecutionId)
    .where('v.kind', '=', 'task')
    .where('v.name', '=', task.taskName)
    .where('t.status', 'in', ['ready', 'running', 'scheduled', 'awaiting_input'])
    .orderBy('t.item')
    .execute();
}

export async function findTaskExecution(tx: TenantTransaction, principal: Principal, id: Id): Promise<TaskExecutionRow | undefined> {
  return visibleTasks(tx, principal)
    .where(isTaskExecution())
    .where('t.id', '=', id)
    .select([...TASK_COLUMNS, ...VALUE_COLUMNS])
    .$castTo<TaskExecutionRow>()
    .executeTakeFirst();
}

/** These task executions of one flow, as far as the caller may see them: with their summaries, without their values. */
export async function listTaskExecutionsById(
  tx: TenantTransaction,
  principal: Principal,
  which: { ids: readonly Id[]; flowId: Id },
): Promise<(Omit<TaskExecutionRow, 'input' | 'output' | 'outputKey' | 'draft'> & { summary: unknown })[]> {
  return visibleTasks(tx, principal)
    .where(isTaskExecution())
    .where('t.id', '=', sql<Id>`any (${which.ids}::uuid[])`)
    .where('e.flowId', '=', which.flowId)
    .select([...TASK_COLUMNS, 't.summary'])
    .$castTo<TaskExecutionRow & { summary: unknown }>()
    .execute();
}
