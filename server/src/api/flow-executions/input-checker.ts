import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { badRequest, type FieldFault, type JsonObject } from '#base';
import type { Catalogue } from '#executors';
import { toFaults } from '../wire/faults.ts';

/** Compares the inputs of runs with what their input tasks' executors ask for. Each schema is compiled once. */
export class InputChecker {
  readonly #catalogue: Catalogue;
  readonly #ajv = new Ajv2020({ allErrors: true, verbose: true, strict: false, formats: fullFormats });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Throws `bad_request` with every fault, each located `["input", ...]` (core.md 3). The input itself is not changed. */
  check(executorName: string, input: JsonObject): void {
    const check = this.#checks.get(executorName) ?? this.#compile(executorName);
    if (!check || check(input)) return;
    throw wrongInput(toFaults('input', check.errors ?? []));
  }

  #compile(executorName: string): ValidateFunction | undefined {
    const schema = this.#catalogue.get(executorName)?.flowInputSchema;
    if (!schema) return undefined;
    const check = this.#ajv.compile(schema);
    this.#checks.set(executorName, check);
    return check;
  }
}

/** Well-formed for the API, wrong for this flow: 400, not 422 (core.md C3). */
export const wrongInput = (faults: FieldFault[]) =>
  badRequest('The input does not match what the input task of the flow asks for; see details', faults);
