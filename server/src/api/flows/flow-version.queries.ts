import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely';
import { type Id, notFound } from '#base';
import type { Tables } from '#db';
import type { TenantTransaction } from '../flow-app.ts';
import { toPattern } from './flow-list.queries.ts';
import type { FlowVersionRecord } from './flow-version.wire.ts';

export interface VersionFilter {
  search?: string;
  favouritesOnly: boolean;
}

function conditions(flowId: Id, filter: VersionFilter): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'flowVersions'>();
  const number = /^\d{1,9}$/.test(filter.search ?? '') ? [eb('flowVersions.version', '=', Number(filter.search))] : [];
  return eb.and([
    eb('flowVersions.flowId', '=', flowId),
    ...(filter.search === undefined ? [] : [eb.or([eb('flowVersions.name', 'ilike', toPattern(filter.search)), ...number])]),
    ...(filter.favouritesOnly ? [eb('flowVersions.isFavourite', '=', true)] : []),
  ]);
}

const selectSummaries = (tx: TenantTransaction) =>
  tx
    .selectFrom('flowVersions')
    .innerJoin('flows', (join) =>
      join.onRef('flows.organizationId', '=', 'flowVersions.organizationId').onRef('flows.id', '=', 'flowVersions.flowId'),
    )
    .select(['flowVersions.version', 'flowVersions.createdAt', 'flowVersions.updatedAt', 'flowVersions.modifiedBy'])
    .select(['flowVersions.name', 'flowVersions.isFavourite', 'flows.latestVersion']);

/** A page of a flow's versions without their definitions, newest first. Index: the unique one of (flow, version). */
export const listVersionPage = (
  tx: TenantTransaction,
  flowId: Id,
  filter: VersionFilter,
  page: { page: number; pageSize: number },
): Promise<FlowVersionRecord[]> =>
  selectSummaries(tx)
    .where(conditions(flowId, filter))
    .orderBy('flowVersions.version', 'desc')
    .limit(page.pageSize)
    .offset((page.page - 1) * page.pageSize)
    .execute();

export async function countVersions(tx: TenantTransaction, flowId: Id, filter: VersionFilter): Promise<number> {
  const row = await tx
    .selectFrom('flowVersions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(conditions(flowId, filter))
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Numbers of versions, newest first. */
export async function listVersionNumbers(
  tx: TenantTransaction,
  flowId: Id,
  page: { before?: number | undefined; limit: number },
): Promise<number[]> {
  let query = tx.selectFrom('flowVersions').select('version').where('flowId', '=', flowId);
  if (page.before !== undefined) query = query.where('version', '<', page.before);
  const rows = await query.orderBy('version', 'desc').limit(page.limit).execute();
  return rows.map(({ version }) => version);
}

const MAX_VERSION = 2_147_483_647; // an int4; what is beyond it never was

/** Names a version, marks it; its definition never changes. Throws not_found for a version that never was. */
export async function updateVersion(
  tx: TenantTransaction,
  place: { flowId: Id; version: number },
  changes: { name?: string | null; isFavourite?: boolean; modifiedBy: string },
): Promise<FlowVersionRecord> {
  const inRange = place.version >= 1 && place.version <= MAX_VERSION;
  const result = inRange
    ? await tx
        .updateTable('flowVersions')
        .set({ ...changes, updatedAt: sql`now()` })
        .where('flowId', '=', place.flowId)
        .where('version', '=', place.version)
        .executeTakeFirst()
    : undefined;
  if (!result || result.numUpdatedRows === 0n) throw notFound('Flow version', String(place.version));
  return selectSummaries(tx)
    .where('flowVersions.flowId', '=', place.flowId)
    .where('flowVersions.version', '=', place.version)
    .executeTakeFirstOrThrow();
}
