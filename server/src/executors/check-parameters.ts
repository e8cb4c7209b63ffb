import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Json, JsonObject } from '#base';
import type { Outcome } from './contract.ts';
import { failed } from './outcomes.ts';

const MAX_FAULTS = 20; // enough to mend a task; a hostile value may have thousands

/**
 * A check of resolved parameters against their schema, compiled once. The definition was checked when it was stored; what references
 * brought in can only be checked here. Answers the typed value, or the failed outcome `invalid_parameters` with every fault's place.
 */
export function parametersOf<S extends TSchema>(schema: S) {
  const validator = Compile(schema);
  return (parameters: JsonObject): { value: Static<S> } | { outcome: Outcome } => {
    if (validator.Check(parameters)) return { value: parameters as Static<S> };
    const faults = validator.Errors(parameters).slice(0, MAX_FAULTS);
    const details: Json = faults.map((fault) => ({ loc: fault.instancePath, msg: fault.message }));
    const first = faults[0];
    const place = first?.instancePath ? ` at ${first.instancePath.slice(0, 200)}` : '';
    return { outcome: failed('invalid_parameters', `Wrong parameters${place}: ${first?.message ?? 'unknown fault'}`, { details }) };
  };
}
