import type { CallOut, Json, JsonObject, JsonSchema, TaskLog } from '#base';
import type { DocumentReader } from '#documents';
import type { Models } from '#models';

/** What an executor says of itself: the whole of GET /task-executors, of validation and of the reference page comes from here. */
export interface ExecutorDescription {
  /** snake_case, unique, for ever. */
  name: string;
  /** Default 1. To be raised when equal parameters give another output: what `cache` kept of the version before is then not taken. */
  version?: number;
  title: string;
  /** For people, at least 10 characters. */
  description: string;
  /** For a program that writes flows: when to use it, what to put in, what comes out. */
  agentPrompt: string;
  isInput: boolean;
  isSchedulable: boolean;
  /**
   * JSON Schema 2020-12 of `parameters`, inlined, without $schema. A string property with `format: 'liquid'` or `format: 'cel'` is never
   * text-substituted; one with `x-secret: true` may hold `{{secrets.NAME}}`.
   */
  parametersSchema: JsonSchema;
  /** Schema of a run's input; present exactly where `isInput`. */
  flowInputSchema: JsonSchema | null;
  /** The input of a run for these parameters as written, where they decide it (a form); absent: `flowInputSchema`. Pure. */
  inputSchema?(parameters: JsonObject): JsonSchema;
  /** Routes that the task may take with these parameters as written; absent: it has none. Pure. */
  routes?(parameters: JsonObject): string[];
  /** Routes taken where an event completes the waiting task with this output, and says none itself. Pure. */
  eventRoutes?(output: Json): string[];
  /**
   * Of one whose output holds data that are not its own: the parameter that gives them, and the field of the output that has them (absent: they are
   * the output). Who looks at the output is told which task the data come from (source_task_executions).
   */
  passesOn?: { parameter: string; as?: string };
  /** The output for these parameters as written (references unresolved). Pure. */
  outputSchema(parameters: JsonObject): JsonSchema;
  /** Mode of a reference to a task that has items, where the task does not say. */
  defaultReferenceMode: 'single' | 'collection';
  /** Settles together with what precedes it: no I/O, microseconds, the same result each time. */
  pure: boolean;
  /** How many run at once in one process; absent: no limit of its own. Work on the CPU says the number of cores. */
  concurrency?: number;
  defaultTimeoutMs: number;
  /**
   * A complete flow that runs, as YAML: shown in its reference page and run by the conformance suite. `answer` is there where the task
   * waits for an event: the output that settles it. `origin` is the server that it calls, for which a suite puts one of its own; the secrets
   * that it names are there, each fit to sign with.
   */
  example: { definition: string; input: JsonObject; answer?: Json; origin?: string };
}

export interface Executor extends ExecutorDescription {
  /**
   * Does the work. Expected failure is a value; a throw is a bug, logged once and failed as `executor_error`. Must stop soon after
   * `context.signal` aborts. May run again with the same idempotency key, after a crash or a retry.
   */
  run(parameters: JsonObject, context: ExecutorContext): Promise<Outcome>;
  /**
   * The same work without waiting, of a `pure` executor: lets the engine settle the task together with what precedes it. Only a completed
   * outcome is taken; anything else is left to `run`.
   */
  compute?(parameters: JsonObject, scope: TaskValues): Outcome;
}

/** Bound as data into liquid and cel parameters. */
export interface TaskValues {
  tasks: Record<string, Json>;
  input: Json;
  item?: Json;
  execution: JsonObject;
}

export interface TaskFailure {
  /** snake_case: what a retry policy names in non_retryable. */
  code: string;
  message: string;
  retryable: boolean;
  details?: Json;
}

export type Outcome =
  | { status: 'completed'; output: Json; summary?: JsonObject; routes?: string[] }
  | { status: 'failed'; error: TaskFailure; output?: Json; summary?: JsonObject; retryAfterMs?: number }
  /** A timer row: the executor runs again after `until`, with `context.checkpoint`. */
  | { status: 'scheduled'; until: Date; checkpoint: Json }
  /**
   * A row that waits for an event (review, webhook, external worker, child flow); the event settles it. Where none has come by `until`, the
   * executor runs again with its checkpoint and decides. Under `topic` outside workers may claim it.
   */
  | { status: 'awaiting_input'; checkpoint: Json; until?: Date; topic?: string };

export interface StoredFile {
  uri: string;
  filename: string | null;
  contentType: string;
  sizeBytes: number;
  metadata: JsonObject;
}

/** Files of the run's organization, by gs:// URI. Throws FlowError not_found or bad_request with what to do. */
export interface TaskFiles {
  describe(uri: string): Promise<StoredFile>;
  /** The whole file, its checksum verified. */
  read(uri: string): Promise<Buffer>;
  /** Stores a new file beside the flow's documents and answers its URI. The same name and attempt key give the same URI. */
  write(bytes: Buffer, options: { filename: string; contentType: string }): Promise<StoredFile>;
}

/** A run that a task has started. */
export interface ChildRun {
  flowExecutionId: string;
  status: 'queued' | 'running' | 'awaiting_input' | 'completed' | 'failed' | 'cancel_requested' | 'cancelled';
  /** Of a completed one: by name, the outputs of the tasks that no other follows; of a task in a fan-out the list of its items. */
  outputs: JsonObject;
  /** Of a failed one: the failure that came first. */
  error?: { taskName: string; message: string; record: JsonObject };
}

/** Other flows of the run's organization. */
export interface TaskFlows {
  /**
   * Starts the latest version of a flow, by id or by name, as a run that this task waits for: the same run for every attempt, as it stands now. A
   * task that waits for it answers `awaiting_input` with an `until` close by: it runs again when the run has ended. What cannot be started is refused.
   */
  start(request: {
    flowId?: string | undefined;
    flowName?: string | undefined;
    input: JsonObject;
    inputTaskName?: string | undefined;
  }): Promise<{ run: ChildRun } | { refused: TaskFailure }>;
}

/** One try to deliver a webhook, for the record. */
export interface TaskDelivery {
  messageId: string;
  url: string;
  /** As it was sent, so that it can be sent again. */
  payload: string;
  status: 'delivered' | 'failed';
  responseStatus: number | null;
  responseExcerpt: string | null;
  error: string | null;
  durationMs: number;
}

/** What has been sent, kept beside the run. Never throws: what was delivered is not repeated because its record failed. */
export interface TaskDeliveries {
  record(delivery: TaskDelivery): Promise<void>;
}

/** What a task may touch. No database, no tenant: what is here is already its organization's. */
export interface ExecutorContext {
  signal: AbortSignal;
  /** The same for every attempt of this task execution and generation. */
  idempotencyKey: string;
  attempt: number;
  /** When its first attempt started, by the database's clock. */
  firstStartedAt: Date;
  /** What time it is by the same clock. Dates are compared with this one: the machine's own clock may be an hour off. */
  now(): Date;
  /** What an earlier call left in `scheduled` or `awaiting_input`: this one comes after the time that it named, or is a retry. */
  checkpoint: Json | undefined;
  /** The run's input, verbatim: what an input executor turns into its output. */
  flowInput: JsonObject;
  scope: TaskValues;
  files: TaskFiles;
  documents: DocumentReader;
  models: Models;
  flows: TaskFlows;
  /** The one way out (base/safe-fetch.ts): what is not public, what hangs and what is too large is refused. Counted for the run's organization. */
  callOut: CallOut;
  deliveries: TaskDeliveries;
  /** Kept with the attempt, for the people who look at the run: no document's text, no secret. At most 1,000 lines. */
  log: TaskLog;
}
