import { type Id, type Json, notFound } from '#base';
import type { EngineDatabase } from '#db';
import type { Catalogue } from '#executors';
import { type Plan, parseDefinition, planFlow } from '#language';

const MAX_PLANS = 500; // the least recently used goes; a plan of a usual flow takes some 20 kB

/** Plans by version, made once each: a version never changes, nor does the catalogue while the process lives. */
export interface Plans {
  /** Throws not_found where there is no such version, and an error where it no longer plans (an executor that is gone). */
  load(organizationId: Id, flowVersionId: Id): Promise<Plan>;
  /** The plan of a version that was loaded before and is still kept. */
  peek(flowVersionId: Id): Plan | undefined;
}

export function createPlans({ db, catalogue }: { db: EngineDatabase; catalogue: Catalogue }): Plans {
  const loading = new Map<Id, Promise<Plan>>();
  const loaded = new Map<Id, Plan>();
  const load = async (organizationId: Id, flowVersionId: Id): Promise<Plan> => {
    const [row] = await db.query<{ definition: Json }>('plan_definition', DEFINITION, [organizationId, flowVersionId]);
    if (!row) throw notFound('Flow version', flowVersionId);
    const planned = planFlow(parseDefinition(row.definition).definition, catalogue);
    if ('faults' in planned) throw new Error(`the stored version ${flowVersionId} does not plan: ${planned.faults[0]?.message}`);
    loaded.set(flowVersionId, planned.plan);
    if (loaded.size > MAX_PLANS) loaded.delete(loaded.keys().next().value as Id);
    return planned.plan;
  };
  return {
    async load(organizationId, flowVersionId) {
      const known = loaded.get(flowVersionId);
      if (known) {
        loaded.delete(flowVersionId); // the most recently used stands last
        loaded.set(flowVersionId, known);
        return known;
      }
      const underWay = loading.get(flowVersionId) ?? load(organizationId, flowVersionId).finally(() => loading.delete(flowVersionId));
      loading.set(flowVersionId, underWay);
      return underWay;
    },
    peek: (flowVersionId) => loaded.get(flowVersionId),
  };
}

const DEFINITION = 'select definition from flow_versions where organization_id = $1 and id = $2';
