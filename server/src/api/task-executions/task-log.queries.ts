import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { countRows } from '../wire/count-rows.ts';
import { visibleTasks } from './task-execution.queries.ts';
import type { TaskExecutionRow } from './task-execution.wire.ts';
import { LOG_LEVELS, type LogLevel, type TaskLogRow } from './task-log.wire.ts';

/** Of a task execution, what its log's readers need. */
export type LoggedTask = Pick<TaskExecutionRow, 'id' | 'status' | 'executionStatus'> & { flowId: Id };

export interface TaskLogFilters {
  taskExecutionId: Id;
  /** The least level. */
  level?: LogLevel | undefined;
  attempt?: number | undefined;
}

export interface TaskLogPage {
  order: 'asc' | 'desc';
  after?: Id | undefined;
  limit: number;
}

/** The task execution, as far as the caller may see it. */
export async function findLoggedTask(tx: TenantTransaction, principal: Principal, id: Id): Promise<LoggedTask | undefined> {
  return visibleTasks(tx, principal)
    .where('v.kind', '=', 'task')
    .where('t.id', '=', id)
    .select(['t.id', 't.status', 'e.status as executionStatus', 'e.flowId'])
    .$castTo<LoggedTask>()
    .executeTakeFirst();
}

function filteredLines(tx: TenantTransaction, { organizationId }: Principal, filters: TaskLogFilters) {
  const { taskExecutionId } = filters;
  let query = tx
    .selectFrom('taskLogs')
    .where('organizationId', '=', organizationId)
    .where('flowExecutionId', '=', ({ selectFrom }) =>
      selectFrom('taskExecutions').where('organizationId', '=', organizationId).where('id', '=', taskExecutionId).select('executionId'),
    )
    .where('taskExecutionId', '=', taskExecutionId);
  if (filters.level !== undefined) query = query.where('level', 'in', LOG_LEVELS.slice(LOG_LEVELS.indexOf(filters.level)));
  if (filters.attempt !== undefined) query = query.where('attempt', '=', filters.attempt);
  return query;
}

/** Counts up to `max`. */
export const countTaskLogs = (tx: TenantTransaction, principal: Principal, filters: TaskLogFilters, max: number): Promise<number> =>
  countRows(tx, filteredLines(tx, principal, filters).select('id').limit(max));

/** By id, which begins with the time. A cursor need not be there any longer: it marks its place all the same. Index: task_logs_task. */
export async function listTaskLogs(
  tx: TenantTransaction,
  principal: Principal,
  filters: TaskLogFilters,
  { order, after, limit }: TaskLogPage,
): Promise<TaskLogRow[]> {
  let query = filteredLines(tx, principal, filters);
  if (after !== undefined) query = query.where('id', order === 'asc' ? '>' : '<', after);
  return query
    .select(['id', 'flowExecutionId', 'taskExecutionId', 'generation', 'attempt', 'level', 'message', 'fields', 'createdAt'])
    .orderBy('id', order)
    .limit(limit)
    .$castTo<TaskLogRow>()
    .execute();
}
