import { assignScopes, noScopes, type Scopes } from './assign-scopes.ts';
import { buildGraph } from './build-graph.ts';
import { checkParameters } from './check-parameters.ts';
import { checkReferences } from './check-references.ts';
import { connectFlowHandlers, connectTasks, type Link } from './connect-tasks.ts';
import type { FlowDefinition } from './definition.ts';
import type { KnownExecutors } from './executor-facts.ts';
import { collectFaults, type Fault, type Faults, sortFaults } from './fault.ts';
import { isInput, type Node } from './graph.ts';
import { findCycle, sortTasks } from './sort-tasks.ts';

/** All that is known of a definition, sound or not. */
export interface Analysis {
  nodes: Node[];
  faults: Fault[];
  /** Nodes in the order in which they are numbered; undefined where the tasks wait for each other. */
  order: number[] | undefined;
  scopes: Scopes;
  links: Link[][];
}

/** Everything that can be said of a definition and every fault in it: the one validator behind plan and check. */
export function analyseFlow(definition: FlowDefinition, executors: KnownExecutors): Analysis {
  const faults = collectFaults(definition.locate, [...definition.faults]);
  const { nodes } = buildGraph(definition, executors, faults);
  checkInputs(definition, nodes, faults);
  for (const node of nodes) checkParameters(node, faults);
  const sources = (index: number) => (nodes[index] as Node).sources.map((source) => source.from);
  const order = sortNodes(nodes, sources, faults, 'cycle', 'The tasks wait for each other');
  const scopes = order ? assignScopes(nodes, order, faults) : noScopes(nodes);
  const isConflicting = !order || faults.list.some((fault) => fault.type.startsWith('fan_out'));
  const links = connectTasks(nodes, scopes, faults);
  connectFlowHandlers(nodes, links);
  const waits = (index: number) => (links[index] as Link[]).map((link) => link.from);
  const cyclic = 'A task within a fan-out needs one that waits for all its items';
  const final = isConflicting ? order : sortNodes(nodes, waits, faults, 'fan_out_cycle', cyclic);
  if (order || nodes.every((node) => node.task.forEach === undefined)) checkReferences(nodes, scopes, faults);
  return { nodes, faults: sortFaults(faults.list), order: order && final, scopes, links };
}

function checkInputs(definition: FlowDefinition, nodes: Node[], faults: Faults): void {
  const severity = 'incomplete';
  if (nodes.length === 0) {
    if (!faults.list.some((fault) => fault.severity === 'error')) faults.add(['tasks'], 'no_tasks', 'The flow has no tasks', { severity });
    return;
  }
  const inputs = nodes.filter(isInput);
  // Where an executor is unknown or a task unreadable, it may well be the input task that is missed.
  const allKnown = nodes.every((node) => node.executor) && definition.faults.every((fault) => fault.loc[0] !== 'tasks');
  if (inputs.length === 0 && allKnown) {
    faults.add(['tasks'], 'no_input_task', 'The flow has no input task, such as receive_file, so nothing can start it', { severity });
  }
  for (const { task, sources, isFlowHandler } of inputs) {
    const [source] = sources;
    if (source)
      faults.add(source.loc, 'input_task_dependency', `'${task.name}' is an input task: it begins a run and cannot wait for others`);
    if (task.forEach !== undefined || task.when !== undefined || isFlowHandler) {
      const key = isFlowHandler ? 'name' : task.forEach === undefined ? 'when' : 'for_each';
      faults.add([...task.loc, key], 'input_task_dependency', `'${task.name}' is an input task: it begins a run, once and always`);
    }
  }
}

const MAX_CYCLES = 20;

/** Topological order, input tasks first, ties as in the definition; undefined, and a fault for each cycle, where there is none. */
function sortNodes(
  nodes: Node[],
  predecessors: (index: number) => number[],
  faults: Faults,
  type: string,
  message: string,
): number[] | undefined {
  const places = [...nodes.filter(isInput), ...nodes.filter((node) => !isInput(node))].map((node) => node.index);
  const rank = new Map(places.map((index, place) => [index, place]));
  const removed = new Set<number>();
  const before = (place: number) =>
    predecessors(places[place] as number).flatMap((from) => (removed.has(rank.get(from) as number) ? [] : [rank.get(from) as number]));
  const { order, left } = sortTasks(places.length, (place) => before(place));
  for (let rest = left; rest.length > 0 && removed.size < nodes.length; ) {
    const cycle = findCycle(rest, before);
    addCycle(
      cycle.map((place) => nodes[places[place] as number] as Node),
      faults,
      type,
      message,
    );
    for (const place of cycle) removed.add(place);
    if (faults.list.filter((fault) => fault.type === type).length >= MAX_CYCLES) break;
    rest = sortTasks(places.length, (place) => (removed.has(place) ? [] : before(place))).left;
  }
  return left.length === 0 ? order.map((place) => places[place] as number) : undefined;
}

const MAX_SHOWN = 12;

function addCycle(cycle: Node[], faults: Faults, type: string, message: string): void {
  const names = cycle.map((node) => node.task.name);
  const shown = names.length > MAX_SHOWN ? [...names.slice(0, MAX_SHOWN), '...'] : names;
  const [first, second] = cycle;
  const loc = second?.sources.find((source) => source.from === first?.index)?.loc ?? first?.task.loc ?? ['tasks'];
  faults.add(loc, type, `${message}: ${shown.join(' -> ')}`);
}
