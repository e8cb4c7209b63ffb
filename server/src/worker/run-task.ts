import type { Json, JsonObject, Log, TaskLog } from '#base';
import { type ClaimedTask, errorRecord, retryDelayMs, type TaskOutcome } from '#engine';
import type { Executor, ExecutorContext, Outcome, TaskFailure } from '#executors';
import type { Plan, TaskScope } from '#language';
import { aboutTask } from './about-task.ts';
import type { NotRun } from './key-places.ts';
import { prepareTask } from './prepare-task.ts';
import { createRedactor, type Redactor } from './redact-secrets.ts';
import { type ReadValues, taskScope } from './task-scope.ts';

/** What the surroundings lend to one attempt. */
export type TaskSurroundings = Pick<ExecutorContext, 'now' | 'files' | 'documents' | 'models' | 'flows' | 'callOut' | 'deliveries'> & {
  /** The process's. */
  log: Log;
  /** What the executor logs to. */
  taskLog: TaskLog;
  /** Opened values of those that its parameters name. They go into its parameters, and out of all that it leaves behind. */
  secrets?: Readonly<Record<string, string>>;
  /**
   * What comes before the executor, once the task is known to run: an outcome, or that it does not run now, takes its place. `input` is the parameters
   * with their secrets unopened.
   */
  beforeRun?(input: JsonObject, scope: TaskScope): Promise<TaskOutcome | NotRun | undefined>;
};

/** Why an attempt was told to stop before its time. */
export type StopReason = 'cancelled' | 'draining' | 'lease_lost';

/**
 * One attempt, from claimed row to outcome: condition, references, the executor under its deadline. Never throws: what an executor throws is a
 * bug, logged once and failed as `executor_error`; so is an outcome that is none, and an output that is no JSON is `unstorable_output`.
 * `stop` is the attempt's own. Aborted with a StopReason: a cancel becomes cancelled, a drain gives the task back. The deadline aborts it too.
 */
export async function runTask(
  task: ClaimedTask,
  plan: Plan,
  inputs: readonly ReadValues[],
  executor: Executor | undefined,
  surroundings: TaskSurroundings,
  stop: AbortController,
): Promise<TaskOutcome | NotRun> {
  const { planned } = task;
  const scope = taskScope(task, inputs);
  const { secrets, ...lent } = surroundings;
  const prepared = prepareTask(plan, planned.number, scope, secrets);
  if ('outcome' in prepared) return prepared.outcome;
  if (planned.kind === 'gate') return { status: 'completed', items: prepared.items };
  const input = JSON.stringify(prepared.input);
  if (!executor)
    return failedOutcome(
      task,
      { code: 'unknown_executor', message: `This installation has no executor '${planned.executor}'`, retryable: false },
      input,
    );

  const early = await surroundings.beforeRun?.(prepared.input, scope);
  if (early !== undefined) return early;
  const redactor = createRedactor(secrets);
  const shown = redactor ? hideSecrets(lent, redactor) : lent;
  const deadline = setTimeout(() => stop.abort(TIMED_OUT), Math.min(planned.timeoutMs, MAX_TIMER_MS));
  try {
    const outcome = await attempt(task, executor, prepared.parameters, contextOf(task, scope, shown, stop.signal), shown.log);
    return toTaskOutcome(task, redactor && isOutcome(outcome) ? redactor.outcome(outcome) : outcome, input);
  } catch (error) {
    shown.log.error({ err: error, executor: executor.name, ...aboutTask(task) }, 'an executor answered what cannot be stored');
    return unstorable;
  } finally {
    clearTimeout(deadline);
  }
}

/**
 * A timer that is cleared, not AbortSignal.timeout joined by AbortSignal.any: those cost 15 us a task, more than all else that a worker does
 * for one, and stay in memory until the timeout has passed, however long ago the task ended.
 */
const TIMED_OUT = 'timed_out';
const MAX_TIMER_MS = 2 ** 31 - 1; // a longer one would fire at once

type Lent = Omit<TaskSurroundings, 'secrets' | 'beforeRun'>;

const hideSecrets = (lent: Lent, redactor: Redactor): Lent => ({
  ...lent,
  log: redactor.log(lent.log),
  taskLog: redactor.taskLog(lent.taskLog),
  files: redactor.files(lent.files),
  deliveries: redactor.deliveries(lent.deliveries),
});

