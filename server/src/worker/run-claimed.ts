import { type SecretReader, SecretUnreadableError } from '#access';
import type { Log, SafeFetch } from '#base';
import type { EngineDatabase } from '#db';
import type { DocumentReader } from '#documents';
import type { ClaimedTask, TaskEngine, TaskOutcome } from '#engine';
import type { Catalogue, TaskFailure } from '#executors';
import type { FileStore } from '#files';
import type { Models } from '#models';
import type { Metrics } from '#telemetry';
import { aboutTask } from './about-task.ts';
import type { DatabaseClock } from './database-clock.ts';
import { enterPlaces } from './enter-places.ts';
import type { KeyPlaces, NotRun } from './key-places.ts';
import type { LogWriter } from './log-writer.ts';
import type { Plans } from './plans.ts';
import { failedOutcome, runTask, type TaskSurroundings } from './run-task.ts';
import { storeLargeOutput } from './store-large-output.ts';
import { TaskCache } from './task-cache.ts';
import { createTaskDeliveries } from './task-deliveries.ts';
import { createTaskFiles } from './task-files.ts';
import { createTaskFlows } from './task-flows.ts';
import type { AttemptLog } from './task-log.ts';
import type { TaskPauses } from './task-pauses.ts';
import type { ReadValues } from './task-scope.ts';

/** What a worker process lends to the tasks that it runs. */
export interface TaskMeans {
  db: EngineDatabase;
  engine: Pick<TaskEngine, 'findChild' | 'startChild' | 'controls'>;
  plans: Plans;
  catalogue: Catalogue;
  files: FileStore;
  documents: DocumentReader;
  models: Models;
  logs: LogWriter;
  clock: Pick<DatabaseClock, 'now'>;
  places: KeyPlaces;
  pauses: TaskPauses;
  secrets: SecretReader;
  /** The way out for what users wrote. */
  wayOut: SafeFetch;
  log: Log;
  metrics?: Metrics | undefined;
}

/**
 * One attempt with all that it needs, its output stored where it is large. `inputs` is undefined where what the task reads could not be had. Never
 * throws: what keeps a task from running here, and is nobody's fault, gives it back.
 */
export async function runClaimed(
  means: TaskMeans,
  task: ClaimedTask,
  inputs: readonly ReadValues[] | undefined,
  stop: AbortController,
): Promise<TaskOutcome | NotRun> {
  const stopped = await means.pauses.stop(task);
  if (stopped !== undefined) return stopped;
  const attemptLog = means.logs.open(task);
  const outcome = await outcomeOf(means, task, inputs, attemptLog, stop);
  if (typeof outcome === 'string') return outcome;
  noteFailure(attemptLog, outcome);
  await attemptLog.end(); // before the settle: when the task has ended, its log is there
  return outcome;
}

async function outcomeOf(
  means: TaskMeans,
  task: ClaimedTask,
  inputs: readonly ReadValues[] | undefined,
  attemptLog: AttemptLog,
  stop: AbortController,
): Promise<TaskOutcome | NotRun> {
  const { db, files, plans, catalogue, log } = means;
  if (inputs === undefined) return failedOutcome(task, storageFailure('read'), undefined);
  try {
    const { organizationId, id: flowExecutionId, flowId, flowVersionId } = task.execution;
    const plan = await plans.load(organizationId, flowVersionId);
    const idempotencyKey = `${task.id}:${task.generation}`;
    const isOwn = task.planned.cache === undefined; // a cached output that names a file hands it to other runs
    const taskFiles = createTaskFiles({ db, store: files, organizationId, flowId, flowExecutionId, isOwn, idempotencyKey });
    const executor = catalogue.get(task.planned.executor);
    const cache = TaskCache.of(means, task, executor);
    const names = plan.resolve.get(task.planned.number)?.secrets ?? [];
    const surroundings: TaskSurroundings = {
      now: means.clock.now,
      files: taskFiles,
      documents: means.documents,
      models: means.models,
      flows: createTaskFlows({ db, engine: means.engine, plans, catalogue, files, task }),
      callOut: means.wayOut.share(organizationId),
      deliveries: createTaskDeliveries({ db, task, log, metrics: means.metrics }),
      log,
      taskLog: attemptLog.log,
    };
    if (names.length > 0) surroundings.secrets = await means.secrets.open(organizationId, names);
    if (executor && (cache || task.planned.concurrency || !means.engine.controls.isIdle))
      surroundings.beforeRun = async (input, scope) =>
        (await cache?.find(input, scope, attemptLog.log)) ?? enterPlaces(means, task, executor, { plan, scope, input });
    const outcome = await runTask(task, plan, inputs, executor, surroundings, stop);
    if (typeof outcome === 'string') return outcome;
    await cache?.keep(outcome);
    return await stored(means, task, outcome);
  } catch (error) {
    if (error instanceof SecretUnreadableError)
      return failedOutcome(task, { code: 'secret_unreadable', message: error.message, retryable: false }, undefined);
    log.error({ err: error, ...aboutTask(task) }, 'a task could not be run');
    return { status: 'released' };
  }
}

/** The row keeps the last error only: each attempt's own stands here. */
function noteFailure(attemptLog: AttemptLog, outcome: TaskOutcome): void {
  if (outcome.status !== 'failed') return;
  const { code, message } = outcome.error;
  const isLast = outcome.retryInMs === undefined;
  const fields = { code: code ?? null, ...(isLast ? {} : { retry_in_ms: Math.round(outcome.retryInMs ?? 0) }) };
  attemptLog.note(isLast ? 'error' : 'warn', fields, String(message));
}

/** The store may be back for the next attempt; without a limit on them each would do the work anew. */
async function stored({ files, log }: TaskMeans, task: ClaimedTask, outcome: TaskOutcome): Promise<TaskOutcome> {
  try {
    return await storeLargeOutput(files, task, outcome);
  } catch (error) {
    log.error({ err: error, ...aboutTask(task) }, 'a large output could not be stored');
    return failedOutcome(task, storageFailure('written'), undefined);
  }
}

const storageFailure = (what: 'read' | 'written'): TaskFailure => ({
  code: 'storage_failed',
  message: `A large output could not be ${what}; the log of the worker has the cause`,
  retryable: true,
});
