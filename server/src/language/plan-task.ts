import type { Json } from '#base';
import type { Analysis } from './analyse-flow.ts';
import { startsWith } from './assign-scopes.ts';
import { scopeOfUse, taskPath } from './check-references.ts';
import type { Use } from './collect-uses.ts';
import type { Link } from './connect-tasks.ts';
import type { ExecutorFacts } from './executor-facts.ts';
import { isWhole } from './find-references.ts';
import { fingerprint } from './fingerprint.ts';
import { isGateUse, type Node, readsItem } from './graph.ts';
import type { PassedValue, PlannedTask, Predecessor, RetryPolicy, RunIf } from './plan.ts';

/** Numbers in the plan by node. */
export interface Numbering {
  task: number[];
  gate: number[];
}

/** Only failures that the executor calls retryable are tried again; three attempts outlast most hiccups of a network or a model. */
const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, initialIntervalMs: 1000, backoff: 2, maxIntervalMs: 60_000, nonRetryable: [] };
const GATE_TIMEOUT_MS = 30_000;

/** The fan-out point of a task with `for_each`: it waits for all that the task waits for. */
export function planGate(node: Node, analysis: Analysis, numbering: Numbering): PlannedTask {
  const uses = node.uses.filter((use) => isGateUse(node, use));
  const shared = planShared(node, analysis, numbering, uses);
  const { forEach, when } = node.task;
  const gateWhen = uses.some((use) => use.part === 'when') ? when : undefined;
  return {
    ...shared,
    number: numbering.gate[node.index] as number,
    kind: 'gate',
    executor: 'gate',
    scope: scopeNumbers(analysis.scopes.outer[node.index] ?? [], numbering),
    after: predecessors(analysis.links[node.index] ?? [], numbering),
    runIf: runIfOf(node, analysis),
    onItemFailure: 'fail',
    pure: true,
    retry: { ...DEFAULT_RETRY, maxAttempts: 1 },
    timeoutMs: GATE_TIMEOUT_MS,
    outputSchema: {},
    fingerprint: fingerprint({ executor: 'gate', forEach, when: gateWhen, ...identity(node, shared, analysis) }),
  };
}

export function planTask(node: Node, analysis: Analysis, numbering: Numbering): PlannedTask {
  const { task } = node;
  const executor = node.executor as ExecutorFacts;
  const gate = numbering.gate[node.index];
  const uses = node.uses.filter((use) => !isGateUse(node, use));
  const shared = planShared(node, analysis, numbering, uses);
  const when = uses.some((use) => use.part === 'when') ? task.when : undefined;
  const runIf = gate === undefined ? runIfOf(node, analysis) : 'all';
  return {
    ...shared,
    number: numbering.task[node.index] as number,
    kind: 'task',
    executor: executor.name,
    scope: scopeNumbers(analysis.scopes.inner[node.index] ?? [], numbering),
    after: gate === undefined ? predecessors(analysis.links[node.index] ?? [], numbering) : [{ from: gate }],
    runIf,
    onItemFailure: task.onItemFailure ?? 'fail',
    pure: executor.pure,
    retry: retryOf(task.retry),
    timeoutMs: task.timeoutMs ?? executor.defaultTimeoutMs,
    ...passedValues(node, analysis, numbering),
    outputSchema: node.outputSchema,
    ...(node.inputSchema === undefined ? {} : { inputSchema: node.inputSchema }),
    ...(executor.eventRoutes === undefined ? {} : { eventRoutes: (output: Json) => executor.eventRoutes?.(output) ?? [] }),
    fingerprint: fingerprint({ executor: executor.name, parameters: task.parameters, when, runIf, ...identity(node, shared, analysis) }),
    ...(task.concurrency ? { concurrency: { limit: task.concurrency.limit } } : {}),
    ...(task.cache ? { cache: task.cache } : {}),
  };
}

type Shared = Pick<PlannedTask, 'name' | 'title' | 'rank' | 'readsItem' | 'reads'>;

