import { firstIdOf } from '#base';
import type { EngineParts } from './engine-parts.ts';
import { readClock } from './leases.ts';
import { purgeExecutions } from './purge-executions.ts';
import type { StatementName } from './statements.ts';

/** Rows that one statement deletes: some ten milliseconds, so that no claim waits behind it. */
const BATCH = 1_000;

/** Between two looks of one process: what is over is not given out any longer, so it only takes room. */
const INTERVAL_MS = 60_000;

const DAY_MS = 86_400_000;

/** What has expired, by itself. */
const EXPIRING: readonly StatementName[] = ['drop-idempotency-keys', 'drop-access-tickets'];

/** A place that is taken and released as usual is never this old and stale. */
const STALE_PLACE_MS = 3_600_000;

export interface CleanUpOptions {
  /** Days after which task logs are deleted; default 30. */
  taskLogDays?: number | undefined;
  /** Deletes objects of the file store; false where not all are gone. Without it cached ones stay, and no run is purged. */
  deleteObjects?: ((keys: readonly string[]) => Promise<boolean>) | undefined;
}

const DEFAULT_TASK_LOG_DAYS = 30;

/**
 * Deletes what is past its time: kept answers, tickets, cached outputs, places that dead attempts left, and old task logs. Each statement takes a
 * batch and is a transaction of its own; two processes at it at once delete the same rows once. Answers whether a full batch went, so that there
 * may be more.
 */
export async function cleanUp({ run }: Pick<EngineParts, 'run'>, options: CleanUpOptions = {}, batch = BATCH): Promise<boolean> {
  const now = await readClock(run);
  const oldest = firstIdOf(new Date(now.getTime() - (options.taskLogDays ?? DEFAULT_TASK_LOG_DAYS) * DAY_MS));
  const dropped = [(await run('drop-task-logs', [oldest, batch])).length];
  for (const statement of EXPIRING) dropped.push((await run(statement, [batch])).length);
  dropped.push((await run('drop-stale-places', [STALE_PLACE_MS, batch])).length);
  const outputs = await run<{ output_key: string | null }>('drop-cached-outputs', [batch]);
  dropped.push(outputs.length);
  const objects = outputs.flatMap(({ output_key }) => output_key ?? []);
  if (objects.length > 0) await options.deleteObjects?.(objects);
  return dropped.some((count) => count >= batch);
}

/**
 * To be called each tick: cleans up, and purges runs, once a minute, sooner while there is more than a batch. The first time is by chance, so that processes which
 * were started together do not all come at once.
 */
export function createCleaner(parts: Pick<EngineParts, 'run'>, options: CleanUpOptions): () => Promise<void> {
  let dueAt = performance.now() + Math.random() * INTERVAL_MS;
  return async () => {
    if (performance.now() < dueAt) return;
    dueAt = performance.now() + INTERVAL_MS;
    const { deleteObjects } = options;
    const isMuch = await cleanUp(parts, options);
    const isMuchPurged = deleteObjects !== undefined && (await purgeExecutions(parts, { deleteObjects }));
    if (isMuch || isMuchPurged) dueAt = performance.now();
  };
}
