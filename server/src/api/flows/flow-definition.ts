import { invalidDefinition, type JsonObject } from '#base';
import type { Catalogue } from '#executors';
import { type CheckedDefinition, checkDefinition, checkParsedDefinition, formatFault, parseDefinition, stripServerKeys } from '#language';

const MAX_DEFINITION_BYTES = 5 * 1024 * 1024; // core.md G7; of a text the language itself judges

/** A definition as a new version keeps it, with what checking found: merely unfinished places at most. */
export interface ReadDefinition {
  /** As it was sent, unknown keys and the order of keys kept, without what only the server adds. */
  definition: JsonObject;
  /** The same as JSON text. */
  json: string;
  /** The text, where it came as text. */
  source: string | null;
  /** Absent where something is unfinished: then nothing runs. */
  plan: CheckedDefinition['plan'];
}

/**
 * Reads a definition that a client sent: an object, or a text of YAML or JSON. Throws `invalid_dsl_input` with every fault at once where it
 * cannot be a graph or a value has the wrong type; what is merely unfinished passes (core.md C7).
 */
export function readDefinition(sent: unknown, catalogue: Catalogue): ReadDefinition {
  const parsed = parseDefinition(sent);
  const { faults, plan } = checkParsedDefinition(parsed, catalogue);
  if (faults.some((fault) => fault.severity === 'error')) throw invalidDefinition(faults.map(formatFault));
  const definition = stripServerKeys(parsed.document);
  const json = JSON.stringify(definition);
  if (Buffer.byteLength(json) > MAX_DEFINITION_BYTES) throw invalidDefinition(['The definition is larger than 5 MB']);
  return { definition, json, source: typeof sent === 'string' ? sent : null, plan };
}

/** A published flow has no faults, not even unfinished places. Throws `invalid_dsl_input` with every one of them. */
export function checkPublishable(stored: { definition: JsonObject; source?: string | null }, catalogue: Catalogue): void {
  const { faults } = checkDefinition(stored.source ?? stored.definition, catalogue);
  if (faults.length > 0) throw invalidDefinition(faults.map(formatFault));
}