function planShared(node: Node, { nodes, scopes }: Analysis, numbering: Numbering, uses: Node['uses']): Shared {
  const reads = new Map<number, PlannedTask['reads'][number]>();
  const byName = nodesByName(nodes);
  for (const use of uses) {
    for (const { root } of use.references) {
      const source = root.kind === 'task' ? byName.get(root.task) : undefined;
      if (!source) continue;
      const isSingle = startsWith(scopeOfUse(node, use, scopes), scopes.inner[source.index] ?? []);
      const task = numbering.task[source.index] as number;
      reads.set(task, { task, mode: isSingle ? 'single' : 'collection' });
    }
  }
  const { name, title, priority } = node.task;
  return { name, title, rank: priority ? -priority : 0, readsItem: readsItem(uses), reads: [...reads.values()] };
}

/** Only a whole reference hands a value over; a text around one makes a new value. */
function passedValues(node: Node, { nodes, scopes }: Analysis, numbering: Numbering): Pick<PlannedTask, 'passes'> {
  const passesOn = node.executor?.passesOn;
  if (!passesOn) return {};
  const byName = nodesByName(nodes);
  const base = [...node.task.loc, 'parameters', passesOn.parameter];
  const passes = node.uses.flatMap((use): PassedValue[] => {
    const reference = use.part === 'parameters' && use.template && isWhole(use.template) ? use.references[0] : undefined;
    const source = reference?.root.kind === 'task' ? byName.get(reference.root.task) : undefined;
    if (!reference || !source || !startsWithKeys(use.loc, base)) return [];
    const at = [...(passesOn.as === undefined ? [] : [passesOn.as]), ...use.loc.slice(base.length)];
    const isSingle = startsWith(scopeOfUse(node, use, scopes), scopes.inner[source.index] ?? []);
    const mode = isSingle ? 'single' : 'collection';
    return [{ at, task: numbering.task[source.index] as number, path: taskPath(source, reference.path), mode }];
  });
  return passes.length === 0 ? {} : { passes };
}

const startsWithKeys = (loc: Use['loc'], base: Use['loc']): boolean => base.every((key, depth) => loc[depth] === key);

const indexes = new WeakMap<Node[], Map<string, Node>>();

function nodesByName(nodes: Node[]): Map<string, Node> {
  const known = indexes.get(nodes) ?? new Map(nodes.map((node) => [node.task.name, node]));
  indexes.set(nodes, known);
  return known;
}

/** How a task stands among the others, in names: numbers change when a task is added elsewhere. */
function identity(node: Node, shared: Shared, { nodes, scopes, links }: Analysis): Record<string, Json> {
  const nameOf = (index: number): string => nodes[index]?.task.name ?? '';
  const after = (links[node.index] ?? []).map((link) => [nameOf(link.from), link.route ?? null, link.onFailure ?? false]);
  return {
    scope: (scopes.inner[node.index] ?? []).map(nameOf),
    after: after.map((entry) => JSON.stringify(entry)).sort(),
    modes: shared.reads.map((read) => read.mode),
  };
}

/** One failure is enough for what handles the failure of several tasks. */
function runIfOf({ index, isFlowHandler, task }: Node, { links }: Analysis): RunIf {
  if (isFlowHandler) return 'failed';
  const failures = links[index]?.filter((link) => link.onFailure).length ?? 0;
  return task.runIf ?? (failures > 1 ? 'any' : 'all');
}

const scopeNumbers = (scope: readonly number[], numbering: Numbering): number[] => scope.map((index) => numbering.gate[index] as number);

function predecessors(links: Link[], numbering: Numbering): Predecessor[] {
  const list = links.map(({ from, fromGate, route, onFailure }) => ({
    from: (fromGate ? numbering.gate[from] : numbering.task[from]) as number,
    ...(route === undefined ? {} : { route }),
    ...(onFailure ? { onFailure } : {}),
  }));
  return list.sort((a, b) => a.from - b.from);
}

function retryOf(retry: Partial<RetryPolicy> | undefined): RetryPolicy {
  const policy = { ...DEFAULT_RETRY, ...retry };
  return { ...policy, maxIntervalMs: Math.max(policy.maxIntervalMs, policy.initialIntervalMs) };
}
