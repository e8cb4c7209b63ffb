import { firstIdOf } from '#base';
import type { EngineParts } from './engine-parts.ts';
import type { StatementName } from './statements.ts';

/** Rows that one statement deletes: some ten milliseconds, so that no claim waits behind it. */
const BATCH = 1_000;

/** Between two looks of one process: what is over is not given out any longer, so it only takes room. */
const INTERVAL_MS = 60_000;

const DAY_MS = 86_400_000;

/** What has expired, by itself. */
const EXPIRING: readonly StatementName[] = ['drop-idempotency-keys', 'drop-access-tickets', 'drop-cached-outputs'];

export const DEFAULT_TASK_LOG_DAYS = 30;

/**
 * Deletes what is past its time: kept answers, tickets, cached outputs, and task logs older than `taskLogDays`. Each statement takes a batch and
 * is a transaction of its own; two processes at it at once delete the same rows once. Answers whether a full batch went, so that there may be more.
 */
export async function cleanUp({ run }: Pick<EngineParts, 'run'>, taskLogDays: number, batch = BATCH): Promise<boolean> {
  const oldest = firstIdOf(new Date(Date.now() - taskLogDays * DAY_MS));
  const dropped = [(await run('drop-task-logs', [oldest, batch])).length];
  for (const statement of EXPIRING) dropped.push((await run(statement, [batch])).length);
  return dropped.some((count) => count >= batch);
}

/**
 * To be called each tick: cleans up once a minute, sooner while there is more than a batch. The first time is by chance, so that processes which
 * were started together do not all come at once.
 */
export function createCleaner(parts: Pick<EngineParts, 'run'>, taskLogDays: number): () => Promise<void> {
  let dueAt = performance.now() + Math.random() * INTERVAL_MS;
  return async () => {
    if (performance.now() < dueAt) return;
    dueAt = performance.now() + INTERVAL_MS;
    if (await cleanUp(parts, taskLogDays)) dueAt = performance.now();
  };
}
