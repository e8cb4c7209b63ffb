import type { Faults } from './fault.ts';
import type { Node, Source } from './graph.ts';

/** Nodes whose gates are around a task, outermost first. */
export type Scope = readonly number[];

export interface Scopes {
  /** Where a task's gate stands, or the task itself where it has none. */
  outer: Scope[];
  /** Where the task itself stands: within its own gate too. */
  inner: Scope[];
}

/** Items of three levels of 2^17 fit a double (DESIGN.md, the definition language). */
const MAX_DEPTH = 3;

export const startsWith = (scope: Scope, prefix: Scope): boolean => prefix.every((gate, level) => scope[level] === gate);

export const noScopes = (nodes: Node[]): Scopes => ({ outer: nodes.map(() => []), inner: nodes.map(() => []) });

/**
 * In which fan-outs each task runs. A task that refers in mode `single` to one that has items runs once for each of them: it stands in the
 * same scope. `order` holds nodes so that each comes after its sources.
 */
export function assignScopes(nodes: Node[], order: number[], faults: Faults): Scopes {
  const scopes = noScopes(nodes);
  for (const index of order) {
    const node = nodes[index] as Node;
    const outer = node.isFlowHandler ? [] : scopeOf(node, nodes, scopes, faults);
    const inner = node.task.forEach === undefined ? outer : [...outer, index];
    if (inner.length > MAX_DEPTH) {
      faults.add(
        [...node.task.loc, 'for_each'],
        'fan_out_depth',
        `Fan-outs may be nested ${MAX_DEPTH} deep; this one is the ${inner.length}th`,
      );
    }
    scopes.outer[index] = outer;
    scopes.inner[index] = inner;
    checkCollections(node, nodes, scopes, faults);
  }
  return scopes;
}

/** The deepest of the scopes that are referred to item by item; they must lie within one another. */
function scopeOf(node: Node, nodes: Node[], scopes: Scopes, faults: Faults): Scope {
  let deepest: Scope = [];
  let by: Source | undefined;
  for (const source of node.sources) {
    if (source.mode !== 'single') continue;
    const scope = scopes.inner[source.from] as Scope;
    if (startsWith(deepest, scope)) continue;
    if (startsWith(scope, deepest)) {
      deepest = scope;
      by = source;
      continue;
    }
    const [one, other] = [nodes[(by as Source).from]?.task.name, nodes[source.from]?.task.name];
    const message = `'${one}' and '${other}' belong to different fan-outs, so '${node.task.name}' cannot run once per item of both: set the mode of one to collection in reference_modes`;
    faults.add(source.loc, 'fan_out_conflict', message);
  }
  return deepest;
}

/** All items of a task cannot be waited for by one that runs once for each of them. */
function checkCollections(node: Node, nodes: Node[], scopes: Scopes, faults: Faults): void {
  const outer = scopes.outer[node.index] as Scope;
  for (const source of node.sources) {
    const scope = scopes.inner[source.from] as Scope;
    if (source.mode !== 'collection' || scope.length === 0 || !startsWith(outer, scope)) continue;
    const name = nodes[source.from]?.task.name;
    const message = `'${node.task.name}' runs once per item, beside '${name}', so it cannot have the collection of all its items: refer to it in mode single, or collect in a task of its own`;
    faults.add(source.loc, 'fan_out_conflict', message);
  }
}
