import type { Json, Log } from '#base';
import type { ClaimedTask, ReadOutput, TaskEngine, TaskInput } from '#engine';
import type { FileStore } from '#files';
import { aboutTask } from './about-task.ts';
import type { ReadValues } from './task-scope.ts';

/**
 * What the tasks of one batch read, in their order: one statement for the batch, and the file store for outputs that were large. Undefined for
 * a task whose values the file store did not give: the others of its batch go on.
 */
export async function readValues(
  { engine, files, log }: { engine: Pick<TaskEngine, 'readInputs'>; files: Pick<FileStore, 'read'>; log: Log },
  tasks: readonly ClaimedTask[],
): Promise<(ReadValues[] | undefined)[]> {
  const inputs = await engine.readInputs(tasks);
  return Promise.all(
    inputs.map((reads, index) =>
      Promise.all(reads.map((read) => parseInput(files, read))).catch((error: unknown) => {
        log.error({ err: error, ...aboutTask(tasks[index] as ClaimedTask) }, 'an output that a task reads could not be read');
        return undefined;
      }),
    ),
  );
}

async function parseInput(files: Pick<FileStore, 'read'>, { name, mode, outputs }: TaskInput): Promise<ReadValues> {
  return { name, mode, values: await Promise.all(outputs.map((output) => parseOutput(files, output))) };
}

async function parseOutput(files: Pick<FileStore, 'read'>, { output, outputKey }: ReadOutput): Promise<Json | undefined> {
  const text = outputKey === null ? output : (await files.read(outputKey)).toString('utf8');
  return text === null ? undefined : (JSON.parse(text) as Json);
}
