import { type SecretReader, SecretUnreadableError } from '#access';
import type { Log, SafeFetch } from '#base';
import type { EngineDatabase } from '#db';
import type { DocumentReader } from '#documents';
import type { ClaimedTask, TaskOutcome } from '#engine';
import type { Catalogue, TaskFailure } from '#executors';
import type { FileStore } from '#files';
import type { Models } from '#models';
import type { Plans } from './plans.ts';
import { failedOutcome, runTask } from './run-task.ts';
import { storeLargeOutput } from './store-large-output.ts';
import { createTaskDeliveries } from './task-deliveries.ts';
import { createTaskFiles } from './task-files.ts';
import type { ReadValues } from './task-scope.ts';

/** What a worker process lends to the tasks that it runs. */
export interface TaskMeans {
  db: EngineDatabase;
  plans: Plans;
  catalogue: Catalogue;
  files: FileStore;
  documents: DocumentReader;
  models: Models;
  secrets: SecretReader;
  /** The way out for what users wrote. */
  wayOut: SafeFetch;
  log: Log;
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
): Promise<TaskOutcome> {
  const { db, files, plans, catalogue, log } = means;
  if (inputs === undefined) return failedOutcome(task, storageFailure('read'), undefined);
  try {
    const { organizationId, flowId, flowVersionId } = task.execution;
    const plan = await plans.load(organizationId, flowVersionId);
    const idempotencyKey = `${task.id}:${task.execution.generation}`;
    const taskFiles = createTaskFiles({ db, store: files, organizationId, flowId, idempotencyKey });
    const names = plan.resolve.get(task.planned.number)?.secrets ?? [];
    const secrets = names.length === 0 ? {} : { secrets: await means.secrets.open(organizationId, names) };
    const lent = { documents: means.documents, models: means.models, callOut: means.wayOut.share(organizationId), log };
    const surroundings = { ...lent, files: taskFiles, deliveries: createTaskDeliveries({ db, task, log }), ...secrets };
    const outcome = await runTask(task, plan, inputs, catalogue.get(task.planned.executor), surroundings, stop);
    return await stored(means, task, outcome);
  } catch (error) {
    if (error instanceof SecretUnreadableError)
      return failedOutcome(task, { code: 'secret_unreadable', message: error.message, retryable: false }, undefined);
    log.error({ err: error, task_execution_id: task.id }, 'a task could not be run');
    return { status: 'released' };
  }
}

/** The store may be back for the next attempt; without a limit on them each would do the work anew. */
async function stored({ files, log }: TaskMeans, task: ClaimedTask, outcome: TaskOutcome): Promise<TaskOutcome> {
  try {
    return await storeLargeOutput(files, task, outcome);
  } catch (error) {
    log.error({ err: error, task_execution_id: task.id }, 'a large output could not be stored');
    return failedOutcome(task, storageFailure('written'), undefined);
  }
}

const storageFailure = (what: 'read' | 'written'): TaskFailure => ({
  code: 'storage_failed',
  message: `A large output could not be ${what}; the log of the worker has the cause`,
  retryable: true,
});
