import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopiedFile } from './archive.ts';
import { copyFile, forEachOf } from './copy-file.ts';

const WIDTH = 4; // files at a time: the disk is shared with the server that is being copied

/** What a copy must be without (PostgreSQL, "Making a Base Backup Using the Low Level API"); the folders themselves must be there. */
const EMPTIED = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'];
const LEFT_OUT =
  /(^|\/)(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|backup_label(\.old)?|tablespace_map|(recovery|standby)\.signal)$/;
const LAST = 'global/pg_control'; // the state that recovery starts from must not be older than what was copied before

/**
 * Copies a running cluster between pg_backup_start and pg_backup_stop. A file that goes while it is copied is no fault: the log tells of it.
 * Throws where a tablespace lies elsewhere.
 */
export async function copyCluster(from: string, to: string, signal?: AbortSignal): Promise<CopiedFile[]> {
  const copied: CopiedFile[] = [];
  const copy = async (path: string) => {
    try {
      copied.push({ path, ...(await copyFile(join(from, path), join(to, path), { signal })) });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
  const paths = (await listCluster(from, to)).filter((path) => path !== LAST);
  await forEachOf(paths, WIDTH, copy);
  await copy(LAST);
  return copied.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files to copy; makes every folder of the copy, the empty ones too. */
async function listCluster(from: string, to: string, folder = ''): Promise<string[]> {
  await mkdir(join(to, folder), { recursive: true, mode: 0o700 });
  const paths: string[] = [];
  for (const name of await readdir(join(from, folder)).catch(() => [])) {
    const path = folder === '' ? name : `${folder}/${name}`;
    const found = await lstat(join(from, path)).catch(() => undefined);
    if (found?.isSymbolicLink()) throw new Error(`${join(from, path)} is a link: flow backup copies clusters that lie in one folder`);
    if (found?.isDirectory()) {
      if (EMPTIED.includes(path)) await mkdir(join(to, path), { recursive: true, mode: 0o700 });
      else if (!LEFT_OUT.test(path)) paths.push(...(await listCluster(from, to, path)));
    } else if (found?.isFile() && !LEFT_OUT.test(path)) paths.push(path);
  }
  return paths;
}

/** Writes a file of the copy that the server gave as text. */
export async function writeBeside(to: string, path: string, text: string): Promise<void> {
  await writeFile(join(to, path), text, { mode: 0o600, flush: true });
}
