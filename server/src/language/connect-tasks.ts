import type { Scope, Scopes } from './assign-scopes.ts';
import type { Faults } from './fault.ts';
import { isGateUse, type Node, readsItem, type Source } from './graph.ts';

/** An arrival that a node waits for: from a task, or from the gate of a fan-out that it stands in. */
export interface Link {
  from: number;
  /** From the gate of `from`, into its scope. */
  fromGate?: true;
  route?: string;
  onFailure?: true;
}

/**
 * What each node waits for. A link ends at a node's gate where it has one, and no link leads from outside into a scope: what a task within
 * a fan-out needs from outside, its gate waits for.
 */
export function connectTasks(nodes: Node[], scopes: Scopes, faults: Faults): Link[][] {
  const links: Map<string, Link>[] = nodes.map(() => new Map());
  const add = (to: number, link: Link): void => {
    links[to]?.set(`${link.from}/${link.fromGate ? 'gate' : ''}/${link.onFailure ? 'failure' : ''}/${link.route ?? ''}`, link);
  };
  for (const node of nodes) {
    if (node.isFlowHandler) continue;
    for (const source of node.sources) connectSource(node, source, scopes, add, faults);
    for (const gate of itemGates(node, scopes)) add(node.index, { from: gate, fromGate: true });
  }
  const connected = links.map((byKey) => dropImplied([...byKey.values()]));
  for (const node of nodes) dropCertain(node, connected, faults);
  return connected;
}

function connectSource(node: Node, source: Source, scopes: Scopes, add: (to: number, link: Link) => void, faults: Faults): void {
  const scope = scopes.inner[source.from] as Scope;
  const target = scopes.outer[node.index] as Scope;
  const link: Link = { from: source.from };
  if (source.route !== undefined) link.route = source.route;
  if (source.via === 'failure') link.onFailure = true;
  const level = target.findIndex((gate, i) => scope[i] !== gate);
  if (level < 0) add(node.index, link);
  else if (!link.onFailure) add(target[level] as number, link);
  else {
    const message = `'${node.task.name}' runs once per item of a fan-out, so it cannot handle the failure of a task outside it`;
    faults.add(source.loc, 'fan_out_conflict', message);
  }
}

/** Gates that a node must hear from, since the item that they carry is read: its own gate always is heard, so only others count. */
function itemGates(node: Node, scopes: Scopes): number[] {
  const gated = node.task.forEach !== undefined;
  const reading = gated ? node.uses.filter((use) => isGateUse(node, use)) : node.uses;
  const gate = readsItem(reading) ? scopes.outer[node.index]?.at(-1) : undefined;
  return gate === undefined ? [] : [gate];
}

/** A plain arrival adds nothing to one by a route or after a failure of the same task. */
function dropImplied(links: Link[]): Link[] {
  const special = new Set(links.filter((link) => link.route !== undefined || link.onFailure).map((link) => link.from));
  return links.filter((link) => link.fromGate || link.route !== undefined || link.onFailure || !special.has(link.from));
}

/**
 * What handles failures waits for them alone: a task that came before each of those that may fail has completed by then, and adds nothing.
 * With one failure to handle, other sources are waited for as well; with several, any one of which is enough, there would be no saying.
 */
function dropCertain(node: Node, links: Link[][], faults: Faults): void {
  const own = links[node.index] as Link[];
  const failing = new Set(own.filter((link) => link.onFailure).map((link) => link.from));
  if (failing.size === 0) return;
  const earlier = [...failing].map((from) => ancestorsOf(from, links));
  const kept = own.filter((link) => link.onFailure || link.fromGate || !earlier.every((ancestors) => ancestors.has(link.from)));
  links[node.index] = kept;
  const other = failing.size > 1 ? kept.find((link) => !link.onFailure) : undefined;
  if (!other) return;
  const message = `'${node.task.name}' handles the failure of several tasks, so it cannot also wait for others`;
  faults.add(node.task.loc, 'on_failure_conflict', message);
}

function ancestorsOf(node: number, links: Link[][]): Set<number> {
  const found = new Set<number>();
  const open = [node];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { from } of links[at] as Link[]) {
      if (found.has(from)) continue;
      found.add(from);
      open.push(from);
    }
  }
  return found;
}

/**
 * Tasks of the flow's on_failure come after every end of the rest: what nothing else follows. Tasks behind them are theirs, not the flow's.
 */
export function connectFlowHandlers(nodes: Node[], links: Link[][]): void {
  if (!nodes.some((node) => node.isFlowHandler)) return;
  const handling = new Set(nodes.filter((node) => node.isFlowHandler).map((node) => node.index));
  for (let before = -1; before !== handling.size; ) {
    before = handling.size;
    for (const [to, list] of links.entries()) if (list.some((link) => handling.has(link.from))) handling.add(to);
  }
  const followed = new Set<number>();
  for (const [to, list] of links.entries()) if (!handling.has(to)) for (const link of list) followed.add(link.from);
  const ends = nodes.filter((node) => !handling.has(node.index) && !followed.has(node.index));
  for (const node of nodes) {
    if (!node.isFlowHandler) continue;
    const earlier = node.sources.filter((source) => handling.has(source.from)).map((source) => source.from);
    links[node.index] = [...new Set([...ends.map((end) => end.index), ...earlier])].map((from) => ({ from }));
  }
}
