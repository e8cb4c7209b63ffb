import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import type { Id } from '#base';
import type { Tables } from '#db';
import type { TenantTransaction } from '../flow-app.ts';
import { selectFlows } from './flow.queries.ts';
import type { FlowRecord } from './flow.wire.ts';
import type { TagFilter } from './tag-filters.ts';
import { isVisibleTo, type Viewer } from './visible-flows.ts';

export interface FlowFilter {
  search?: string;
  tagFilters: TagFilter[];
  createdById?: string;
  /** Only flows without tasks that nobody has touched for 30 days. */
  isCleanable: boolean;
}

export interface FlowPage {
  sortField: 'created_at' | 'updated_at' | 'display_name';
  sortDirection: 'asc' | 'desc';
  page: number;
  pageSize: number;
}

/** A search text as a pattern for ilike that finds it anywhere; % and _ stand for themselves. */
export const toPattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

/** Tasks of the latest version, in either form of a definition. */
const taskCount = sql<number>`(select coalesce(json_array_length(coalesce(v.definition -> 'tasks', v.definition #> '{flow_configs,0,config,tasks}')), 0)
  from flow_versions v where v.organization_id = flows.organization_id and v.flow_id = flows.id and v.version = flows.latest_version)`;

function conditions(viewer: Viewer, filter: FlowFilter): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'flows'>();
  const tags = (values: string[]) => sql<SqlBool>`flows.tags && ${values}::text[]`;
  return eb.and([
    isVisibleTo(viewer),
    ...(filter.search === undefined ? [] : [eb('flows.displayName', 'ilike', toPattern(filter.search))]),
    ...(filter.createdById === undefined ? [] : [eb('flows.createdBy', '=', filter.createdById)]),
    ...filter.tagFilters.map(({ mode, values }) => (mode === 'contains_any' ? tags(values) : eb.not(tags(values)))),
    ...(filter.isCleanable
      ? [sql<SqlBool>`${taskCount} = 0 and greatest(flows.created_at, flows.updated_at) < now() - interval '30 days'`]
      : []),
  ]);
}

const COLUMNS = { created_at: 'flows.createdAt', updated_at: 'flows.updatedAt', display_name: 'flows.displayName' } as const;

/** Ids of one page of the flows that the caller sees; ties are broken by id, in the same direction. */
export async function listFlowIds(tx: TenantTransaction, viewer: Viewer, filter: FlowFilter, page: FlowPage): Promise<Id[]> {
  const rows = await tx
    .selectFrom('flows')
    .select('flows.id')
    .where(conditions(viewer, filter))
    .orderBy(COLUMNS[page.sortField], page.sortDirection)
    .orderBy('flows.id', page.sortDirection)
    .limit(page.pageSize)
    .offset((page.page - 1) * page.pageSize)
    .execute();
  return rows.map((row) => row.id);
}

/** These flows with their latest versions, in the order of the ids; those that the caller no longer sees are left out. */
export async function listFlowsById(
  tx: TenantTransaction,
  viewer: Viewer,
  ids: Id[],
  options: { latestVersionExecutionsCount: boolean },
): Promise<FlowRecord[]> {
  const rows = await selectFlows(tx, options)
    .whereRef('v.version', '=', 'flows.latestVersion')
    .where('flows.id', '=', sql<Id>`any (${ids}::uuid[])`)
    .where(isVisibleTo(viewer))
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** How many flows all pages together have. */
export async function countFlows(tx: TenantTransaction, viewer: Viewer, filter: FlowFilter): Promise<number> {
  const row = await tx
    .selectFrom('flows')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(conditions(viewer, filter))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Distinct tags of the flows that the caller sees, in the order of a person's alphabet, upper and lower case beside each other. */
export async function listAvailableTags(tx: TenantTransaction, viewer: Viewer, search: string | undefined): Promise<string[]> {
  const rows = await tx
    .selectFrom('flows')
    .select(sql<string>`unnest(flows.tags)`.as('tag'))
    .distinct()
    .where(isVisibleTo(viewer))
    .execute();
  const wanted = search?.toLowerCase() ?? '';
  const collator = new Intl.Collator('en', { sensitivity: 'base' });
  return rows
    .map((row) => row.tag)
    .filter((tag) => tag.toLowerCase().includes(wanted))
    .sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
}
