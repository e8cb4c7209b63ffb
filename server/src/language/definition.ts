import type { Json, JsonObject } from '#base';
import type { Fault, Loc, Position } from './fault.ts';
import type { ReferenceMode, RetryPolicy, RunIf } from './plan.ts';

/** An entry of `depends_on`, or an edge: what must come first. `task` is a name or a title as written, `loc` where it stands. */
export interface Dependency {
  task: string;
  route?: string;
  loc: Loc;
}

/** One task as written, its keys translated and their types checked. What was wrong is in the definition's faults and absent here. */
export interface TaskDefinition {
  index: number;
  loc: Loc;
  name: string;
  executor: string;
  title: string;
  parameters: JsonObject;
  dependsOn: Dependency[];
  referenceModes: Record<string, ReferenceMode>;
  /** A reference to a list, or a list. */
  forEach?: Json;
  /** CEL. */
  when?: string;
  runIf?: Exclude<RunIf, 'failed'>;
  onFailure: string[];
  onItemFailure?: 'fail' | 'continue';
  retry?: Partial<RetryPolicy>;
  timeoutMs?: number;
  priority?: number;
  concurrency?: { key: string; limit: number };
  cache?: { ttlMs: number };
}

export interface Edge {
  source: string;
  target: string;
  /** What the edge's `source_handle` says: a route where the source is a branch. */
  handle?: string;
  loc: Loc;
}

/** A definition in either form, parsed: what `planFlow` takes. Made by `parseDefinition` only. */
export interface FlowDefinition {
  /** `wire`: {flow, flow_configs}. `flat`: {name, tasks, ...}. */
  form: 'wire' | 'flat';
  name?: string;
  description?: string;
  tasks: TaskDefinition[];
  edges: Edge[];
  /** Names of the tasks that run when the flow has failed. */
  onFailure: { task: string; loc: Loc }[];
  /** What parsing found. A plan is made only where none of them is an error. */
  faults: Fault[];
  /** Place of a path in the text, where there was one. */
  locate?: (loc: Loc) => Position | undefined;
}

export interface ParsedDefinition {
  definition: FlowDefinition;
  /** The object as it was sent, unknown keys kept. */
  document: JsonObject;
  /** Place of a path (from the config root) in the text; absent where an object was given. */
  positions?: (loc: Loc) => Position | undefined;
  faults: Fault[];
}
