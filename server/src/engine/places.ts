// Places under a `concurrency` key: rows, one an attempt at most, over all processes, flows and executions of an organization, or of the platform. An attempt takes its
// place after it was claimed and before it runs; it gives it back when it is settled. What a dead worker held is free as soon as its task was reaped.
import { createHash } from 'node:crypto';
import type { Id } from '#base';
import { NO_ORGANIZATION } from './claim-tasks.ts';
import type { LimitedPlace } from './queue-controls.ts';
import type { RunStatement } from './run-statement.ts';

/** An attempt of a task, which may hold a place. */
export interface PlaceHolder {
  organizationId: Id;
  id: Id;
  attempt: number;
}

const MAX_KEY = 200;

/** Another asks for the same place at the same moment: with so many tries one of two hundred gets through. */
const CONTENDED_TRIES = 5;

/** Whether the attempt has a place under the key: at most `limit` attempts have one at once. */
export async function takePlace(run: RunStatement, holder: PlaceHolder, { key, limit, isShared }: LimitedPlace): Promise<boolean> {
  const of = isShared ? NO_ORGANIZATION : holder.organizationId;
  const values = [of, storedKey(key), limit, holder.id, holder.attempt, holder.organizationId];
  for (let tries = 1; ; tries++) {
    const [row] = await run<{ taken: boolean; contended: boolean }>('take-place', values);
    if (row?.taken) return true;
    if (!row?.contended || tries >= CONTENDED_TRIES) return false;
  }
}

/** A long key, and one that the database cannot hold, by its hash: equal keys stay equal, others apart. */
export const storedKey = (key: string): string =>
  key.length <= MAX_KEY && key.isWellFormed() && !key.includes('\0') && !key.startsWith(HASHED)
    ? key
    : HASHED + createHash('sha256').update(Buffer.from(key, 'utf16le')).digest('hex');

const HASHED = 'sha256:';

const columnsOf = (holders: readonly PlaceHolder[]): unknown[] => [
  holders.map((holder) => holder.organizationId),
  holders.map((holder) => holder.id),
  holders.map((holder) => holder.attempt),
];

/** Gives up what these attempts hold; an attempt without a place changes nothing. */
export async function releasePlaces(run: RunStatement, holders: readonly PlaceHolder[]): Promise<void> {
  await run('release-places', columnsOf(holders));
}

/**
 * Takes claims back, as if they had not been: the tasks are due again after their delays, no attempt and no try is counted. Only for what the
 * worker has claimed and not begun.
 */
export async function putBack(run: RunStatement, workerId: number, tasks: readonly (PlaceHolder & { delayMs: number })[]): Promise<void> {
  await run('put-back-tasks', [...columnsOf(tasks), tasks.map((task) => Math.round(task.delayMs)), workerId]);
}

/** Calls those that were put back before their time. Answers which of them still waited. */
export async function callTasks(run: RunStatement, tasks: readonly PlaceHolder[]): Promise<Id[]> {
  const rows = await run<{ id: Id }>('call-tasks', columnsOf(tasks.map((task) => ({ ...task, attempt: task.attempt - 1 }))));
  return rows.map(({ id }) => id);
}
