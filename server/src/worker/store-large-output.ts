import { type ClaimedTask, errorRecord, type TaskOutcome } from '#engine';
import { checkedKey, type FileStore } from '#files';

const MAX_ROW_BYTES = 256 * 1024; // larger values make every later version of the row large too (DESIGN.md, A run 10)

/** What a task may give at most: whoever reads it holds it in memory several times over. Beyond it a run would take its next worker with it. */
export const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Whether this JSON text belongs in the file store. */
export const isLarge = (output: string): boolean => output.length > MAX_ROW_BYTES / 3 && Buffer.byteLength(output) > MAX_ROW_BYTES;

/** It would come again, so it is not tried again. */
const TOO_LARGE: TaskOutcome = {
  status: 'failed',
  error: errorRecord({
    code: 'output_too_large',
    message: `The output is larger than ${MAX_OUTPUT_BYTES} bytes; write it to a file and give its address`,
    retryable: false,
  }),
};

/** Moves an output that is too large for its row to the file store, and fails one that is too large for anybody; the row keeps the object's key. One object an attempt: a late one harms none. */
export async function storeLargeOutput(files: FileStore, task: ClaimedTask, outcome: TaskOutcome): Promise<TaskOutcome> {
  if ((outcome.status !== 'completed' && outcome.status !== 'failed') || outcome.output === undefined) return outcome;
  if (!isLarge(outcome.output)) return outcome;
  if (Buffer.byteLength(outcome.output) > MAX_OUTPUT_BYTES) return TOO_LARGE;
  const { organizationId, id } = task.execution;
  const bytes = Buffer.from(outcome.output);
  const key = checkedKey(`outputs/${organizationId}/${id}/${task.id}-${task.generation}-${task.attempt}`, bytes, 'json');
  await files.put(key, bytes, { contentType: 'application/json' });
  return { ...outcome, output: undefined, outputKey: key };
}
