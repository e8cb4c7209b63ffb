import { type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import { type Id, timeOfId } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import { countRows } from '../wire/count-rows.ts';
import type { ActiveTag, NewTag } from './apply-tag-operations.ts';
import type { TaskTagRow } from './task-tag.wire.ts';

const COLUMNS = [
  'g.organizationId',
  'g.id',
  'g.flowExecutionId',
  'g.taskName',
  'g.tag',
  'g.tagType',
  'g.tagMetadata',
  'g.status',
  'g.modifiedBy',
  'g.updatedAt',
] as const;

/** A task of an execution, as a request names it. */
export interface TaskPlace {
  flowExecutionId: Id;
  taskName: string;
}

export interface TaggedExecution {
  id: Id;
  flowId: Id;
  taskNames: string[];
}

/** Those of these executions that the caller sees and that are not deleted, with the names of the tasks of their versions. */
export async function listTaggedExecutions(tx: TenantTransaction, principal: Principal, ids: readonly Id[]): Promise<TaggedExecution[]> {
  return tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select(['e.id', 'e.flowId'])
    .select(
      sql<string[]>`array(select v.name from flow_version_tasks v where v.organization_id = e.organization_id
        and v.flow_version_id = e.flow_version_id and v.kind = 'task')`.as('taskNames'),
    )
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', sql<Id>`any (${ids}::uuid[])`)
    .where('e.deletedAt', 'is', null)
    .where(isOpenTo(principal))
    .execute();
}

/** The active tags of these tasks, locked until the transaction ends, in the order of their ids, so that two batches never wait for each other. */
export async function lockActiveTags(tx: TenantTransaction, organizationId: Id, places: readonly TaskPlace[]): Promise<ActiveTag[]> {
  const { rows } = await sql<ActiveTag>`
    select g.id, g.flow_execution_id, g.task_name, g.tag, g.tag_type, g.metadata_key from task_tags g
    where g.organization_id = ${organizationId} and g.status = 'active'
      and (g.flow_execution_id, g.task_name) in (
        select * from unnest(${places.map((place) => place.flowExecutionId)}::uuid[], ${places.map((place) => place.taskName)}::text[]))
    order by g.id for update`.execute(tx);
  return rows;
}

/**
 * Records new tags; answers the ids of those that are kept. One that another request has added at the same moment is not: the index task_tags_active
 * lets one of them in. In the order of that index, so that two batches never wait for each other.
 */
export async function insertTags(tx: TenantTransaction, principal: Principal, tags: readonly NewTag[]): Promise<Set<Id>> {
  if (tags.length === 0) return new Set();
  const keyOf = (tag: NewTag) => JSON.stringify([tag.flowExecutionId, tag.taskName, tag.tag, tag.tagType, tag.metadataKey, tag.id]);
  const sorted = [...tags].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rows = await tx
    .insertInto('taskTags')
    .values(
      sorted.map(({ id, flowExecutionId, taskName, tag, tagType, metadataKey, tagMetadata, removed }) => ({
        organizationId: principal.organizationId,
        id,
        flowExecutionId,
        taskName,
        tag,
        tagType,
        metadataKey,
        tagMetadata,
        status: removed ? ('deleted' as const) : ('active' as const),
        modifiedBy: principal.modifiedBy,
        createdAt: timeOfId(id),
        updatedAt: timeOfId(id),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The rows stay, for whoever asks later who took them away and when. */
export async function removeTags(tx: TenantTransaction, principal: Principal, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('taskTags')
    .set({ status: 'deleted', updatedAt: sql<Date>`now()`, modifiedBy: principal.modifiedBy })
    .where('organizationId', '=', principal.organizationId)
    .where('id', '=', sql<Id>`any (${ids}::uuid[])`)
    .execute();
}

/** Whether the caller sees this execution; a deleted one still shows its tags (core.md 1.7). */
export async function isExecutionOpen(tx: TenantTransaction, principal: Principal, id: Id): Promise<boolean> {
  const row = await tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select('e.id')
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', id)
    .where(isOpenTo(principal))
    .executeTakeFirst();
  return row !== undefined;
}

export interface TagFilters {
  flowExecutionId: Id;
  taskName?: string | undefined;
}

function activeTags(tx: TenantTransaction, organizationId: Id, { flowExecutionId, taskName }: TagFilters) {
  const query = tx
    .selectFrom('taskTags as g')
    .where('g.organizationId', '=', organizationId)
    .where('g.flowExecutionId', '=', flowExecutionId)
    .where('g.status', '=', 'active');
  return taskName === undefined ? query : query.where('g.taskName', '=', taskName);
}

export const countActiveTags = (tx: TenantTransaction, organizationId: Id, filters: TagFilters, max: number): Promise<number> =>
  countRows(tx, activeTags(tx, organizationId, filters).select('g.id').limit(max));

/** Oldest first: by id, which begins with the time. Index: task_tags_active. */
export async function listActiveTags(
  tx: TenantTransaction,
  organizationId: Id,
  filters: TagFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<TaskTagRow[]> {
  let query = activeTags(tx, organizationId, filters).select(COLUMNS);
  if (page.after !== undefined) query = query.where('g.id', '>', page.after);
  return query.orderBy('g.id').limit(page.limit).$castTo<TaskTagRow>().execute();
}

/** The active tags of these tasks, oldest first, for readers that have proven that they see the executions. */
export async function listTagsOf(tx: TenantTransaction, organizationId: Id, places: readonly TaskPlace[]): Promise<TaskTagRow[]> {
  if (places.length === 0) return [];
  const unique = [...new Map(places.map((place) => [JSON.stringify([place.flowExecutionId, place.taskName]), place])).values()];
  return tx
    .selectFrom('taskTags as g')
    .select(COLUMNS)
    .where('g.organizationId', '=', organizationId)
    .where('g.status', '=', 'active')
    .where(
      sql<SqlBool>`(g.flow_execution_id, g.task_name) in (
        select * from unnest(${unique.map((place) => place.flowExecutionId)}::uuid[], ${unique.map((place) => place.taskName)}::text[]))`,
    )
    .orderBy('g.id')
    .$castTo<TaskTagRow>()
    .execute();
}

/** These tags of one flow's executions, removed ones too, as far as the caller may see them. */
export async function listTagsById(
  tx: TenantTransaction,
  principal: Principal,
  which: { ids: readonly Id[]; flowId: Id },
): Promise<TaskTagRow[]> {
  return tx
    .selectFrom('taskTags as g')
    .innerJoin('flowExecutions as e', (join) =>
      join.onRef('e.organizationId', '=', 'g.organizationId').onRef('e.id', '=', 'g.flowExecutionId'),
    )
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select(COLUMNS)
    .where('g.organizationId', '=', principal.organizationId)
    .where('g.id', '=', sql<Id>`any (${which.ids}::uuid[])`)
    .where('e.flowId', '=', which.flowId)
    .where(isOpenTo(principal))
    .$castTo<TaskTagRow>()
    .execute();
}
