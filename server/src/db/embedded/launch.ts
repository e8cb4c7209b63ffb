import { type SpawnOptions, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { chown, lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { copyBinaries } from './copy-binaries.ts';

/** How the server's programs are run on this machine, and where its cluster lies. */
export interface Launch {
  binaries: Binaries;
  /** Holds the cluster; of the user that the server runs as. */
  folder: string;
  command(program: string, args: string[]): { file: string; args: string[]; options: SpawnOptions };
}

const FALLBACK_FOLDER = '/var/lib/flow';

/**
 * PostgreSQL refuses to run as root, and root in a clone under /root is how many a fresh machine is used. So, as root: in a user namespace
 * where root bears another number (file access stays root's); where those are forbidden (containers), as the system's user `postgres`, with
 * binaries and data where it may read them.
 */
export async function planLaunch(binaries: Binaries, dataDir: string): Promise<Launch> {
  if (process.getuid?.() !== 0) return plain(binaries, dataDir);
  if (spawnSync('unshare', ['--user', '--map-user=1', 'true']).status === 0) return inUserNamespace(binaries, dataDir);
  return asSystemUser(binaries, dataDir);
}

const plain = (binaries: Binaries, folder: string): Launch => ({
  binaries,
  folder,
  command: (program, args) => ({ file: program, args, options: {} }),
});

async function inUserNamespace(binaries: Binaries, folder: string): Promise<Launch> {
  await giveTo(join(folder, 'postgres'), 0, 0);
  return {
    binaries,
    folder,
    command: (program, args) => ({ file: 'unshare', args: ['--user', '--map-user=1', program, ...args], options: {} }),
  };
}

async function asSystemUser(binaries: Binaries, dataDir: string): Promise<Launch> {
  const { uid, gid } = findSystemUser() ?? createSystemUser();
  const folder = isOpenToAll(dataDir) ? dataDir : join(FALLBACK_FOLDER, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  await mkdir(folder, { recursive: true });
  if (folder !== dataDir) await chown(folder, uid, gid);
  await giveTo(join(folder, 'postgres'), uid, gid);
  return {
    binaries: isOpenToAll(binaries.root) ? binaries : await copyBinaries(binaries, FALLBACK_FOLDER),
    folder,
    command: (program, args) => ({ file: program, args, options: { uid, gid } }),
  };
}

function findSystemUser(): { uid: number; gid: number } | undefined {
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
  return line ? { uid: Number(line[1]), gid: Number(line[2]) } : undefined;
}

function createSystemUser(): { uid: number; gid: number } {
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  const user = findSystemUser();
  if (user) return user;
  throw new Error(
    'PostgreSQL does not run as root; user namespaces are forbidden here and the user `postgres` could not be made. Start as another user, or set DATABASE_URL.',
  );
}

/** True where every folder on the way, and the last one, lets any user pass. */
function isOpenToAll(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Hands a cluster over when the way to run it has changed since it was made. */
async function giveTo(path: string, uid: number, gid: number): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found || found.uid === uid) return;
  if (found.isDirectory()) {
    for (const name of await readdir(path)) await giveTo(join(path, name), uid, gid);
  }
  await chown(path, uid, gid); // the folder last: an interrupted hand-over is taken up again
}
