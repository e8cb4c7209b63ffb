import type { Id } from '#base';
import { checkDefinition } from './check-definition.ts';
import type { ExecutorLookup } from './executor-facts.ts';
import { formatFault } from './fault.ts';
import type { Plan } from './plan.ts';

const MAX_VERSIONS = 500; // the least recently used goes; a plan of a usual flow takes some 20 kB

/** A version's plan, or every fault that keeps it from having one, as `invalid_dsl_input` lists them. */
export interface PlannedVersion {
  plan: Plan | undefined;
  faults: string[];
}

/**
 * Plans of stored versions, made once each in a process: a version never changes, nor do the executors while the process lives. It asks for no
 * tenant: whoever has the id of a version has it from a row that it may read.
 */
export interface PlannedVersions {
  find(flowVersionId: Id): PlannedVersion | undefined;
  /** Plans what was read of a version that `find` did not know, and keeps it. */
  plan(flowVersionId: Id, definition: unknown): PlannedVersion;
}

const shared = new WeakMap<object, PlannedVersions>();

/** The plans made with these executors: the same for the API and for the workers of a process. */
export function plannedVersions(executors: ExecutorLookup): PlannedVersions {
  const known = shared.get(executors) ?? createPlannedVersions(executors);
  shared.set(executors, known);
  return known;
}

function createPlannedVersions(executors: ExecutorLookup): PlannedVersions {
  const kept = new Map<Id, PlannedVersion>();
  const keep = (id: Id, version: PlannedVersion): PlannedVersion => {
    kept.delete(id); // the most recently used stands last
    kept.set(id, version);
    if (kept.size > MAX_VERSIONS) kept.delete(kept.keys().next().value as Id);
    return version;
  };
  return {
    find(id) {
      const known = kept.get(id);
      return known && keep(id, known);
    },
    plan(id, definition) {
      const { plan, faults } = checkDefinition(definition, executors);
      return keep(id, { plan, faults: faults.map(formatFault) });
    },
  };
}
