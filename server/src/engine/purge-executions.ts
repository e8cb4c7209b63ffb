import type { Id } from '#base';
import type { EngineParts } from './engine-parts.ts';

/** What a process has begun and not ended is gone on with by another after so long: it died, or an object could not be deleted. */
const LEASE_S = 600;

/** How long one look may take: a tick, with all that hangs on it, waits for it. */
const MAX_MS = 500;

/** Rows of each table that one statement deletes: some ten milliseconds. */
const ROW_BATCH = 1_000;

/** Objects that are deleted before what names them is. */
const OBJECT_BATCH = 50;

export interface PurgeOptions {
  /** Deletes objects of the file store; false where not all are gone. */
  deleteObjects(keys: readonly string[]): Promise<boolean>;
  maxMs?: number;
  rowBatch?: number;
}

interface PurgedRun {
  organization_id: Id;
  id: Id;
}

interface PurgedObject {
  kind: 'task' | 'revision' | 'file';
  id: Id;
  key: string;
}

type Means = Required<PurgeOptions> & Pick<EngineParts, 'run'>;

/**
 * Deletes for good the runs that their flow's time hid 7 days ago (core.md G3): first their objects in the file store, then the rows that name them,
 * then all other rows, the run itself last. Any number of processes, each at another run; a run is resumed where whoever was at it left it. Answers
 * whether there may be more.
 */
export async function purgeExecutions({ run }: Pick<EngineParts, 'run'>, options: PurgeOptions): Promise<boolean> {
  const means = { run, maxMs: MAX_MS, rowBatch: ROW_BATCH, ...options };
  const until = performance.now() + means.maxMs;
  do {
    const [claimed] = await run<PurgedRun>('claim-purge', [LEASE_S]);
    if (claimed === undefined) return false;
    const result = await purge(means, claimed, until);
    if (result === 'objects_stay') return false; // the store is away: the next run would fare no better, and this one waits for its lease to end
    if (result === 'out_of_time') await run('release-purge', [claimed.organization_id, claimed.id]);
  } while (performance.now() < until);
  return true;
}

/** At least one batch, whatever the time. */
async function purge(means: Means, { organization_id, id }: PurgedRun, until: number): Promise<'done' | 'out_of_time' | 'objects_stay'> {
  const { run, rowBatch } = means;
  let hasObjects = true;
  do {
    const objects: PurgedObject[] = hasObjects ? await run('find-purged-objects', [organization_id, id, OBJECT_BATCH]) : [];
    hasObjects = objects.length > 0;
    if (hasObjects) {
      if (!(await means.deleteObjects(objects.map(({ key }) => key)))) return 'objects_stay';
      await run('drop-purged-objects', [organization_id, id, objects.map(({ kind }) => kind), objects.map((object) => object.id)]);
      continue;
    }
    const [rows] = await run<{ most: number }>('purge-rows', [organization_id, id, rowBatch]);
    if ((rows?.most ?? 0) >= rowBatch) continue;
    await run('purge-execution', [organization_id, id]);
    return 'done';
  } while (performance.now() < until);
  return 'out_of_time';
}
