import { sql } from 'kysely';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { toPattern } from './flow-list.queries.ts';

/**
 * Distinct tags of a flow's runs, sorted (core.md C11): those of posted outputs, where a text stands for itself and an entry of an object is
 * `key:value`, and the active tags of tasks. Deleted runs and outputs do not count. Index flow_executions_flow, then task_outputs_execution
 * and task_tags_active.
 */
export async function listRunTags(tx: TenantTransaction, flowId: Id, taskName: string | undefined): Promise<string[]> {
  const ofTask = (alias: 'o' | 'g') => (taskName === undefined ? sql`` : sql`and ${sql.ref(`${alias}.taskName`)} = ${taskName}`);
  const { rows } = await sql<{ tag: string }>`
    select distinct t.tag
    from flow_executions e
    join task_outputs o on o.organization_id = e.organization_id and o.flow_execution_id = e.id
    cross join lateral (
      select value as tag from json_array_elements_text(case json_typeof(o.tags) when 'array' then o.tags else '[]' end)
      union all
      select key || ':' || value from json_each_text(case json_typeof(o.tags) when 'object' then o.tags else '{}' end)
    ) t
    where e.flow_id = ${flowId} and e.deleted_at is null and o.processing_status <> 'deleted' and t.tag is not null ${ofTask('o')}
    union
    select g.tag
    from flow_executions e
    join task_tags g on g.organization_id = e.organization_id and g.flow_execution_id = e.id
    where e.flow_id = ${flowId} and e.deleted_at is null and g.status = 'active' ${ofTask('g')}
    order by tag`.execute(tx);
  return rows.map((row) => row.tag);
}

export interface MetadataPage {
  /** Part of the text, in any case. */
  like?: string | undefined;
  limit: number;
  direction: 'asc' | 'desc';
}

/** What the flow's runs say of themselves (core.md G6): (run, key, value, time). Deleted runs do not count. Index: execution_metadata_flow. */
const entries = (flowId: Id) => sql`
  select m.flow_execution_id as id, m.key, m.value, m.created_at
  from execution_metadata m
  join flow_executions e on e.organization_id = m.organization_id and e.id = m.flow_execution_id
  where m.flow_id = ${flowId} and e.deleted_at is null`;

/** By latest use, then by number of runs, then by text. */
const order = (direction: 'asc' | 'desc', column: 'key' | 'value') =>
  sql`order by max(created_at) ${sql.raw(direction)}, count desc, ${sql.ref(column)}`;

/** The first entries, and how many there are. */
export interface CountedEntries<E> {
  entries: E[];
  total: number;
}

/** Metadata keys of a flow's runs, each with the number of runs that have it. */
export async function listMetadataKeys(
  tx: TenantTransaction,
  flowId: Id,
  page: MetadataPage,
): Promise<CountedEntries<{ key: string; count: number }>> {
  const { rows } = await sql<{ key: string; count: number; total: number }>`
    select key, count(distinct id)::integer as count, (count(*) over ())::integer as total from (${entries(flowId)}) entry
    where key ilike ${toPattern(page.like ?? '')} group by key ${order(page.direction, 'key')} limit ${page.limit}`.execute(tx);
  return { entries: rows.map(({ total: _, ...entry }) => entry), total: rows[0]?.total ?? 0 };
}

/** Values of one key, in whatever case it was written, each with the number of runs that have it. */
export async function listMetadataValues(
  tx: TenantTransaction,
  flowId: Id,
  key: string,
  page: MetadataPage,
): Promise<CountedEntries<{ value: string; count: number }>> {
  const { rows } = await sql<{ value: string; count: number; total: number }>`
    select value, count(distinct id)::integer as count, (count(*) over ())::integer as total from (${entries(flowId)}) entry
    where lower(key) = lower(${key}) and value ilike ${toPattern(page.like ?? '')}
    group by value ${order(page.direction, 'value')} limit ${page.limit}`.execute(tx);
  return { entries: rows.map(({ total: _, ...entry }) => entry), total: rows[0]?.total ?? 0 };
}
