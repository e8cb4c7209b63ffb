import type { JsonSchema } from '#base';
import { type Analysis, analyseFlow } from './analyse-flow.ts';
import type { FlowDefinition, ParsedDefinition } from './definition.ts';
import { type ExecutorLookup, knownExecutors } from './executor-facts.ts';
import type { Fault } from './fault.ts';
import { isInput, type Node } from './graph.ts';
import { parseDefinition } from './parse-definition.ts';
import type { Plan, ReferenceMode } from './plan.ts';
import { buildPlan } from './plan-flow.ts';

export interface CheckedDefinition {
  name: string | undefined;
  faults: Fault[];
  /** Each task after what it needs, input tasks first, ties as in the definition; null where the tasks wait for each other. */
  orderedTaskNames: string[] | null;
  /** By task name; of a task whose executor is unknown there is none. */
  outputSchemas: Record<string, JsonSchema>;
  inputSchemas: Record<string, JsonSchema>;
  /** By task name, then by the name of the task that it refers to. */
  defaultReferenceModes: Record<string, Record<string, ReferenceMode>>;
  inputTaskNames: string[];
  /** Present where there is no fault. */
  plan?: Plan;
}

/**
 * Everything that a definition can be told: what API, CLI, editor and agents validate with. Takes a text, an object, or what
 * `parseDefinition` made of one. Never throws for what a definition holds.
 */
export function checkDefinition(source: unknown, executors: ExecutorLookup, options: { format?: 'yaml' | 'json' } = {}): CheckedDefinition {
  return checkParsedDefinition(parseDefinition(source, options), executors);
}

export function checkParsedDefinition({ definition }: Pick<ParsedDefinition, 'definition'>, executors: ExecutorLookup): CheckedDefinition {
  const analysis = analyseFlow(definition, knownExecutors(executors));
  return { ...describe(definition, analysis), ...(analysis.faults.length === 0 ? { plan: buildPlan(analysis) } : {}) };
}

function describe(definition: FlowDefinition, { nodes, faults, order }: Analysis): CheckedDefinition {
  const known = nodes.filter((node) => node.executor);
  const named = <T>(list: Node[], value: (node: Node) => T): Record<string, T> =>
    Object.fromEntries(list.map((node) => [node.task.name, value(node)]));
  return {
    name: definition.name,
    faults,
    orderedTaskNames: order ? order.map((index) => nodes[index]?.task.name as string) : null,
    outputSchemas: named(known, (node) => node.outputSchema),
    inputSchemas: named(known.filter(isInput), (node) => node.inputSchema ?? {}),
    defaultReferenceModes: named(known, (node) => defaultModes(node, nodes)),
    inputTaskNames: known.filter(isInput).map((node) => node.task.name),
  };
}

function defaultModes(node: Node, nodes: Node[]): Record<string, ReferenceMode> {
  const referred = node.sources.filter((source) => source.mode !== undefined).map((source) => nodes[source.from]?.task.name as string);
  return Object.fromEntries(referred.map((name) => [name, node.executor?.defaultReferenceMode ?? 'single']));
}
