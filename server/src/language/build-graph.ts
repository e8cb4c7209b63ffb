import type { JsonSchema } from '#base';
import { type CompileBudget, collectUses, MAX_COMPILED } from './collect-uses.ts';
import type { Dependency, FlowDefinition, TaskDefinition } from './definition.ts';
import type { ExecutorFacts, KnownExecutors } from './executor-facts.ts';
import type { Faults, Loc } from './fault.ts';
import { unknownTask } from './find-references.ts';
import type { Node, Source } from './graph.ts';
import type { ReferenceMode } from './plan.ts';
import { nameTasks, type TaskNames } from './task-names.ts';

interface NodeContext {
  names: TaskNames;
  faults: Faults;
  budget: CompileBudget;
}

export interface Graph {
  nodes: Node[];
  names: TaskNames;
  /** Of two tasks with one name, the first. */
  byName: ReadonlyMap<string, Node>;
}

/** Every task with its executor, what it reads and what it comes after. What does not exist is a fault and left out. */
export function buildGraph(definition: FlowDefinition, executors: KnownExecutors, faults: Faults): Graph {
  const names = nameTasks(definition.tasks);
  const context = { names, faults, budget: { left: MAX_COMPILED } };
  const nodes = definition.tasks.map((task, index) => createNode(task, index, executors, context));
  const byName = new Map<string, Node>();
  for (const node of nodes) {
    const { name, loc } = node.task;
    if (byName.has(name)) faults.add([...loc, 'name'], 'duplicate_name', `Another task is already named '${name}'`, { input: name });
    else byName.set(name, node);
  }
  const graph: Graph = { nodes, names, byName };
  markFlowHandlers(definition, graph, faults);
  for (const node of nodes) addReferenceSources(node, graph);
  for (const node of nodes) addDependencies(node, graph, faults);
  addEdges(definition, graph, faults);
  for (const node of nodes) addFailureSources(node, graph, faults);
  return graph;
}

function createNode(task: TaskDefinition, index: number, executors: KnownExecutors, context: NodeContext): Node {
  const { names, faults } = context;
  const executor = task.executor === '' ? undefined : executors.get(task.executor);
  if (!executor && task.executor !== '') {
    const available = executors.names.join(', ');
    const message = `Invalid task executor '${task.executor}'${faults.suggest(task.executor, executors.names)}. Available: ${available}`;
    faults.add([...task.loc, 'task_executor_name'], 'unknown_executor', message, { input: task.executor });
  }
  return {
    index,
    task,
    executor,
    outputSchema: executor ? describeOutput(executor, task, faults) : {},
    inputSchema: executor?.isInput ? (executor.inputSchema?.(task.parameters) ?? executor.flowInputSchema ?? {}) : undefined,
    routes: executor?.routes?.(task.parameters),
    uses: collectUses(task, executor?.parametersSchema ?? {}, context),
    modes: resolveModes(task, names, faults),
    sources: [],
    isFlowHandler: false,
  };
}

/** An executor may stumble over parameters that are not yet right: then its output is simply unknown (core.md 5). */
function describeOutput(executor: ExecutorFacts, task: TaskDefinition, faults: Faults): JsonSchema {
  try {
    return executor.outputSchema(task.parameters);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    faults.add([...task.loc, 'parameters'], 'output_unknown', `The output cannot be told from these parameters: ${reason}`);
    return {};
  }
}

function resolveModes(task: TaskDefinition, names: TaskNames, faults: Faults): Map<string, ReferenceMode> {
  const modes = new Map<string, ReferenceMode>();
  for (const [label, mode] of Object.entries(task.referenceModes)) {
    const found = names.find(label);
    if (found) modes.set(found.name, mode);
    else faults.add([...task.loc, 'reference_modes', label], 'unknown_task', unknownTask(label, names), { input: label });
  }
  return modes;
}

