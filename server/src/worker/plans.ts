import { type Id, type Json, notFound } from '#base';
import type { EngineDatabase } from '#db';
import type { Catalogue } from '#executors';
import { type Plan, type PlannedVersion, plannedVersions } from '#language';

/** Plans by version, made once each, and shared with the API of the process. */
export interface Plans {
  /** Throws not_found where there is no such version, and an error where it no longer plans (an executor that is gone). */
  load(organizationId: Id, flowVersionId: Id): Promise<Plan>;
  /** The plan of a version that was loaded before and is still kept. */
  peek(flowVersionId: Id): Plan | undefined;
}

export function createPlans({ db, catalogue }: { db: EngineDatabase; catalogue: Catalogue }): Plans {
  const versions = plannedVersions(catalogue);
  const loading = new Map<Id, Promise<PlannedVersion>>();
  const load = async (organizationId: Id, flowVersionId: Id): Promise<PlannedVersion> => {
    const [row] = await db.query<{ definition: Json }>('plan_definition', DEFINITION, [organizationId, flowVersionId]);
    if (!row) throw notFound('Flow version', flowVersionId);
    return versions.plan(flowVersionId, row.definition);
  };
  const loadOnce = (organizationId: Id, flowVersionId: Id): Promise<PlannedVersion> => {
    const underWay = loading.get(flowVersionId) ?? load(organizationId, flowVersionId).finally(() => loading.delete(flowVersionId));
    loading.set(flowVersionId, underWay);
    return underWay;
  };
  return {
    async load(organizationId, flowVersionId) {
      const { plan, faults } = versions.find(flowVersionId) ?? (await loadOnce(organizationId, flowVersionId));
      if (!plan) throw new Error(`the stored version ${flowVersionId} does not plan: ${faults[0]}`);
      return plan;
    },
    peek: (flowVersionId) => versions.find(flowVersionId)?.plan,
  };
}

const DEFINITION = 'select definition from flow_versions where organization_id = $1 and id = $2';
