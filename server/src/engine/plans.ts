import type { Id } from '#base';
import { type Plan, planForTrigger } from '#language';
import { type CompiledPlan, compilePlan } from './compile-plan.ts';

/** Gives the plan of a flow version; throws where there is none. Called once for each version that is in use. */
export type PlanSource = (organizationId: Id, flowVersionId: Id) => Promise<Plan>;

/** Versions and triggers whose plans are kept: some hundred kB each at the most, so a bound on memory, not on use. */
const KEPT_PLANS = 1000;

/** Plans of the versions in use, compiled for the input task that was triggered. */
export interface CompiledPlans {
  get(organizationId: Id, flowVersionId: Id, firstTask: number): Promise<CompiledPlan>;
  /** Compiled for an input task by name; undefined where the version has no such input task. */
  find(organizationId: Id, flowVersionId: Id, inputTaskName: string): Promise<CompiledPlan | undefined>;
  source: PlanSource;
}

export function compiledPlans(source: PlanSource): CompiledPlans {
  const kept = new Map<string, Promise<CompiledPlan>>();
  const get = (organizationId: Id, flowVersionId: Id, firstTask: number): Promise<CompiledPlan> => {
    const key = `${flowVersionId}/${firstTask}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = source(organizationId, flowVersionId).then((plan) => compilePlan(planForTrigger(plan, firstTask), firstTask));
    made.catch(() => kept.delete(key)); // the next caller tries again
    kept.set(key, made);
    if (kept.size > KEPT_PLANS) kept.delete(kept.keys().next().value as string);
    return made;
  };
  return {
    source,
    get,
    async find(organizationId, flowVersionId, inputTaskName) {
      const plan = await source(organizationId, flowVersionId);
      const number = plan.byName.get(inputTaskName);
      return number !== undefined && plan.inputTasks.includes(number) ? get(organizationId, flowVersionId, number) : undefined;
    },
  };
}
