import { type Expression, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { Tables } from '#db';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo, isVisibleTo } from '../flows/visible-flows.ts';
import { firstIdAfter, firstIdOf } from '../wire/id-ranges.ts';
import type { ExecutionStatus } from '../wire/statuses.ts';
import type { FlowExecutionRow } from './flow-execution.wire.ts';
import type { MetadataGroup } from './metadata-filter.ts';

const COLUMNS = [
  'e.organizationId',
  'e.id',
  'e.flowId',
  'e.flowVersion',
  'e.runNumber',
  'e.status',
  'e.dataStatus',
  'e.awaiting',
  'e.input',
  'e.triggeredTaskExecutorName',
  'e.triggeredBy',
  'e.pricingConfigId',
  'e.modifiedBy',
  'e.updatedAt',
  'e.startedAt',
  'e.completedAt',
  'e.deletedAt',
  'e.deadline',
] as const;

/** `toExecutionStatus` in SQL: the two are tested against each other through the list's filters. */
const WIRE_STATUS = sql<ExecutionStatus>`case
  when e.deleted_at is not null then 'deleted'
  when e.status in ('waiting', 'running') and e.awaiting > 0 then 'awaiting_input'
  when e.status = 'waiting' then 'queued'
  when e.status in ('completed', 'failed') and e.data_status = 'stale' then 'stale'
  when e.status = 'completed' and e.data_status = 'edited' then 'edited'
  else e.status end`;

export type FoundExecution = FlowExecutionRow & { flowVersionId: Id; flowIsDeleted: boolean };

/**
 * An execution that the caller may see, deleted ones too where `includeDeleted`. Executions of a deleted flow stay readable (core.md 1.7).
 * Index: the primary key.
 */
export async function findVisibleExecution(
  tx: TenantTransaction,
  principal: Principal,
  id: Id,
  options: { includeDeleted?: boolean } = {},
): Promise<FoundExecution | undefined> {
  let query = tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select([...COLUMNS, 'e.flowVersionId', sql<boolean>`flows.deleted_at is not null`.as('flowIsDeleted')])
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', id)
    .where(isOpenTo(principal));
  if (!options.includeDeleted) query = query.where('e.deletedAt', 'is', null);
  return (await query.executeTakeFirst()) as FoundExecution | undefined;
}

/** These executions of one flow, deleted ones too, as far as the caller may see them: without their inputs. */
export async function listVisibleExecutions(
  tx: TenantTransaction,
  principal: Principal,
  which: { ids: readonly Id[]; flowId: Id },
): Promise<Pick<FlowExecutionRow, 'id' | 'status' | 'dataStatus' | 'awaiting' | 'deletedAt' | 'flowVersion'>[]> {
  return tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select(['e.id', 'e.status', 'e.dataStatus', 'e.awaiting', 'e.deletedAt', 'e.flowVersion'])
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', sql<Id>`any (${which.ids}::uuid[])`)
    .where('e.flowId', '=', which.flowId)
    .where(isOpenTo(principal))
    .execute();
}

export interface ExecutionFilters {
  flowId: Id;
  /** Made after this one. */
  afterId?: Id;
  status?: ExecutionStatus[];
  statusExclude?: ExecutionStatus[];
  tags?: string[];
  createdAfter?: Date;
  createdBefore?: Date;
  updatedAfter?: Date;
  updatedBefore?: Date;
  /** Executions that have a task in one of these statuses (core.md C13). */
  taskStatus?: string[];
  /** Of each key one of the values (core.md G11). */
  metadata?: MetadataGroup[];
}

export interface ExecutionOrder {
  field: 'created_at' | 'updated_at';
  direction: 'asc' | 'desc';
}

