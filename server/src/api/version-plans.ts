import type { Principal } from '#access';
import { type Id, notFound } from '#base';
import type { Catalogue } from '#executors';
import { type Plan, type PlannedVersion, type PlannedVersions, plannedVersions } from '#language';
import type { TenantTransaction } from './flow-app.ts';

/** Plans of stored versions, whose ids come from rows that the caller may see. What is not known yet is read as the caller. */
export class VersionPlans {
  readonly #versions: PlannedVersions;

  constructor(catalogue: Catalogue) {
    this.#versions = plannedVersions(catalogue);
  }

  async get(tx: TenantTransaction, principal: Principal, flowVersionId: Id): Promise<PlannedVersion> {
    const known = this.#versions.find(flowVersionId);
    if (known) return known;
    const [row] = await selectDefinitions(tx, principal, [flowVersionId]);
    if (!row) throw notFound('Flow version');
    return this.#versions.plan(flowVersionId, row.definition);
  }

  /** Plans of several versions; those not yet known are read in one query. A version that cannot run (an executor is gone) has none. */
  async load(tx: TenantTransaction, principal: Principal, flowVersionIds: Iterable<Id>): Promise<Map<Id, Plan>> {
    const planned = new Map([...new Set(flowVersionIds)].map((id) => [id, this.#versions.find(id)]));
    const unknown = [...planned.keys()].filter((id) => !planned.get(id));
    const rows = unknown.length === 0 ? [] : await selectDefinitions(tx, principal, unknown);
    for (const { id, definition } of rows) planned.set(id, this.#versions.plan(id, definition));
    return new Map([...planned].flatMap(([id, version]) => (version?.plan ? [[id, version.plan] as const] : [])));
  }
}

const selectDefinitions = (tx: TenantTransaction, principal: Principal, ids: Id[]) =>
  tx
    .selectFrom('flowVersions')
    .select(['id', 'definition'])
    .where('organizationId', '=', principal.organizationId)
    .where('id', 'in', ids)
    .execute();
