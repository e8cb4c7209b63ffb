import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from './launch.ts';

const PASSWORD_FILE = 'flow-owner-password';
const DRAFT = 'postgres.init-';

export const clusterFolder = (launch: Launch) => join(launch.folder, 'postgres');

/** The password that the cluster was made with; it lies in the cluster, so that the two cannot be separated. */
export const readPassword = async (launch: Launch) => (await readFile(join(clusterFolder(launch), PASSWORD_FILE), 'utf8')).trim();

/**
 * Makes the cluster where there is none. It is made beside its place and renamed, so that one killed half-way is never taken for a whole one;
 * what such a one left is removed here. Collation is PostgreSQL's own C.UTF-8: the machine's locales do not decide the order of a list.
 */
export async function makeCluster(launch: Launch, options: { sync: boolean; log: number; signal: AbortSignal }): Promise<void> {
  const entries = await readdir(launch.folder);
  for (const name of entries.filter((entry) => entry.startsWith(DRAFT))) {
    await rm(join(launch.folder, name), { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(join(clusterFolder(launch), 'PG_VERSION'))) return;
  const draft = join(launch.folder, `${DRAFT}${process.pid}`);
  const password = randomBytes(24).toString('base64url');
  const passwordFile = `${draft}.password`;
  try {
    await makeOwned(launch, draft, passwordFile, password);
    await run(launch, launch.binaries.initdb, initArguments(draft, passwordFile, options.sync), options);
    await writeFile(join(draft, PASSWORD_FILE), password, { mode: 0o600 });
    await run(launch, launch.binaries.postgres, ['--single', '-D', draft, 'postgres'], options, 'create database flow\n');
    await rename(draft, clusterFolder(launch));
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/** Folder and password file of the user that the server runs as. */
async function makeOwned(launch: Launch, draft: string, passwordFile: string, password: string): Promise<void> {
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  const { uid, gid } = launch.command('', []).options;
  if (uid === undefined || gid === undefined) return;
  for (const path of [draft, passwordFile]) await chown(path, uid, gid);
  await chmod(draft, 0o700);
}

const initArguments = (folder: string, passwordFile: string, sync: boolean) => [
  ...['-D', folder, '-U', 'flow', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--data-checksums', '--encoding=UTF8'],
  ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions', ...(sync ? [] : ['--no-sync'])],
];

/** Runs a program of PostgreSQL to its end, in a process group of its own, which an abort ends as a whole. */
async function run(
  launch: Launch,
  program: string,
  args: string[],
  options: { log: number; signal: AbortSignal },
  input = '',
): Promise<void> {
  options.signal.throwIfAborted(); // by then its listeners have been called
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const command = launch.command(program, args);
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: '/',
    detached: true,
    stdio: ['pipe', options.log, options.log],
  });
  const stop = () => killGroup(child);
  options.signal.addEventListener('abort', stop);
  child.on('error', reject);
  child.on('exit', (code, signal) => {
    options.signal.removeEventListener('abort', stop);
    if (code === 0) resolve();
    else reject(new Error(`${program} ended with ${code ?? signal}`));
  });
  child.stdin?.on('error', () => {}); // the program's end says more than the broken pipe
  child.stdin?.end(input);
  return promise;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // already gone
  }
}
