import type { Json, JsonObject, JsonSchema } from '#base';
import { isWhole, type Reference, type Template } from './find-references.ts';
import type { TaskScope } from './plan.ts';
import { type Path, readPath } from './read-path.ts';
import { atPlace, ResolutionError } from './resolution-error.ts';

/** A reference made ready: where it reads from, and whether what it finds there is a list of items. */
export interface BoundReference {
  reference: Reference;
  /** Behind the task's output, `output` taken away where it means the whole. */
  path: Path;
  isCollection: boolean;
  schema: JsonSchema | undefined;
}

type Resolve = (scope: TaskScope) => Json;

/**
 * Compiles a value in which some texts hold references: `templateOf` says which. The result resolves them all in one pass, types kept; what
 * a reference brings in is never looked at again, so a document that says `{{ secrets }}` is text. Parts without references are frozen and shared.
 */
export function compileValue(value: Json, templateOf: (path: Path) => BoundTemplate | undefined, path: Path = []): Resolve {
  const node = compileNode(value, templateOf, path);
  return typeof node === 'function' ? node : () => node;
}

export interface BoundTemplate {
  template: Template;
  bind(reference: Reference): BoundReference;
  /** `tasks.1.parameters.url`, for errors. */
  place: string;
}

function compileNode(value: Json, templateOf: (path: Path) => BoundTemplate | undefined, path: Path): Resolve | Json {
  if (typeof value === 'string') {
    const bound = templateOf(path);
    return bound ? compileTemplate(bound) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const nodes = value.map((entry, i) => compileNode(entry, templateOf, [...path, i]));
    if (!nodes.some((node) => typeof node === 'function')) return Object.freeze(nodes as Json[]) as Json[];
    return (scope) => nodes.map((node) => (typeof node === 'function' ? node(scope) : node));
  }
  const entries = Object.entries(value).map(([key, entry]) => [key, compileNode(entry, templateOf, [...path, key])] as const);
  if (!entries.some(([, node]) => typeof node === 'function')) return Object.freeze(Object.fromEntries(entries)) as JsonObject;
  return (scope) => Object.fromEntries(entries.map(([key, node]) => [key, typeof node === 'function' ? node(scope) : node]));
}

/** A whole reference keeps its type; among text, each is printed. */
export function compileTemplate({ template, bind, place }: BoundTemplate): Resolve {
  const parts = template.parts.map((part) => (typeof part === 'string' ? part : bind(part)));
  const [first] = parts;
  if (isWhole(template) && typeof first === 'object') return (scope) => atPlace(place, () => readReference(first, scope));
  return (scope) =>
    atPlace(place, () => parts.map((part) => (typeof part === 'string' ? part : print(readReference(part, scope)))).join(''));
}

/** Objects and lists as JSON, null as nothing. */
export function print(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The value of one reference. Throws a ResolutionError where there is none. */
export function readReference(bound: BoundReference, scope: TaskScope): Json {
  const { reference, path, isCollection, schema } = bound;
  const value = rootOf(bound, scope);
  if (!isCollection || typeof path[0] === 'number' || path.length === 0 || !Array.isArray(value)) {
    const itemSchema = isCollection && schema ? { type: 'array', items: schema } : schema;
    return readPath(value, path, itemSchema, reference.text);
  }
  return value.map((item) => readPath(item, path, schema, reference.text));
}

function rootOf({ reference, path }: BoundReference, scope: TaskScope): Json {
  const { root, text } = reference;
  switch (root.kind) {
    case 'task':
      if (Object.hasOwn(scope.tasks, root.task)) return scope.tasks[root.task] ?? null;
      throw new ResolutionError('no_such_task', `'${text}': the task has not run`);
    case 'input':
      return scope.input;
    case 'item':
      if (scope.item !== undefined) return scope.item;
      throw new ResolutionError('no_item', `'${text}': there is no item here`);
    case 'execution':
      return scope.execution;
    case 'secrets':
      return secretsFor(path, text, scope);
  }
}

/** A secret that is not opened stays as written: so that a stored input never holds one. */
function secretsFor(path: Path, text: string, scope: TaskScope): Json {
  const name = String(path[0]);
  if (!scope.secrets) return { [name]: `{{${text}}}` };
  if (!Object.hasOwn(scope.secrets, name)) throw new ResolutionError('no_such_secret', `There is no secret '${name}'`);
  return { [name]: scope.secrets[name] as string };
}
