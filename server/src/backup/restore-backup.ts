/**
 * Restores into an empty data folder: the base is laid out, the log beside it, and PostgreSQL replays the log to the instant asked for. Everything is
 * compared with its checksum on the way. The server that replays is the platform's own, and ends when it is done.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conflict, type Log } from '#base';
import { connectOwner, startEmbeddedPostgres } from '#db';
import { type Archive, listBases, listSegments } from './archive.ts';
import { type Copied, copyFile, forEachOf } from './copy-file.ts';
import { listObjects } from './copy-objects.ts';
import { keyCheckOf, storeFolderOf } from './open-source.ts';
import { planRestore, type RestorePlan } from './plan-restore.ts';
import { syncFolder } from './sync-folder.ts';

export interface RestoreOptions {
  archive: Archive;
  dataDir: string;
  encryptionKey: Buffer;
  /** Where the files of the platform are laid, as FLOW_FILES says it. */
  files: string;
  /** UTC to the microsecond (parseInstant); absent: the end of the log. */
  target?: string | undefined;
  log: Log;
  signal?: AbortSignal;
}

export interface RestoreReport {
  base: string;
  segments: number;
  files: number;
  /** The commit that the database now ends with. */
  lastCommitAt: string;
  /** False where files lie in a bucket, which this does not touch. */
  filesCopied: boolean;
}

const WIDTH = 4;
/** What may lie in an empty data folder: the key, which no backup holds. */
const MAY_BE_THERE = ['encryption-key'];
const LAYING_OUT = 'postgres.restoring';

/** Throws `conflict` where the folder is not empty, the key is another, a gap or a changed byte is met; what was laid out is then removed. */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { archive, dataDir } = options;
  await checkEmpty(dataDir);
  const { bases, faults } = await listBases(archive);
  if (bases.length === 0 && faults.length > 0) throw conflict(`No backup of ${archive.folder} can be trusted`, faults);
  const plan = planRestore(bases, await listSegments(archive), options.target);
  if (plan.base.keyCheck !== keyCheckOf(options.encryptionKey)) {
    throw conflict(
      'FLOW_ENCRYPTION_KEY is not the key that this installation was made with, and its secrets open with no other. Give that one, or put its file ' +
        `encryption-key into ${dataDir}`,
    );
  }
  try {
    const files = plan.base.fileStore.copied ? await layOutObjects(options) : 0;
    await layOut(options, plan);
    const lastCommitAt = await replay(options, plan);
    return { base: plan.base.id, segments: plan.segments.length, files, lastCommitAt, filesCopied: plan.base.fileStore.copied };
  } catch (error) {
    for (const name of await readdir(dataDir)) {
      if (!MAY_BE_THERE.includes(name)) await rm(join(dataDir, name), { recursive: true, force: true });
    }
    throw error;
  }
}

/** A folder that is not there yet is empty. */
export async function checkEmpty(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const found = (await readdir(dataDir)).filter((name) => !MAY_BE_THERE.includes(name));
  if (found.length === 0) return;
  throw conflict(
    `${dataDir} is not empty (${found.slice(0, 3).join(', ')}): restore into a folder of its own, and put it in place of the old one then`,
  );
}

async function layOut({ archive, dataDir, signal }: RestoreOptions, { base, segments }: RestorePlan): Promise<void> {
  const from = join(archive.base(base.id), 'postgres');
  const to = join(dataDir, LAYING_OUT);
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const folder of await foldersOf(from)) await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
  await forEachOf(segments, WIDTH, async ({ segment, ...expected }) => {
    await lay(
      `wal/${segment}.gz`,
      expected,
      copyFile(join(archive.wal, `${segment}.gz`), join(to, 'pg_wal', segment), { as: 'gunzip', signal }),
    );
  });
  await forEachOf(base.files, WIDTH, (file) =>
    lay(`bases/${base.id}/postgres/${file.path}`, file, copyFile(join(from, file.path), join(to, file.path), { signal })),
  );
  await writeFile(join(to, 'recovery.signal'), '', { mode: 0o600 });
  const paths = [...base.files.map(({ path }) => path), ...segments.map(({ segment }) => `pg_wal/${segment}`)];
  await syncFolder(to, paths);
  await rename(to, join(dataDir, 'postgres'));
}

const foldersOf = async (root: string): Promise<string[]> =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));

/** Awaits a copy and compares it. Throws `conflict` with the path where it is missing, cannot be unpacked, or is not what was written. */
async function lay(path: string, expected: Copied | undefined, copying: Promise<Copied>): Promise<void> {
  const made = await copying.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw conflict(`${path} is missing from the backup`);
    if (error.code?.startsWith('Z_')) return undefined; // not what gzip wrote
    throw error;
  });
  if (made !== undefined && (expected === undefined || (made.sha256 === expected.sha256 && made.sizeBytes === expected.sizeBytes))) return;
  throw conflict(`${path} does not have the checksum that was noted when it was written: the backup is damaged there`);
}

/** All objects that were ever copied and not yet let go: more than the instant needs does no harm, and one too few is a lost document. */
async function layOutObjects({ archive, files, signal }: RestoreOptions): Promise<number> {
  const store = storeFolderOf(files);
  if (store === undefined) throw conflict('The backup holds files, so FLOW_FILES must name a folder to lay them in');
  const listed = await listObjects(archive);
  const entries = await readdir(archive.files, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(archive.files.length + 1));
  const present = new Set(paths);
  const missing = [...listed.keys()].find((path) => !present.has(path));
  if (missing !== undefined) throw conflict(`files/${missing} is missing from the backup`);
  await forEachOf(paths, WIDTH, async (path) => {
    await lay(`files/${path}`, listed.get(path), copyFile(join(archive.files, path), join(store, path), { signal }));
  });
  if (paths.length > 0) await syncFolder(store, paths);
  return paths.length;
}

/** The log lies in place already, so that nothing is to be fetched; a standby's readers would only ask for settings of the first server. */
const RECOVERY: Record<string, string> = {
  restore_command: 'exit 1',
  recovery_target_timeline: 'current',
  recovery_target_action: 'promote',
  hot_standby: 'off',
};

/** Runs the platform's own server until the log is replayed. Answers the time of the last commit that was. */
async function replay({ dataDir, target, log, signal }: RestoreOptions, plan: RestorePlan): Promise<string> {
  // this setting takes no abbreviation of a zone, not even Z
  const settings = { ...RECOVERY, ...(target === undefined ? {} : { recovery_target_time: target.replace('Z', '+00') }) };
  const server = await startEmbeddedPostgres({ dataDir, log, settings, ...(signal ? { signal } : {}) }).catch((error: Error) => {
    throw /recovery ended before configured recovery target/.test(error.message) ? endedEarly(error, plan) : error;
  });
  try {
    const owner = await connectOwner(server.ownerUrl, 'flow restore');
    try {
      const [row] = await owner.query<{ at: string | null }>(`select ${REPLAYED} as at`);
      return row?.at ?? plan.base.finishedAt;
    } finally {
      await owner.close();
    }
  } finally {
    await server.close();
  }
}

const REPLAYED = `to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** A segment that is there by its name and checksum, and yet does not lead on: its content was not what it should be when it was shipped. */
function endedEarly(error: Error, plan: RestorePlan) {
  const last = /last completed transaction was at log time ([^\n]+)/.exec(error.message)?.[1];
  return conflict(`The log ends before ${plan.target}: its last commit was at ${last ?? 'an unknown time'}. Restore to a time before that`);
}
