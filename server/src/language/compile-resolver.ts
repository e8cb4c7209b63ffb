import { isJsonObject, type Json, type JsonSchema } from '#base';
import { type Scopes, startsWith } from './assign-scopes.ts';
import { scopeOfUse, taskPath } from './check-references.ts';
import type { Use } from './collect-uses.ts';
import { isWhole } from './find-references.ts';
import { isGateUse, type Node } from './graph.ts';
import type { TaskResolver, TaskScope } from './plan.ts';
import type { Path } from './read-path.ts';
import { compileReopen } from './reopen-secrets.ts';
import { atPlace, ResolutionError } from './resolution-error.ts';
import { type BoundReference, type BoundTemplate, compileTemplate, compileValue, print } from './resolve-references.ts';

export interface Resolving {
  byName: ReadonlyMap<string, Node>;
  scopes: Scopes;
  inputSchema: JsonSchema;
}

/** 2^17 (DESIGN.md, the definition language): what fits one level of an item's number. */
const MAX_ITEMS = 131_072;

function bindTemplate(node: Node, use: Use, resolving: Resolving): BoundTemplate | undefined {
  if (!use.template) return undefined;
  const scope = scopeOfUse(node, use, resolving.scopes);
  const bind: BoundTemplate['bind'] = (reference): BoundReference => {
    const plain = { reference, path: reference.path, isCollection: false, schema: undefined };
    if (reference.root.kind === 'input') return { ...plain, schema: resolving.inputSchema };
    const source = reference.root.kind === 'task' ? resolving.byName.get(reference.root.task) : undefined;
    if (!source) return plain;
    const isCollection = !startsWith(scope, resolving.scopes.inner[source.index] ?? []);
    return { reference, path: taskPath(source, reference.path), isCollection, schema: source.outputSchema };
  };
  return { template: use.template, bind, place: use.loc.join('.') };
}

/** What a task resolves when it is about to run. Parameters of format liquid or cel stay as they were written: their executor evaluates them. */
export function compileTaskResolver(node: Node, resolving: Resolving): TaskResolver {
  const bound = new Map<string, BoundTemplate>();
  const base = node.task.loc.length + 1;
  for (const use of node.uses) {
    const template = use.part === 'parameters' ? bindTemplate(node, use, resolving) : undefined;
    if (template) bound.set(JSON.stringify(use.loc.slice(base)), template);
  }
  const templateOf = (path: (string | number)[]) => (bound.size === 0 ? undefined : bound.get(JSON.stringify(path)));
  const secrets = secretsOf(node);
  const reopen = compileReopen([...bound].map(([path, template]) => ({ path: JSON.parse(path) as Path, template })));
  const resolver: TaskResolver = { parameters: compileValue(node.task.parameters, templateOf), secrets, reopen };
  const when = node.uses.find((use) => use.part === 'when' && !isGateUse(node, use));
  if (when) resolver.when = compileWhen(when);
  const key = concurrencyKey(node, resolving);
  if (key) resolver.concurrencyKey = key;
  return resolver;
}

/** What the gate of a task with `for_each` resolves: the list, and the condition that does not depend on the item. */
export function compileGateResolver(node: Node, resolving: Resolving): TaskResolver {
  const resolver: TaskResolver = { parameters: () => ({}), secrets: [], reopen: (input) => input, items: compileItems(node, resolving) };
  const when = node.uses.find((use) => use.part === 'when' && isGateUse(node, use));
  if (when) resolver.when = compileWhen(when);
  return resolver;
}

function secretsOf(node: Node): string[] {
  const references = node.uses.flatMap((use) => use.references);
  return [...new Set(references.filter(({ root }) => root.kind === 'secrets').map(({ path }) => String(path[0])))];
}

function compileWhen({ cel, loc }: Use): (scope: TaskScope) => boolean {
  const place = loc.join('.');
  return (scope) =>
    atPlace(place, () => {
      const result = cel?.evaluate(scope);
      if (typeof result === 'boolean') return result;
      throw new ResolutionError('when_not_boolean', `The condition must give true or false, not ${JSON.stringify(result)?.slice(0, 100)}`);
    });
}

function concurrencyKey(node: Node, resolving: Resolving): TaskResolver['concurrencyKey'] {
  const { concurrency } = node.task;
  if (!concurrency) return undefined;
  const use = node.uses.find((candidate) => candidate.part === 'concurrency');
  const template = use && bindTemplate(node, use, resolving);
  if (!template) return () => concurrency.key;
  const resolve = compileTemplate(template);
  return (scope) => print(resolve(scope));
}

function compileItems(node: Node, resolving: Resolving): (scope: TaskScope) => Json[] {
  const place = [...node.task.loc, 'for_each'].join('.');
  const use = node.uses.find((candidate) => candidate.part === 'for_each');
  const template = use?.template && isWhole(use.template) ? bindTemplate(node, use, resolving) : undefined;
  const list = node.task.forEach ?? [];
  const resolve = template ? compileTemplate(template) : () => list;
  return (scope) => atPlace(place, () => toItems(resolve(scope)));
}

/** Nothing to fan out over (null of a skipped task) is an empty list. */
function toItems(value: Json): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value))
    throw new ResolutionError(
      'for_each_not_a_list',
      `for_each needs a list, not ${isJsonObject(value) ? 'an object' : `a ${typeof value}`}`,
    );
  if (value.length > MAX_ITEMS) {
    throw new ResolutionError('too_many_items', `for_each takes at most ${MAX_ITEMS} items; the list has ${value.length}`);
  }
  return value;
}
