import type { JsonObject, JsonSchema } from '#base';
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
  /** Routes that a task may take with these parameters. Absent: those of an executor named `branch` are read from `routes` and `else`. */
  routes?(parameters: JsonObject): string[];
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

/** Routes of a task, in order, `else` last; undefined where its executor has none. */
export function routesOf(executor: ExecutorFacts, parameters: JsonObject): string[] | undefined {
  if (executor.routes) return executor.routes(parameters);
  if (executor.name !== 'branch') return undefined;
  const routes = Array.isArray(parameters['routes']) ? parameters['routes'] : [];
  const names = routes.map((route) => (typeof route === 'object' && route !== null && !Array.isArray(route) ? route['name'] : undefined));
  return [...names, parameters['else']].filter((name) => typeof name === 'string');
}
