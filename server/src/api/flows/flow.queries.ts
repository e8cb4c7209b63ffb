import { expressionBuilder, sql } from 'kysely';
import { badRequest, type Id, notFound } from '#base';
import type { Tables } from '#db';
import type { TenantTransaction } from '../flow-app.ts';
import type { FlowRecord } from './flow.wire.ts';
import { isVisibleTo, type Viewer } from './visible-flows.ts';

const MAX_VERSION = 2_147_483_647; // an int4; what is beyond it never was

const flow = expressionBuilder<Tables, 'flows'>();

/** Runs of all versions, deleted ones left out. Index flow_executions_flow. */
const executionsCount = flow
  .selectFrom('flowExecutions as e')
  .select(({ fn }) => fn.countAll<number>().as('count'))
  .whereRef('e.organizationId', '=', 'flows.organizationId')
  .whereRef('e.flowId', '=', 'flows.id')
  .where('e.deletedAt', 'is', null);

/** Runs of the newest version that has any (core.md 2, GET /flows). */
const latestVersionExecutionsCount = executionsCount.where('e.flowVersion', '=', (eb) =>
  eb
    .selectFrom('flowExecutions as n')
    .select(({ fn }) => fn.max('n.flowVersion').as('version'))
    .whereRef('n.organizationId', '=', 'flows.organizationId')
    .whereRef('n.flowId', '=', 'flows.id')
    .where('n.deletedAt', 'is', null),
);

/**
 * Flows with one of their versions each, as `FlowRecord`s: the caller adds which flows and which version. `timesOf` says whose created_at,
 * updated_at and modified_by they bear.
 */
export function selectFlows(tx: TenantTransaction, options: { timesOf?: 'flow' | 'version'; latestVersionExecutionsCount?: boolean } = {}) {
  const times = options.timesOf === 'version' ? 'v' : 'flows';
  const latestCount = options.latestVersionExecutionsCount ? sql<number | null>`(${latestVersionExecutionsCount})` : sql<null>`null`;
  return tx
    .selectFrom('flows')
    .innerJoin('flowVersions as v', (join) =>
      join.onRef('v.organizationId', '=', 'flows.organizationId').onRef('v.flowId', '=', 'flows.id'),
    )
    .select([
      'flows.organizationId',
      'flows.id',
      'flows.displayName',
      'flows.description',
      'flows.status',
      'flows.visibility',
      'flows.settings',
      'flows.tags',
      'flows.latestVersion',
      'flows.createdBy',
      `${times}.createdAt`,
      `${times}.updatedAt`,
      `${times}.modifiedBy`,
      'v.id as flowVersionId',
      'v.version',
      'v.definition',
      'v.source',
      sql<number>`(${executionsCount})::integer`.as('executionsCount'),
      sql<number | null>`${latestCount}::integer`.as('latestVersionExecutionsCount'),
    ])
    .$castTo<FlowRecord>();
}

/** The flow with its latest version, or undefined where the caller does not see it. */
export function findVisibleFlow(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<FlowRecord | undefined> {
  return selectFlows(tx)
    .whereRef('v.version', '=', 'flows.latestVersion')
    .where('flows.id', '=', flowId)
    .where(isVisibleTo(viewer))
    .executeTakeFirst();
}

/** As `findVisibleFlow`; throws not_found. */
export async function getVisibleFlow(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<FlowRecord> {
  const found = await findVisibleFlow(tx, viewer, flowId);
  if (!found) throw notFound('Flow', flowId);
  return found;
}

/**
 * A flow with one of its versions. Flow-level fields (name, status, settings, tags) are the present ones; created_at, updated_at and
 * modified_by are the version's. Throws not_found for the flow or the version, which may be any number.
 */
export async function getFlowVersion(tx: TenantTransaction, viewer: Viewer, flowId: Id, version: number): Promise<FlowRecord> {
  await getVisibleFlowId(tx, viewer, flowId);
  const isPossible = version >= 1 && version <= MAX_VERSION;
  const found = isPossible
    ? await selectFlows(tx, { timesOf: 'version' }).where('flows.id', '=', flowId).where('v.version', '=', version).executeTakeFirst()
    : undefined;
  if (!found) throw notFound('Flow version', String(version));
  return found;
}

/** Versions of a flow, newest first, each as `getFlowVersion` answers it; none where the caller does not see the flow. */
export const listFlowVersions = (
  tx: TenantTransaction,
  viewer: Viewer,
  flowId: Id,
  page: { before?: number | undefined; limit: number },
): Promise<FlowRecord[]> =>
  selectFlows(tx, { timesOf: 'version' })
    .where('flows.id', '=', flowId)
    .where(isVisibleTo(viewer))
    .where('v.version', '<', page.before ?? MAX_VERSION)
    .orderBy('v.version', 'desc')
    .limit(page.limit)
    .execute();

/** Throws not_found where the caller does not see the flow. Reads the row alone. */
export async function getVisibleFlowId(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<Id> {
  const found = await tx.selectFrom('flows').select('id').where('id', '=', flowId).where(isVisibleTo(viewer)).executeTakeFirst();
  if (!found) throw notFound('Flow', flowId);
  return found.id;
}

/** Whether a flow with this id was made, whatever has become of it. */
export async function isFlowMade(tx: TenantTransaction, flowId: Id): Promise<boolean> {
  return (await tx.selectFrom('flows').select('id').where('id', '=', flowId).executeTakeFirst()) !== undefined;
}

/**
 * As `getVisibleFlow`, and holds the flow's row until the transaction ends: versions are numbered, and status is judged, under this lock.
 */
export async function lockVisibleFlow(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<FlowRecord> {
  await tx.selectFrom('flows').select('id').where('id', '=', flowId).where(isVisibleTo(viewer)).forUpdate().execute();
  return getVisibleFlow(tx, viewer, flowId);
}

/** As `lockVisibleFlow`; throws bad_request where the flow is published, since only drafts take a new definition. */
export async function lockDraft(tx: TenantTransaction, viewer: Viewer, flowId: Id): Promise<FlowRecord> {
  const found = await lockVisibleFlow(tx, viewer, flowId);
  if (found.status !== 'draft') throw badRequest('The definition of a published flow cannot be changed; set its status to draft first');
  return found;
}
