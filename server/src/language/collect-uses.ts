import type { Json, JsonSchema } from '#base';
import { type CompiledCel, compileCel } from './compile-cel.ts';
import type { TaskDefinition } from './definition.ts';
import type { Faults, Loc } from './fault.ts';
import type { ExpressionReference } from './find-cel-references.ts';
import { findReferences, hasReference, isWhole, type Reference, type Root, type Template, unknownTask } from './find-references.ts';
import { findSchema } from './find-schema.ts';
import { isForbidden, type Path, printPath } from './read-path.ts';
import { compileLiquid } from './render-liquid.ts';
import { ResolutionError } from './resolution-error.ts';
import type { TaskNames } from './task-names.ts';

/** One place of a task that reads something: a text with references, an expression, a template. */
export interface Use {
  loc: Loc;
  part: 'parameters' | 'when' | 'for_each' | 'concurrency';
  references: Reference[];
  /** What the parameter's schema says of this place. */
  schema?: JsonSchema;
  template?: Template;
  cel?: CompiledCel;
}

/**
 * What compiling the expressions and templates of one definition may cost: characters, each of them counting as at least 50. A million take
 * about a second, in a process that serves others meanwhile.
 */
export interface CompileBudget {
  left: number;
}
export const MAX_COMPILED = 1_000_000;
const MIN_COST = 50;

interface Context {
  names: TaskNames;
  faults: Faults;
  budget: CompileBudget;
}

/** All that a task reads, in the order in which it is written; what cannot be parsed is a fault. */
export function collectUses(task: TaskDefinition, schema: JsonSchema, context: Context): Use[] {
  const uses: Use[] = [];
  const add = (use: Use | undefined): void => {
    if (use) uses.push(use);
  };
  collectFromValue(task.parameters, [...task.loc, 'parameters'], schema, { ...context, add });
  if (task.when !== undefined) add(celUse(task.when, [...task.loc, 'when'], 'when', context));
  if (task.forEach !== undefined) add(forEachUse(task.forEach, [...task.loc, 'for_each'], context));
  if (task.concurrency && hasReference(task.concurrency.key)) {
    add(templateUse(task.concurrency.key, [...task.loc, 'concurrency', 'key'], 'concurrency', context));
  }
  return uses;
}

interface Collecting extends Context {
  add(use: Use | undefined): void;
}

function collectFromValue(value: Json, loc: Loc, schema: JsonSchema | undefined, into: Collecting): void {
  if (typeof value === 'string') into.add(textUse(value, loc, schema, into));
  if (typeof value !== 'object' || value === null) return;
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, child] of children) {
    const found = schema && findSchema(schema, [key]);
    collectFromValue(child, [...loc, key], typeof found === 'object' ? found : undefined, into);
  }
}

function textUse(text: string, loc: Loc, schema: JsonSchema | undefined, context: Collecting): Use | undefined {
  const format = formatOf(schema);
  if (format === 'cel') return celUse(text, loc, 'parameters', context);
  if (format === 'liquid') return liquidUse(text, loc, context);
  if (!hasReference(text)) return undefined;
  const use = templateUse(text, loc, 'parameters', context);
  if (schema) use.schema = schema;
  return use;
}

