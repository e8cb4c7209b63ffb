import type { Principal } from '#access';
import { type Id, notFound } from '#base';
import type { Catalogue } from '#executors';
import { checkDefinition, formatFault, type Plan } from '#language';
import type { TenantTransaction } from './flow-app.ts';

const MAX_PLANS = 500; // the least recently used goes; a plan of a usual flow takes some 20 kB

/** A version's plan, or every fault that keeps it from having one, as `invalid_dsl_input` lists them. */
export interface PlannedVersion {
  plan: Plan | undefined;
  faults: string[];
}

/** Plans of stored versions, made once each: a version never changes, nor does the catalogue while the process lives. */
export class VersionPlans {
  readonly #catalogue: Catalogue;
  readonly #planned = new Map<Id, PlannedVersion>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  async get(tx: TenantTransaction, principal: Principal, flowVersionId: Id): Promise<PlannedVersion> {
    const known = this.#planned.get(flowVersionId);
    if (known) return this.#keep(flowVersionId, known);
    const [row] = await selectDefinitions(tx, principal, [flowVersionId]);
    if (!row) throw notFound('Flow version');
    return this.#keep(flowVersionId, this.#analyse(row.definition));
  }

  /** Plans of several versions; those not yet known are read in one query. A version that cannot run (an executor is gone) has none. */
  async load(tx: TenantTransaction, principal: Principal, flowVersionIds: Iterable<Id>): Promise<Map<Id, Plan>> {
    const ids = [...new Set(flowVersionIds)];
    const planned = new Map(ids.map((id) => [id, this.#planned.get(id)]));
    const unknown = ids.filter((id) => !planned.get(id));
    const rows = unknown.length === 0 ? [] : await selectDefinitions(tx, principal, unknown);
    for (const { id, definition } of rows) planned.set(id, this.#analyse(definition));
    const plans = new Map<Id, Plan>();
    for (const [id, version] of planned) {
      if (version) this.#keep(id, version);
      if (version?.plan) plans.set(id, version.plan);
    }
    return plans;
  }

  #analyse(definition: unknown): PlannedVersion {
    const { plan, faults } = checkDefinition(definition, this.#catalogue);
    return { plan, faults: faults.map(formatFault) };
  }

  #keep(id: Id, planned: PlannedVersion): PlannedVersion {
    this.#planned.delete(id);
    this.#planned.set(id, planned);
    if (this.#planned.size > MAX_PLANS) this.#planned.delete(this.#planned.keys().next().value as Id);
    return planned;
  }
}

const selectDefinitions = (tx: TenantTransaction, principal: Principal, ids: Id[]) =>
  tx
    .selectFrom('flowVersions')
    .select(['id', 'definition'])
    .where('organizationId', '=', principal.organizationId)
    .where('id', 'in', ids)
    .execute();