function markFlowHandlers(definition: FlowDefinition, graph: Graph, faults: Faults): void {
  for (const { task, loc } of definition.onFailure) {
    const found = graph.names.find(task);
    const node = found && graph.byName.get(found.name);
    if (node) node.isFlowHandler = true;
    else faults.add(loc, 'unknown_task', unknownTask(task, graph.names), { input: task });
  }
}

function addReferenceSources(node: Node, graph: Graph): void {
  for (const use of node.uses) {
    for (const { root } of use.references) {
      const from = root.kind === 'task' ? graph.byName.get(root.task) : undefined;
      if (!from) continue;
      const mode = node.modes.get(from.task.name) ?? node.executor?.defaultReferenceMode ?? 'single';
      node.sources.push({ from: from.index, via: 'reference', mode, loc: use.loc });
    }
  }
}

function addDependencies(node: Node, graph: Graph, faults: Faults): void {
  for (const dependency of node.task.dependsOn) {
    const source = resolveDependency(dependency, graph, faults);
    if (source) node.sources.push(source);
  }
}

/** `"task"`, `"task.route"` or `{task, route}`. A name with a dot in it is found as a whole first. */
function resolveDependency({ task, route, loc }: Dependency, graph: Graph, faults: Faults): Source | undefined {
  const start = graph.names.findPrefix(task);
  const from = start && graph.byName.get(start.task.name);
  if (!start || !from || (start.rest !== '' && (route !== undefined || start.rest[0] !== '.'))) {
    faults.add(loc, 'unknown_task', unknownTask(task, graph.names), { input: task });
    return undefined;
  }
  return orderSource(from, route ?? (start.rest === '' ? undefined : start.rest.slice(1)), loc, faults);
}

function orderSource(from: Node, route: string | undefined, loc: Loc, faults: Faults): Source | undefined {
  if (route === undefined) return { from: from.index, via: 'order', loc };
  if (from.routes?.includes(route)) return { from: from.index, via: 'order', route, loc };
  if (!from.executor) return { from: from.index, via: 'order', loc };
  const known = from.routes ?? [];
  const message = from.routes
    ? `Task '${from.task.name}' has no route '${route}'${faults.suggest(route, known)}. It has ${known.join(', ') || 'none'}`
    : `Task '${from.task.name}' has no routes`;
  faults.add(loc, 'unknown_route', message, { input: route });
  return undefined;
}

function addEdges({ edges }: FlowDefinition, graph: Graph, faults: Faults): void {
  for (const edge of edges) {
    const source = endOf(edge.source, 'source', edge.loc, graph, faults);
    const target = endOf(edge.target, 'target', edge.loc, graph, faults);
    if (!source || !target) continue;
    // Editors name the handles of every node; only a branch's are routes.
    const route = source.routes ? edge.handle : undefined;
    const added = orderSource(source, route, [...edge.loc, 'source_handle'], faults);
    if (added) target.sources.push(added);
  }
}

function endOf(label: string, end: 'source' | 'target', loc: Loc, graph: Graph, faults: Faults): Node | undefined {
  const found = graph.names.find(label);
  if (found) return graph.byName.get(found.name);
  const which = end === 'source' ? 'Source' : 'Target';
  faults.add([...loc, end], 'unknown_task', `${which} task '${label}' does not exist${faults.suggest(label, graph.names.all)}`, {
    input: label,
  });
  return undefined;
}

/** The task that failed is what its handler comes after, by that edge alone: a plain one would never be alive. */
function addFailureSources(node: Node, graph: Graph, faults: Faults): void {
  for (const [i, label] of node.task.onFailure.entries()) {
    const loc: Loc = [...node.task.loc, 'on_failure', i];
    const found = graph.names.find(label);
    const handler = found && graph.byName.get(found.name);
    if (!handler) {
      faults.add(loc, 'unknown_task', unknownTask(label, graph.names), { input: label });
      continue;
    }
    handler.sources = handler.sources.filter((source) => source.from !== node.index || source.via === 'reference');
    for (const source of handler.sources) if (source.from === node.index) source.via = 'failure';
    handler.sources.push({ from: node.index, via: 'failure', loc });
  }
}