/** A posted output's tag, `key:value` of a structured one, or a task's, also as `tag_type:tag` (core.md C11). */
const hasTag = (tags: string[]): Expression<SqlBool> => sql<SqlBool>`(exists (
  select 1 from task_tags g
  where g.organization_id = e.organization_id and g.flow_execution_id = e.id and g.status = 'active'
    and (g.tag = any (${tags}::text[]) or g.tag_type || ':' || g.tag = any (${tags}::text[]))) or exists (
  select 1 from task_outputs o
  where o.organization_id = e.organization_id and o.flow_execution_id = e.id and o.processing_status <> 'deleted'
    and case json_typeof(o.tags)
      when 'array' then exists (select 1 from json_array_elements_text(o.tags) as t (tag) where t.tag = any (${tags}::text[]))
      when 'object' then exists (select 1 from json_each_text(o.tags) as t where t.key || ':' || t.value = any (${tags}::text[]))
      else false end))`;

const hasTaskStatus = (statuses: string[]): Expression<SqlBool> => sql<SqlBool>`exists (
  select 1 from task_executions t
  where t.organization_id = e.organization_id and t.execution_id = e.id
    and case t.status when 'ready' then 'queued' when 'scheduled' then 'queued' when 'skipped' then 'completed' else t.status end
      = any (${statuses}::text[]))`;

/** In any case, as keys and values are listed. Index: the primary key of execution_metadata. */
const hasMetadata = ({ key, values }: MetadataGroup): Expression<SqlBool> => sql<SqlBool>`exists (
  select 1 from execution_metadata m
  where m.organization_id = e.organization_id and m.flow_execution_id = e.id and lower(m.key) = lower(${key})
    and lower(m.value) in (select lower(value) from unnest(${values}::text[]) as v (value)))`;

type ExecutionQuery<O> = SelectQueryBuilder<Tables & { e: Tables['flowExecutions'] }, 'e', O>;

/** Index: flow_executions_flow; the other filters look at the rows. */
function filterExecutions<O>(query: ExecutionQuery<O>, organizationId: Id, filters: ExecutionFilters): ExecutionQuery<O> {
  let filtered = query
    .where('e.organizationId', '=', organizationId)
    .where('e.flowId', '=', filters.flowId)
    .where('e.deletedAt', 'is', null);
  if (filters.afterId) filtered = filtered.where('e.id', '>', filters.afterId);
  if (filters.status) filtered = filtered.where(WIRE_STATUS, 'in', filters.status);
  if (filters.statusExclude) filtered = filtered.where(WIRE_STATUS, 'not in', filters.statusExclude);
  if (filters.tags) filtered = filtered.where(hasTag(filters.tags));
  if (filters.taskStatus) filtered = filtered.where(hasTaskStatus(filters.taskStatus));
  for (const group of filters.metadata ?? []) filtered = filtered.where(hasMetadata(group));
  if (filters.createdAfter) filtered = filtered.where('e.id', '>=', firstIdOf(filters.createdAfter));
  if (filters.createdBefore) filtered = filtered.where('e.id', '<', firstIdAfter(filters.createdBefore));
  if (filters.updatedAfter) filtered = filtered.where('e.updatedAt', '>=', filters.updatedAfter);
  if (filters.updatedBefore) filtered = filtered.where('e.updatedAt', '<=', filters.updatedBefore);
  return filtered;
}

const executionsOf = (tx: TenantTransaction) => tx.selectFrom('flowExecutions as e') as unknown as ExecutionQuery<object>;

export async function countExecutions(tx: TenantTransaction, organizationId: Id, filters: ExecutionFilters): Promise<number> {
  const query = filterExecutions(executionsOf(tx), organizationId, filters);
  const row = await query.select(sql<number>`count(*)::float8`.as('total')).executeTakeFirstOrThrow();
  return row.total;
}

