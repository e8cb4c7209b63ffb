import type { ClaimedTask, TaskOutcome } from '#engine';
import { checkedKey, type FileStore } from '#files';

const MAX_ROW_BYTES = 256 * 1024; // larger values make every later version of the row large too (DESIGN.md, A run 10)

/** Whether this JSON text belongs in the file store. */
export const isLarge = (output: string): boolean => output.length > MAX_ROW_BYTES / 3 && Buffer.byteLength(output) > MAX_ROW_BYTES;

/** Moves an output that is too large for its row to the file store; the row keeps the object's key. One object an attempt: a late one harms none. */
export async function storeLargeOutput(files: FileStore, task: ClaimedTask, outcome: TaskOutcome): Promise<TaskOutcome> {
  if ((outcome.status !== 'completed' && outcome.status !== 'failed') || outcome.output === undefined) return outcome;
  if (!isLarge(outcome.output)) return outcome;
  const { organizationId, id } = task.execution;
  const bytes = Buffer.from(outcome.output);
  const key = checkedKey(`outputs/${organizationId}/${id}/${task.id}-${task.execution.generation}-${task.attempt}`, bytes, 'json');
  await files.put(key, bytes, { contentType: 'application/json' });
  return { ...outcome, output: undefined, outputKey: key };
}