/** `liquid` and `cel`, also where a schema offers them among others. */
export function formatOf(schema: JsonSchema | undefined): 'liquid' | 'cel' | undefined {
  if (!schema) return undefined;
  const { format } = schema;
  if (format === 'liquid' || format === 'cel') return format;
  const branches = [schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat() as JsonSchema[];
  return branches.map(formatOf).find((found) => found !== undefined);
}

function templateUse(text: string, loc: Loc, part: Use['part'], { names, faults }: Context): Use {
  const template = findReferences(text, names);
  for (const fault of template.faults) faults.add(loc, fault.type, fault.message, { input: text });
  return { loc, part, template, references: template.parts.filter((entry) => typeof entry === 'object') };
}

function forEachUse(value: Json, loc: Loc, context: Context): Use | undefined {
  if (typeof value !== 'string') return undefined;
  const use = hasReference(value) ? templateUse(value, loc, 'for_each', context) : undefined;
  if (use?.template && (isWhole(use.template) || use.template.faults.length > 0)) return use;
  context.faults.add(loc, 'list_type', 'Must be a list, or one reference to a list such as "{{task.list}}"', { input: value });
  return undefined;
}

function celUse(source: string, loc: Loc, part: Use['part'], context: Context): Use | undefined {
  const cel = compiled(() => compileCel(source), source, loc, context);
  if (!cel) return undefined;
  if (part === 'when' && cel.type !== 'bool' && cel.type !== 'dyn') {
    context.faults.add(loc, 'cel_type', `Must be true or false; this is of type ${cel.type}`, { input: source });
  }
  return { loc, part, cel, references: toReferences(cel.references, loc, context) };
}

function liquidUse(source: string, loc: Loc, context: Context): Use | undefined {
  const liquid = compiled(() => compileLiquid(source), source, loc, context);
  return liquid && { loc, part: 'parameters', references: toReferences(liquid.references.map(untilProperty), loc, context) };
}

/** Liquid gives every list and text `size`, `first` and `last`: no schema knows them. */
function untilProperty(reference: ExpressionReference): ExpressionReference {
  const end = reference.path.findIndex((key) => key === 'size' || key === 'first' || key === 'last');
  return end < 0 ? reference : { ...reference, path: reference.path.slice(0, end) };
}

function compiled<T>(compile: () => T, source: string, loc: Loc, { faults, budget }: Context): T | undefined {
  if (budget.left < 0) return undefined;
  budget.left -= Math.max(source.length, MIN_COST);
  if (budget.left < 0) {
    faults.add(
      loc,
      'too_many_expressions',
      `The expressions and templates of a flow have at most ${MAX_COMPILED.toLocaleString('en')} characters`,
    );
    return undefined;
  }
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ResolutionError)) throw error;
    faults.add(loc, error.code, error.message, { input: source });
    return undefined;
  }
}

const ROOTS = ['input', 'item', 'execution'] as const;

/** The names of an expression or template as references; names that stand for nothing are faults. */
function toReferences(found: ExpressionReference[], loc: Loc, { names, faults }: Context): Reference[] {
  return found.flatMap(({ root, path }) => {
    const result = toReference(root, path, names);
    if ('root' in result) return [result];
    faults.add(loc, result.type, result.message);
    return [];
  });
}

function toReference(root: string, path: Path, names: TaskNames): Reference | { type: string; message: string } {
  const forbidden = path.find(isForbidden);
  if (forbidden !== undefined) return { type: 'forbidden_property', message: `'${forbidden}' can never be referred to` };
  const [name, ...rest] = path;
  if (root === 'tasks') {
    if (typeof name !== 'string') return { type: 'dynamic_reference', message: 'tasks must be followed by a name: tasks["name"]' };
    return exactName(name, names)
      ? { root: { kind: 'task', task: name }, path: rest, text: printPath([name, ...rest]) }
      : unknown(name, names);
  }
  if (exactName(root, names)) return { root: { kind: 'task', task: root }, path, text: printPath([root, ...path]) };
  const reserved = ROOTS.find((word) => word === root);
  if (reserved) return { root: { kind: reserved } as Root, path, text: printPath([root, ...path]) };
  return root === 'secrets'
    ? { type: 'secret_not_allowed', message: 'Secrets cannot be used in expressions and templates' }
    : unknown(root, names);
}

/** Expressions know names only: at run time a title is not among the tasks of their scope. */
const exactName = (name: string, names: TaskNames): boolean => names.find(name)?.name === name;

const unknown = (name: string, names: TaskNames): { type: string; message: string } => ({
  type: 'unknown_task',
  message: unknownTask(name, names),
});
