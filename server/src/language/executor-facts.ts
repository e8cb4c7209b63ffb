import type { Json, JsonObject, JsonSchema } from '#base';
import type { ReferenceMode } from './plan.ts';

/** What planning must know of an executor. The descriptions of executors satisfy it as they are. */
export interface ExecutorFacts {
  name: string;
  isInput: boolean;
  parametersSchema: JsonSchema;
  flowInputSchema: JsonSchema | null;
  outputSchema(parameters: JsonObject): JsonSchema;
  defaultReferenceMode: ReferenceMode;
  pure: boolean;
  defaultTimeoutMs: number;
  /** The input of a run for these parameters; absent: `flowInputSchema`. */
  inputSchema?(parameters: JsonObject): JsonSchema;
  /** Routes that a task may take with these parameters, in order; absent: it has none. */
  routes?(parameters: JsonObject): string[];
  /** The parameter whose value stands in the output too, and in which field; without a field it is the output. */
  passesOn?: { parameter: string; as?: string };
  /** Routes taken where an event completes the task with this output, and says none itself. */
  eventRoutes?(output: Json): string[];
}

/** The executors to plan against: a Map by name, a catalogue (whose `get` knows aliases), or a plain list. */
export type ExecutorLookup =
  | ReadonlyMap<string, ExecutorFacts>
  | { get(name: string): ExecutorFacts | undefined; list(): readonly ExecutorFacts[] }
  | readonly ExecutorFacts[];

export interface KnownExecutors {
  get(name: string): ExecutorFacts | undefined;
  names: string[];
}

export function knownExecutors(lookup: ExecutorLookup): KnownExecutors {
  if ('list' in lookup) return { get: (name) => lookup.get(name), names: lookup.list().map((executor) => executor.name) };
  const byName = 'get' in lookup ? lookup : new Map(lookup.map((executor) => [executor.name, executor]));
  return { get: (name) => byName.get(name), names: [...byName.keys()].sort() };
}