function contextOf(task: ClaimedTask, scope: TaskScope, surroundings: Lent, signal: AbortSignal): ExecutorContext {
  const { now, files, documents, models, flows, callOut, deliveries, taskLog } = surroundings;
  return {
    now,
    files,
    documents,
    models,
    flows,
    callOut,
    deliveries,
    log: taskLog,
    signal,
    idempotencyKey: `${task.id}:${task.generation}`,
    attempt: task.attempt,
    firstStartedAt: task.startedAt,
    checkpoint: task.checkpoint,
    flowInput: task.execution.input,
    scope: { ...scope, execution: { ...scope.execution } },
  };
}

const GRACE_MS = 30_000; // core.md G13: an executor that does not hear its signal is left behind after this

/**
 * Runs the executor until it answers, or for 30 s after it was told to stop. What it completed all the same at its deadline, or while the process
 * drains, counts: to run it again would repeat its effects.
 */
async function attempt(
  task: ClaimedTask,
  executor: Executor,
  parameters: JsonObject,
  context: ExecutorContext,
  log: Log,
): Promise<Outcome | { status: StopReason } | { status: 'failed'; error: TaskFailure }> {
  const { signal } = context;
  const work = answerOf(executor, parameters, context).catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error, executor: executor.name, ...aboutTask(task) }, 'an executor threw');
    return { status: 'failed', error: bugFailure } as const;
  });
  const outcome = await Promise.race([work, leftBehind(signal)]);
  if (!signal.aborted) return outcome;
  if (signal.reason !== 'cancelled' && outcome.status !== 'failed') return outcome;
  if (signal.reason !== TIMED_OUT) return { status: signal.reason as StopReason };
  return { status: 'failed', error: timeoutFailure(task.planned.timeoutMs) };
}

/** An executor that throws before it answers a promise, or answers no outcome, is as wrong as one whose promise rejects. */
async function answerOf(executor: Executor, parameters: JsonObject, context: ExecutorContext): Promise<Outcome> {
  const outcome: Outcome | undefined = await executor.run(parameters, context);
  if (outcome === undefined || outcome === null || !OUTCOMES.has(outcome.status)) throw new TypeError('the executor answered no outcome');
  return outcome;
}

const OUTCOMES: ReadonlySet<string> = new Set<Outcome['status']>(['completed', 'failed', 'scheduled', 'awaiting_input']);

/** Else it was stopped: there is nothing in that to hide. */
const isOutcome = (outcome: Outcome | { status: StopReason }): outcome is Outcome => OUTCOMES.has(outcome.status);

const bugFailure: TaskFailure = {
  code: 'executor_error',
  message: 'The executor failed unexpectedly; the log of the worker has the cause',
  retryable: true,
};

/** Of what holds something that JSON or the database does not know. It would come again, so it is not tried again. */
export const unstorable: TaskOutcome = {
  status: 'failed',
  error: errorRecord({
    code: 'unstorable_output',
    message: 'The output holds something that the database cannot store',
    retryable: false,
  }),
};

const timeoutFailure = (timeoutMs: number): TaskFailure => ({
  code: 'timeout',
  message: `The task did not end within its timeout of ${timeoutMs / 1000} s`,
  retryable: true,
});

/** Resolves a while after the signal, for the executor that does not hear it. */
function leftBehind(signal: AbortSignal): Promise<{ status: 'failed'; error: TaskFailure }> {
  return new Promise((resolve) => {
    const give = () => setTimeout(() => resolve({ status: 'failed', error: bugFailure }), GRACE_MS).unref();
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

function toTaskOutcome(task: ClaimedTask, outcome: Outcome | { status: StopReason }, input: string): TaskOutcome {
  switch (outcome.status) {
    case 'completed':
      return { status: 'completed', output: JSON.stringify(outcome.output), summary: outcome.summary, routes: outcome.routes, input };
    case 'failed':
      return failedOutcome(task, outcome.error, input, outcome);
    case 'scheduled':
      return { status: 'scheduled', until: outcome.until, checkpoint: outcome.checkpoint, input };
    case 'awaiting_input':
      return { status: 'awaiting_input', checkpoint: outcome.checkpoint, until: outcome.until, topic: outcome.topic, input };
    case 'cancelled':
      return { status: 'cancelled' };
    default:
      return { status: 'released' };
  }
}

/** A failure, with the pause before the next attempt where the task's policy has one. */
export function failedOutcome(
  task: ClaimedTask,
  error: TaskFailure,
  input: string | undefined,
  more: { output?: Json; summary?: JsonObject; retryAfterMs?: number } = {},
): TaskOutcome {
  const retryInMs = retryDelayMs(task.planned.retry, { ...error, tries: task.tries, retryAfterMs: more.retryAfterMs });
  const output = more.output === undefined ? undefined : JSON.stringify(more.output);
  return { status: 'failed', error: errorRecord(error), retryInMs, output, summary: more.summary, input };
}
