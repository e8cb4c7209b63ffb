import type { Json, JsonObject, JsonSchema } from '#base';

/** `single`: the task runs once for each item of the task that it refers to. `collection`: once, with the list. */
export type ReferenceMode = 'single' | 'collection';

/** Which outcomes of what lies before a task let it run (DESIGN.md, the definition language). `failed` is internal: an on_failure task. */
export type RunIf = 'all' | 'any' | 'always' | 'failed';

export interface RetryPolicy {
  maxAttempts: number;
  initialIntervalMs: number;
  backoff: number;
  maxIntervalMs: number;
  /** Error codes after which no further attempt is made. */
  nonRetryable: string[];
}

/** One edge of the plan: worth one arrival at the task that names it. */
export interface Predecessor {
  /** Number of the earlier task. */
  from: number;
  /** A route of a branch; the arrival is alive only where the branch took it. */
  route?: string;
  /** Alive where the earlier task failed (an on_failure task), skipped where it did not. */
  onFailure?: boolean;
  /** Never alive: an input task that was not triggered. */
  never?: boolean;
}

/** One reference whose value a task passes on as it was given. */
export interface PassedValue {
  /** Where it stands in the task's output; empty: it is the output. */
  at: (string | number)[];
  /** Number of the task that it is read from. */
  task: number;
  /** What of that task's output it is; empty: all of it. */
  path: (string | number)[];
  mode: ReferenceMode;
}

/**
 * A task as the engine sees it: numbers, no names to resolve. `tasks` of a plan are in topological order and a task's number is its index.
 * Everything is data, but `definition`-side values that only the resolver reads are kept beside in `resolve`.
 */
export interface PlannedTask {
  number: number;
  name: string;
  /** A gate is the fan-out point of the task whose name it bears: its outcome has `items`, its own row is hidden from users. */
  kind: 'task' | 'gate';
  executor: string;
  title: string;
  /** Numbers of the gates around it, outermost first. A task in a scope runs once per item of that gate. */
  scope: number[];
  after: Predecessor[];
  runIf: RunIf;
  /** `fail`: a failed item fails the execution and cancels what collects it. `continue`: the collector gets null for it. */
  onItemFailure: 'fail' | 'continue';
  /** Settles within the settle of what precedes it: no I/O, microseconds (gates; executors that say so). */
  pure: boolean;
  retry: RetryPolicy;
  timeoutMs: number;
  /** Lower first; -100 to 100. */
  rank: number;
  /** True where a reference or expression of the task uses `item`. */
  readsItem: boolean;
  /** Numbers of the tasks whose outputs its parameters and expressions read, with how: one value, or the list of its items. */
  reads: { task: number; mode: ReferenceMode }[];
  /** Of a task that passes data on: where it has them from. */
  passes?: PassedValue[];
  /** What the task's output looks like: JSON Schema, from the executor and the parameters as written. */
  outputSchema: JsonSchema;
  /** What a run's input must look like; only input tasks have it. */
  inputSchema?: JsonSchema;
  /** Routes taken where an event completes the waiting task with this output, and says none itself. Pure. */
  eventRoutes?(output: Json): string[];
  /** Changes when anything that decides the task's result changes (executor, parameters, modes, conditions): only_stale compares it over versions. */
  fingerprint: string;
  /** At most `limit` of the tasks with an equal key run at once; the key is resolved by `TaskResolver.concurrencyKey`. */
  concurrency?: { limit: number };
  /** How long an output may be reused for an equal input. */
  cache?: { ttlMs: number };
}

/** A definition ready to run. Made once a version by `planFlow`, kept in memory, never stored. */
export interface Plan {
  tasks: PlannedTask[];
  /** Numbers of the input tasks, in the order of the definition. */
  inputTasks: number[];
  /** Task numbers by name (gates are not in it). */
  byName: ReadonlyMap<string, number>;
  /** Compiled references, expressions and templates, by task number: opaque outside the language folder. */
  resolve: ReadonlyMap<number, TaskResolver>;
}

/** Values that a task's parameters may refer to, when it is about to run. */
export interface TaskScope {
  /** Outputs by task name. A collection is a list by item, null where an item has no output; a skipped task is null. */
  tasks: Record<string, Json>;
  input: Json;
  item?: Json;
  execution: { id: string; flow_id: string; flow_version: number; run_number: number; organization_id: string; created_at: string };
  /** Opened values of `{{secrets.NAME}}`. Without it they stay as written, which is how a task's input is stored. */
  secrets?: Readonly<Record<string, string>>;
}

/** Compiled parts of one task. Each throws a `ResolutionError` (resolve-references.ts), with the place, where a value cannot be had. */
export interface TaskResolver {
  /** Parameters with references replaced by values, types kept. Parameters of format liquid or cel stay as they were written. */
  parameters(scope: TaskScope): Json;
  /** The `when` condition; undefined where the task has none. */
  when?: (scope: TaskScope) => boolean;
  /** The list that a gate fans out over; only gates have it. */
  items?: (scope: TaskScope) => Json[];
  /** The resolved key of `concurrency`; undefined where the task has none. */
  concurrencyKey?: (scope: TaskScope) => string;
  /** Names of the secrets that its parameters refer to. */
  secrets: string[];
  /**
   * A task's stored input with its secrets opened again, for what repeats a part of its work later. Only where the definition itself refers to
   * them, and to nothing else in the same text: what a reference brought in may look like one. Throws `secret_not_repeatable` elsewhere.
   */
  reopen(input: JsonObject, secrets: Readonly<Record<string, string>>): JsonObject;
}
