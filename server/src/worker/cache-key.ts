import type { Json, JsonObject, JsonSchema } from '#base';
import type { ExecutorDescription } from '#executors';
import { fingerprint, type TaskScope } from '#language';

/** Of a file, what an executor may see of it. */
export interface FileFacts {
  sha256: string;
  contentType: string;
  filename: string | null;
}

export interface CachedInput {
  executor: Pick<ExecutorDescription, 'name' | 'version' | 'parametersSchema'>;
  /** As they are stored: secrets by their names, never opened. */
  parameters: JsonObject;
  scope: TaskScope;
  /** By the text that names it in the parameters. */
  files: ReadonlyMap<string, FileFacts>;
  /** The model that would be asked; undefined where the executor asks none. */
  model: string | undefined;
}

/**
 * The key of a cached output: equal where executor, its version, parameters, the files' content and the model are. A parameter that is the address
 * of a file counts as what lies there, so that the same document sent twice is one.
 */
export function cacheKey({ executor, parameters, scope, files, model }: CachedInput): Buffer {
  const parts = {
    executor: executor.name,
    version: executor.version ?? 1,
    parameters: withContents(parameters, files),
    ...(model === undefined ? {} : { model }),
    ...(hasExpressions(executor.parametersSchema) ? { bound: boundValues(parameters, scope) } : {}),
  };
  return Buffer.from(fingerprint(parts as Record<string, Json>), 'base64url');
}

/** Every text of the parameters that may be the address of a file: gs://, or the key of an upload. */
export function filesNamedIn(value: Json): string[] {
  if (typeof value === 'string') return /^(gs:\/\/|flows\/)/.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(filesNamedIn);
}

/** Lists and objects are marked, so that no value of the parameters can spell the mark of a file. */
function withContents(value: Json, files: ReadonlyMap<string, FileFacts>): Json {
  if (typeof value === 'string') {
    const file = files.get(value);
    return file === undefined ? value : { 'content of a file': [file.sha256, file.contentType, extensionOf(file.filename)] };
  }
  if (Array.isArray(value)) return ['list', value.map((entry) => withContents(entry, files))];
  if (typeof value !== 'object' || value === null) return value;
  return [
    'object',
    Object.entries(value)
      .map(([key, entry]) => [key, withContents(entry, files)])
      .sort(byKey),
  ] as Json;
}

const byKey = ([one]: unknown[], [other]: unknown[]): number => (String(one) < String(other) ? -1 : 1);

/** Readers tell kinds of files apart by it where the type does not. */
const extensionOf = (filename: string | null): string => /\.[^.]{1,10}$/.exec(filename ?? '')?.[0]?.toLowerCase() ?? '';

const known = new WeakMap<JsonSchema, boolean>();

/** Whether the executor evaluates expressions or templates: what these refer to is no part of the parameters. */
function hasExpressions(schema: JsonSchema): boolean {
  const found = known.get(schema) ?? /"format":"(?:liquid|cel)"/.test(JSON.stringify(schema));
  known.set(schema, found);
  return found;
}

/** All that expressions may read. Facts of the run only where a text speaks of them: they would make every run another. */
function boundValues(parameters: JsonObject, { tasks, input, item, execution }: TaskScope): Json {
  const text = JSON.stringify(parameters);
  return {
    tasks,
    ...(item === undefined ? {} : { item }),
    ...(text.includes('input') ? { input } : {}),
    ...(text.includes('execution') ? { execution } : {}),
  };
}
