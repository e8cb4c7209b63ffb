import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import type { Json, JsonObject, JsonSchema } from '#base';
import type { Outcome } from '../contract.ts';
import { failed } from '../outcomes.ts';
import type { FormField } from './form-fields.ts';

const MAX_FAULTS = 20; // enough to mend what was sent

/**
 * The failed outcome `invalid_input` with every fault's place, or undefined where the value fits. Whoever starts a run through the API is told
 * before; another flow may start one too. Nothing is compiled: a form is its author's, and compiling makes code.
 */
export function findMisfit(schema: JsonSchema, value: Json): Outcome | undefined {
  if (Check(schema as TSchema, value)) return undefined;
  const faults = Errors(schema as TSchema, value).filter(({ keyword }) => keyword !== 'boolean');
  const details: Json = faults.slice(0, MAX_FAULTS).map((fault) => ({ loc: fault.instancePath, msg: fault.message }));
  const [first] = faults;
  const place = first?.instancePath ? ` at ${first.instancePath.slice(0, 200)}` : '';
  return failed('invalid_input', `The input does not fit the form${place}: ${first?.message ?? 'unknown fault'}`, { details });
}

/** Every field's value: what was sent, else its default, else null. */
export const fillForm = (fields: readonly FormField[], given: JsonObject): JsonObject =>
  Object.fromEntries(
    fields.map((field) => [field.id, (Object.hasOwn(given, field.id) ? given[field.id] : undefined) ?? field.default ?? null]),
  );
