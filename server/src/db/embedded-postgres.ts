/**
 * The database that comes with the install: one server a data folder, for all processes of ours that use the folder. Whoever finds none
 * starts it, it ends with the last of them, however they end (embedded/keep-server.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { childEnvironment, type Log, serviceUnavailable } from '#base';
import { reachKeeper, readAddress, readLine, type Seat } from './embedded/address.ts';
import type { KeeperOptions } from './embedded/keep-server.ts';

export interface EmbeddedPostgres {
  /** The owner's URL, a superuser's: for migrations, from which the roles' URLs are derived. */
  ownerUrl: string;
  /** Leaves; returns when the server has ended, if this process was its last user. */
  close(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  log: Log;
  /** PostgreSQL settings beside the defaults below. They count for whoever starts the server. */
  settings?: Record<string, string>;
  /** The folder is removed with the server's end: for tests. */
  temporary?: boolean;
  signal?: AbortSignal;
}

const START_MS = 180_000; // the first start makes the cluster: 1 s here, much more on a slow disk
const CLOSE_MS = 40_000;
const RETRY_MS = 25;
const KEEPER = fileURLToPath(new URL('./embedded/keep-server.ts', import.meta.url));

/** For a machine with 1 GB and all that shares it. Durability is PostgreSQL's own default. */
const SETTINGS: Record<string, string> = {
  shared_buffers: '128MB',
  max_connections: '100',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  max_slot_wal_keep_size: '4GB', // what a backup that does not get on may hold back; then it begins anew
  idle_replication_slot_timeout: '1d', // of a backup that nobody makes any longer
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_checkpoints: 'off',
  log_min_messages: 'log', // not each statement's error: the platform has it, and its text may be a user's
  log_error_verbosity: 'terse',
};

/**
 * Joins the folder's server, or starts it. Several processes may call this at once.
 * Throws `service_unavailable` with the server's own words where it does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const keeperOptions = { dataDir, settings: { ...SETTINGS, ...options.settings }, temporary: options.temporary ?? false };
  const closing = new AbortController();
  let seat = await takeSeat(keeperOptions, options.signal);
  const { port, password } = seat.ready;
  const watch = () => {
    seat.socket.once('close', () => {
      if (closing.signal.aborted) return;
      options.log.warn('the process that keeps the embedded database ended; starting another');
      takeSeat(keeperOptions, closing.signal).then(
        (next) => {
          seat = next;
          watch();
        },
        (error) => closing.signal.aborted || options.log.error({ err: error }, 'the embedded database is gone'),
      );
    });
  };
  watch();
  return {
    ownerUrl: `postgres://flow:${password}@127.0.0.1:${port}/flow`,
    close: async () => {
      if (closing.signal.aborted) return;
      closing.abort();
      await leave(seat);
    },
  };
}

async function leave(seat: Seat): Promise<void> {
  if (seat.socket.destroyed) return;
  const closed = new Promise<void>((done) => seat.socket.once('close', () => done()));
  seat.socket.ref();
  seat.socket.end();
  await Promise.race([closed, wait(CLOSE_MS, undefined, { ref: false })]);
  seat.socket.destroy();
}

/** Sits down at the folder's keeper, which this starts where nobody answers. */
async function takeSeat(options: KeeperOptions, signal?: AbortSignal): Promise<Seat> {
  const deadline = Date.now() + START_MS;
  let keeper: ChildProcess | undefined;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const seat = await trySeat(options.dataDir, AbortSignal.any([AbortSignal.timeout(deadline - Date.now()), ...(signal ? [signal] : [])]));
    if (seat) return seat;
    if (keeper?.exitCode) throw serviceUnavailable(`The embedded database did not start. ${tailOfLog(options.dataDir)}`, 5);
    if (!keeper || keeper.exitCode === 0 || keeper.signalCode) keeper = spawnKeeper(options);
    await wait(RETRY_MS);
  }
  throw serviceUnavailable(`The embedded database did not start within ${START_MS / 1000} s. ${tailOfLog(options.dataDir)}`, 5);
}

async function trySeat(dataDir: string, signal: AbortSignal): Promise<Seat | undefined> {
  const address = await readAddress(dataDir);
  const socket = address && (await reachKeeper(address));
  if (!socket) return undefined;
  const stop = () => socket.destroy();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop(); // while the keeper was looked for: the listener comes too late
  const line = await readLine(socket);
  signal.removeEventListener('abort', stop);
  if (line === undefined) {
    socket.destroy();
    return undefined;
  }
  socket.unref();
  return { ready: JSON.parse(line), socket };
}

function spawnKeeper(options: KeeperOptions): ChildProcess {
  const log = openSync(join(options.dataDir, 'postgres.log'), 'a', 0o600); // a file, not a pipe: the server holds it longer than we live
  const child = spawn(process.execPath, [KEEPER, JSON.stringify(options)], {
    cwd: options.dataDir,
    detached: true,
    stdio: ['ignore', log, log],
    env: childEnvironment(),
  });
  child.on('error', () => {}); // tells in exitCode
  child.unref();
  closeSync(log);
  return child;
}

function tailOfLog(dataDir: string): string {
  const path = join(dataDir, 'postgres.log');
  try {
    return `The end of ${path}:\n${readFileSync(path, 'utf8').trimEnd().split('\n').slice(-8).join('\n')}`;
  } catch {
    return '';
  }
}
