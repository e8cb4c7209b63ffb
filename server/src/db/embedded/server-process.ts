import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clusterFolder } from './cluster.ts';
import type { Launch } from './launch.ts';

export interface ServerProcess {
  pid: number;
  port: number;
  /** Resolves when the process is gone. */
  ended: Promise<void>;
}

const READY_MS = 120_000; // recovery after a crash reads the log; a slow disk needs its time
const FAST_STOP_MS = 15_000; // clients are cut and a checkpoint is written
const POLL_MS = 20;

/** What the server says of itself in postmaster.pid: line 1 is its process, 4 its port, 8 its state. */
async function readPidFile(launch: Launch): Promise<{ pid: number; port: number; state: string } | undefined> {
  const text = await readFile(join(clusterFolder(launch), 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  return pid > 0 ? { pid, port: Number(lines[3]), state: (lines[7] ?? '').trim() } : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Process numbers are used again: after a restart of the machine another program may bear the one in postmaster.pid. */
function isServerOf(pid: number, folder: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(folder);
  } catch {
    return false;
  }
}

/**
 * The cluster's running server, left by a keeper that was killed; undefined where none runs. A pid file without a server is removed:
 * two servers on one cluster cannot come of it, PostgreSQL holds a second lock in shared memory.
 */
export async function adoptServer(launch: Launch): Promise<ServerProcess | undefined> {
  const found = await readPidFile(launch);
  if (!found) return undefined;
  if (!isServerOf(found.pid, clusterFolder(launch))) {
    await rm(join(clusterFolder(launch), 'postmaster.pid'), { force: true });
    return undefined;
  }
  await reachReady(launch, () => isAlive(found.pid));
  return isAlive(found.pid) ? { pid: found.pid, port: found.port, ended: pollEnd(found.pid) } : undefined;
}

async function pollEnd(pid: number): Promise<void> {
  while (isAlive(pid)) await wait(100);
}

export interface StartOptions {
  settings: Record<string, string>;
  log: number;
  /** The port of the folder's last server: taken if it is free. */
  preferredPort?: number | undefined;
  /** Users have been told this port, and look nowhere else: it is taken in any case. */
  toldPort?: number | undefined;
}

/** Starts the server on the port asked for, or on a free one where that is taken. One that falls as it starts (it recovers, and is killed) is started again. */
export async function startServer(launch: Launch, options: StartOptions): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = options.toldPort ?? (attempt === 1 ? await choosePort(options.preferredPort) : await freePort());
    const server = await tryStart(launch, port, options);
    if (server) return server;
    if (attempt === 3) throw new Error('The PostgreSQL server did not start');
  }
}

const choosePort = async (preferred: number | undefined): Promise<number> =>
  preferred !== undefined && (await isFree(preferred)) ? preferred : freePort();

async function tryStart(launch: Launch, port: number, options: StartOptions): Promise<ServerProcess | undefined> {
  const settings = Object.entries({ ...options.settings, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' });
  const args = ['-D', clusterFolder(launch), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const command = launch.command(launch.binaries.postgres, args);
  const child = spawn(command.file, command.args, { ...command.options, cwd: '/', stdio: ['ignore', options.log, options.log] });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  child.on('exit', () => resolve());
  child.on('error', () => resolve());
  let running = true;
  void ended.then(() => {
    running = false;
  });
  await reachReady(launch, () => running, child.pid);
  return running && child.pid !== undefined ? { pid: child.pid, port, ended } : undefined;
}

/** Returns when the server accepts connections, or is gone. */
async function reachReady(launch: Launch, isRunning: () => boolean, pid?: number): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (isRunning()) {
    const found = await readPidFile(launch);
    if (found?.state === 'ready' && (pid === undefined || found.pid === pid)) return;
    if (Date.now() > deadline) throw new Error(`The PostgreSQL server was not ready within ${READY_MS / 1000} s`);
    await wait(POLL_MS);
  }
}

/** Ends the server: clients are cut and everything is written; without that after a while, it is ended as a crash would, which loses nothing. */
export async function stopServer(launch: Launch, server: ServerProcess): Promise<void> {
  if (process.platform === 'win32') spawnSync(launch.binaries.pgCtl, ['stop', '-D', clusterFolder(launch), '-m', 'fast', '-w']);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(server.pid)) return;
    process.kill(server.pid, signal);
    if (await Promise.race([server.ended.then(() => true), wait(FAST_STOP_MS, false, { ref: false })])) return;
  }
}

const isFree = (port: number) => listenOnce(port).then(Boolean, () => false);
const freePort = () => listenOnce(0);

/** Binds the port and lets it go; tells its number. */
function listenOnce(port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen({ port, host: '127.0.0.1' }, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}