/** The row of this flow that marks a place in a list; a deleted one still does. */
export async function findExecutionPlace(
  tx: TenantTransaction,
  organizationId: Id,
  flowId: Id,
  id: Id,
): Promise<{ id: Id; updatedAt: Date } | undefined> {
  return await tx
    .selectFrom('flowExecutions')
    .select(['id', 'updatedAt'])
    .where('organizationId', '=', organizationId)
    .where('flowId', '=', flowId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** One page. Order by creation is order by id; indexes: flow_executions_flow, flow_executions_updated. */
export async function listExecutions(
  tx: TenantTransaction,
  organizationId: Id,
  filters: ExecutionFilters,
  page: { order: ExecutionOrder; after?: { id: Id; updatedAt: Date } | undefined; offset: number; limit: number },
): Promise<FlowExecutionRow[]> {
  const { field, direction } = page.order;
  const isAscending = direction === 'asc';
  let query = filterExecutions(executionsOf(tx), organizationId, filters).select(COLUMNS);
  if (page.after) {
    const { id, updatedAt } = page.after;
    const isAfter = isAscending ? sql.raw('>') : sql.raw('<');
    query =
      field === 'created_at'
        ? query.where('e.id', isAscending ? '>' : '<', id)
        : query.where(sql<SqlBool>`(e.updated_at, e.id) ${isAfter} (${updatedAt}::timestamptz, ${id}::uuid)`);
  }
  if (field === 'updated_at') query = query.orderBy('e.updatedAt', direction);
  return (await query.orderBy('e.id', direction).offset(page.offset).limit(page.limit).execute()) as unknown as FlowExecutionRow[];
}

/** Hides the execution. Answers its flow where this call did it, undefined where there was nothing to hide. */
export async function hideExecution(tx: TenantTransaction, principal: Principal, id: Id): Promise<{ flowId: Id } | undefined> {
  return await tx
    .updateTable('flowExecutions')
    .set({ deletedAt: sql<Date>`now()`, updatedAt: sql<Date>`now()`, modifiedBy: principal.modifiedBy })
    .where('organizationId', '=', principal.organizationId)
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .returning('flowId')
    .executeTakeFirst();
}

export interface LatestVersion {
  flowId: Id;
  flowStatus: 'draft' | 'published';
  flowVersionId: Id;
  version: number;
}

/** The latest version of a flow that the caller sees, without its definition. */
export async function findLatestVersion(tx: TenantTransaction, principal: Principal, flowId: Id): Promise<LatestVersion | undefined> {
  return tx
    .selectFrom('flows')
    .innerJoin('flowVersions as v', (join) =>
      join
        .onRef('v.organizationId', '=', 'flows.organizationId')
        .onRef('v.flowId', '=', 'flows.id')
        .onRef('v.version', '=', 'flows.latestVersion'),
    )
    .select(['flows.id as flowId', 'flows.status as flowStatus', 'v.id as flowVersionId', 'v.version'])
    .where('flows.organizationId', '=', principal.organizationId)
    .where('flows.id', '=', flowId)
    .where(isVisibleTo(principal))
    .executeTakeFirst();
}

/** Whether the flow is one whose runs the caller may list: a deleted one still is (core.md 1.7). */
export async function isFlowListed(tx: TenantTransaction, principal: Principal, flowId: Id): Promise<boolean> {
  const row = await tx
    .selectFrom('flows')
    .select('id')
    .where('organizationId', '=', principal.organizationId)
    .where('id', '=', flowId)
    .where(isOpenTo(principal))
    .executeTakeFirst();
  return row !== undefined;
}

/** The name of the input task that triggered a run. */
export async function findTriggeredTask(tx: TenantTransaction, principal: Principal, executionId: Id): Promise<string | undefined> {
  const row = await tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flowVersionTasks as v', (join) =>
      join
        .onRef('v.organizationId', '=', 'e.organizationId')
        .onRef('v.flowVersionId', '=', 'e.flowVersionId')
        .onRef('v.task', '=', 'e.firstTask'),
    )
    .select('v.name')
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', executionId)
    .executeTakeFirst();
  return row?.name;
}
