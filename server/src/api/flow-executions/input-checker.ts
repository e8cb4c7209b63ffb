import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { badRequest, type FieldFault, type JsonObject, type JsonSchema } from '#base';
import { toFaults } from '../wire/faults.ts';

/** Compares the inputs of runs with what their input tasks ask for. */
export class InputChecker {
  readonly #ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, ownProperties: true, formats: fullFormats });
  /** By schema: an executor's own is one object for ever, a form's lives as long as its plan. */
  readonly #checks = new WeakMap<JsonSchema, ValidateFunction>();

  /** Throws `bad_request` with every fault, each located `["input", ...]` (core.md 3). The input itself is not changed. */
  check(schema: JsonSchema, input: JsonObject): void {
    const check = this.#checks.get(schema) ?? this.#compile(schema);
    if (!check(input)) throw wrongInput(toFaults('input', check.errors ?? []));
  }

  #compile(schema: JsonSchema): ValidateFunction {
    const check = this.#ajv.compile(schema);
    this.#ajv.removeSchema(schema); // its own memory of schemas would keep those of forms for ever
    this.#checks.set(schema, check);
    return check;
  }
}

/** Well-formed for the API, wrong for this flow: 400, not 422 (core.md C3). */
export const wrongInput = (faults: FieldFault[]) =>
  badRequest('The input does not match what the input task of the flow asks for; see details', faults);
