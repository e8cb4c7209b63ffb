import { type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import { countRows } from '../wire/count-rows.ts';
import type { OutputCursor, OutputFilters } from './engine-output.queries.ts';
import type { OutputStatuses } from './read-statuses.ts';
import type { TaskOutputRecord } from './task-output.wire.ts';

const COLUMNS = [
  'o.organizationId',
  'o.id',
  'o.flowExecutionId',
  'o.taskName',
  'o.summary',
  'o.tags',
  'o.error',
  'o.processingStatus',
  'o.editedStatus',
  'o.staleStatus',
  'o.inProgress',
  'o.flowVersion',
  'o.modifiedBy',
  'o.createdAt',
  'o.updatedAt',
] as const;

/** A record to insert. The values are JSON text; `createdAt` is absent where the database's clock decides. */
export interface NewTaskOutput extends OutputStatuses {
  id: Id;
  isOwnId: boolean;
  flowExecutionId: Id;
  taskName: string;
  summary: string;
  output: string | null;
  tags: string | null;
  error: string | null;
  contentHash: Buffer;
  modifiedBy: string;
  createdAt: Date | null;
}

export interface InsertedTaskOutput {
  flowId: Id;
  flowVersion: number;
  /** Tasks of the execution that wait for an event. */
  awaiting: number;
  /** Null where the id is taken. */
  createdAt: Date | null;
}

/**
 * Records an output of an execution that the caller sees, in one statement. Undefined where there is no such execution. Nothing is inserted
 * where the id is taken, by another record or by a task execution, whose output has its id. A given time that lies in the future is now.
 */
export async function insertTaskOutput(
  tx: TenantTransaction,
  principal: Principal,
  output: NewTaskOutput,
): Promise<InsertedTaskOutput | undefined> {
  const organizationId = principal.organizationId;
  const isFree = output.isOwnId
    ? sql<SqlBool>`not exists (select 1 from task_executions t where t.organization_id = ${organizationId} and t.id = ${output.id})`
    : sql<SqlBool>`true`;
  const { rows } = await sql<InsertedTaskOutput>`
    with place as (
      select e.organization_id, e.id, e.flow_id, e.flow_version, e.awaiting
      from flow_executions e join flows on flows.organization_id = e.organization_id and flows.id = e.flow_id
      where e.organization_id = ${organizationId} and e.id = ${output.flowExecutionId} and e.deleted_at is null and ${isOpenTo(principal)}
    ), added as (
      insert into task_outputs (organization_id, id, flow_execution_id, task_name, summary, output, tags, error, processing_status, edited_status,
        stale_status, in_progress, flow_version, content_hash, modified_by, created_at, updated_at)
      select organization_id, ${output.id}, id, ${output.taskName}, ${output.summary}::json, ${output.output}::json, ${output.tags}::json,
        ${output.error}::json, ${output.processingStatus}, ${output.editedStatus}, ${output.staleStatus}, ${output.inProgress}, flow_version,
        ${output.contentHash}::bytea, ${output.modifiedBy}, t.at, t.at
      from place, lateral (select least(${output.createdAt}::timestamptz(3), clock_timestamp()::timestamptz(3))) as t (at)
      where ${isFree}
      on conflict (organization_id, id) do nothing
      returning created_at
    )
    select place.flow_id, place.flow_version, place.awaiting, added.created_at from place left join added on true`.execute(tx);
  return rows[0];
}

/** Posted outputs whose execution's flow the caller may see. */
const visibleOutputs = (tx: TenantTransaction, principal: Principal) =>
  tx
    .selectFrom('taskOutputs as o')
    .innerJoin('flowExecutions as e', (join) =>
      join.onRef('e.organizationId', '=', 'o.organizationId').onRef('e.id', '=', 'o.flowExecutionId'),
    )
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .where('o.organizationId', '=', principal.organizationId)
    .where(isOpenTo(principal));

/** Soft-deleted outputs are found by nobody; those of deleted executions by their own id and by the execution's (core.md 1.7). */
function filteredOutputs(tx: TenantTransaction, principal: Principal, filters: OutputFilters) {
  let query = visibleOutputs(tx, principal).where('o.processingStatus', '<>', 'deleted');
  if (filters.ids !== undefined) query = query.where('o.id', '=', sql<Id>`any (${filters.ids}::uuid[])`);
  else if (filters.flowExecutionId !== undefined) query = query.where('o.flowExecutionId', '=', filters.flowExecutionId);
  else query = query.where('e.deletedAt', 'is', null);
  if (filters.flowId !== undefined) query = query.where('e.flowId', '=', filters.flowId);
  if (filters.flowVersion !== undefined) query = query.where('o.flowVersion', '=', filters.flowVersion);
  if (filters.taskName !== undefined) query = query.where('o.taskName', '=', filters.taskName);
  if (filters.candidates) {
    const { posted, stale, edited } = filters.candidates;
    query = query.where(
      sql<SqlBool>`(o.processing_status = any (${posted}::text[]) or (${stale} and o.stale_status = 'stale') or (${edited} and o.edited_status = 'edited'))`,
    );
  }
  if (filters.createdAfter) query = query.where('o.createdAt', '>=', filters.createdAfter);
  if (filters.createdBefore) query = query.where('o.createdAt', '<=', filters.createdBefore);
  return query;
}

/** Counts up to `max`. */
export async function countPostedOutputs(
  tx: TenantTransaction,
  principal: Principal,
  filters: OutputFilters,
  max = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  return countRows(tx, filteredOutputs(tx, principal, filters).select('o.id').limit(max));
}

/** Newest first. Indexes: task_outputs_created, task_outputs_execution, or the primary key. */
export async function listPostedOutputs(
  tx: TenantTransaction,
  principal: Principal,
  filters: OutputFilters,
  page: { after?: OutputCursor | undefined; limit: number; withValues: boolean },
): Promise<TaskOutputRecord[]> {
  let query = filteredOutputs(tx, principal, filters).select(COLUMNS);
  if (page.withValues) query = query.select('o.output');
  if (page.after) {
    const { createdAt, id } = page.after;
    query = query.where(sql<SqlBool>`(o.created_at, o.id) < (${createdAt}::timestamptz, ${id}::uuid)`);
  }
  return query.orderBy('o.createdAt', 'desc').orderBy('o.id', 'desc').limit(page.limit).$castTo<TaskOutputRecord>().execute();
}

/** The record that has this id, whoever sees it and whatever its status: for an id that was sent again. */
export async function findPostedRecord(
  tx: TenantTransaction,
  principal: Principal,
  id: Id,
): Promise<(TaskOutputRecord & { contentHash: Buffer }) | undefined> {
  return tx
    .selectFrom('taskOutputs as o')
    .select([...COLUMNS, 'o.output', 'o.contentHash'])
    .where('o.organizationId', '=', principal.organizationId)
    .where('o.id', '=', id)
    .$castTo<TaskOutputRecord & { contentHash: Buffer }>()
    .executeTakeFirst();
}

/** The row of this task that waits for an event, where exactly one does. */
export async function findWaitingTask(
  tx: TenantTransaction,
  principal: Principal,
  flowExecutionId: Id,
  taskName: string,
): Promise<Id | undefined> {
  const rows = await tx
    .selectFrom('taskExecutions as t')
    .innerJoin('flowExecutions as e', (join) => join.onRef('e.organizationId', '=', 't.organizationId').onRef('e.id', '=', 't.executionId'))
    .innerJoin('flowVersionTasks as v', (join) =>
      join
        .onRef('v.organizationId', '=', 't.organizationId')
        .onRef('v.flowVersionId', '=', 'e.flowVersionId')
        .onRef('v.task', '=', 't.task'),
    )
    .select('t.id')
    .where('t.organizationId', '=', principal.organizationId)
    .where('t.executionId', '=', flowExecutionId)
    .where('t.status', '=', 'awaiting_input')
    .where('v.kind', '=', 'task')
    .where('v.name', '=', taskName)
    .limit(2)
    .execute();
  return rows.length === 1 ? rows[0]?.id : undefined;
}
