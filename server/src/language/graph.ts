import type { JsonSchema } from '#base';
import type { Use } from './collect-uses.ts';
import type { TaskDefinition } from './definition.ts';
import type { ExecutorFacts } from './executor-facts.ts';
import type { Loc } from './fault.ts';
import type { ReferenceMode } from './plan.ts';

/** Why one task comes after another. */
export interface Source {
  /** Index of the earlier node. */
  from: number;
  via: 'reference' | 'order' | 'failure';
  /** Of a reference: how the task wants to be given the items of the other, if it has any. */
  mode?: ReferenceMode;
  route?: string;
  loc: Loc;
}

/** A task with all that planning knows of it. Nodes are numbered as in the definition; the plan numbers them anew. */
export interface Node {
  index: number;
  task: TaskDefinition;
  /** Undefined where there is no such executor, which is a fault. */
  executor: ExecutorFacts | undefined;
  outputSchema: JsonSchema;
  /** What a run's input must look like; only input tasks have it. */
  inputSchema: JsonSchema | undefined;
  routes: string[] | undefined;
  uses: Use[];
  /** By task name: what `reference_modes` says, names resolved. */
  modes: ReadonlyMap<string, ReferenceMode>;
  sources: Source[];
  /** It runs when the flow has failed, after all else. */
  isFlowHandler: boolean;
}

export const isInput = (node: Node): boolean => node.executor?.isInput === true;

/** Uses that belong to the gate of a task with `for_each`: they are read once, before there are items. */
export function isGateUse(node: Node, use: Use): boolean {
  if (node.task.forEach === undefined) return false;
  return use.part === 'for_each' || (use.part === 'when' && !readsItem([use]));
}

export const readsItem = (uses: Use[]): boolean => uses.some((use) => use.references.some(({ root }) => root.kind === 'item'));
