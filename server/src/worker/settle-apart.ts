import type { Log } from '#base';
import type { ClaimedTask, TaskResult } from '#engine';
import { aboutTask } from './about-task.ts';
import { unstorable } from './run-task.ts';

type Batch = readonly TaskResult<ClaimedTask>[];

export interface SettleApart {
  settle(part: Batch): Promise<void>;
  /** The database is away: it takes these later. */
  later(part: Batch): void;
  log: Log;
}

/**
 * The batch holds something that can never be written: a value that PostgreSQL refuses (SQLSTATE class 22) or that passes a limit of its (54),
 * or one that JSON does not know, met before anything was sent.
 */
export const isDataException = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || /^(22|54)/.test(String((error as { code?: unknown } | null)?.code));

/** One value of the batch cannot be stored: halves are tried until the task that bears it stands alone, and fails. */
export async function settleApart(means: SettleApart, batch: Batch, refusal: unknown): Promise<void> {
  const [only] = batch;
  if (batch.length === 1 && only) {
    means.log.error({ err: refusal, ...aboutTask(only.task) }, 'an output could not be stored');
    await settlePart(means, [{ task: only.task, outcome: unstorable }]);
    return;
  }
  const half = Math.ceil(batch.length / 2);
  for (const part of [batch.slice(0, half), batch.slice(half)]) await settlePart(means, part);
}

async function settlePart(means: SettleApart, part: Batch): Promise<void> {
  try {
    await means.settle(part);
  } catch (error) {
    if (isDataException(error) && part[0]?.outcome !== unstorable) await settleApart(means, part, error);
    else means.later(part);
  }
}
