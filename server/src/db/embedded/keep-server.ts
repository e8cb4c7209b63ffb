/**
 * The keeper: a small process beside the embedded server, one a data folder, which starts it and ends it with the last of its users.
 *
 * A user is an open connection, so a process that is killed leaves as surely as one that says goodbye, and process numbers play no part.
 * The keeper is in a session of its own: a Ctrl-C in the terminal does not reach it before its users are gone.
 * It takes the folder's address before it does anything there; a second keeper finds the address answered and goes. One that was killed
 * leaves an address that nobody answers and a server that runs: the next keeper takes both over.
 */
import { randomBytes } from 'node:crypto';
import { openSync } from 'node:fs';
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { claimAddress, dropAddress, holdsAddress, type KeeperAddress, type Ready, reachKeeper, readAddress, readLine } from './address.ts';
import { findBinaries } from './binaries.ts';
import { makeCluster, readPassword } from './cluster.ts';
import { readJson, writeJson } from './json-file.ts';
import { type Launch, planLaunch } from './launch.ts';
import { adoptServer, type ServerProcess, startServer, stopServer } from './server-process.ts';

export interface KeeperOptions {
  dataDir: string;
  settings: Record<string, string>;
  /** Removes the data folder at the end: for tests. */
  temporary: boolean;
}

const FIRST_USER_MS = 10_000; // whoever starts a keeper sits down at once; one that was held up longer starts another
const FIRST_CHECK_MS = 100;
const RESTARTS = 5; // a server that falls this often has a reason that a restart does not cure
const STEADY_MS = 60_000; // one that ran for this long has not fallen "again"
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

class Users {
  readonly #sockets = new Set<Socket>();
  readonly #alone = new AbortController();
  #ready: Ready | undefined;

  /** Aborted when the last user has gone, or none ever came. */
  readonly gone = this.#alone.signal;

  constructor() {
    this.#expectFirst(process.ppid, Date.now() + FIRST_USER_MS);
  }

  async admit(socket: Socket, token: string): Promise<void> {
    socket.on('error', () => {}); // a user that was killed; 'close' follows
    if ((await readLine(socket)) !== token || this.gone.aborted) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('end', () => this.#leave(socket)); // it hears the close when the keeper has done what follows
    socket.on('close', () => this.#leave(socket));
    if (socket.readableEnded || socket.destroyed) this.#leave(socket);
    else if (this.#ready) socket.write(`${JSON.stringify(this.#ready)}\n`);
  }

  announce(ready: Ready): void {
    this.#ready = ready;
    for (const socket of this.#sockets) socket.write(`${JSON.stringify(ready)}\n`);
  }

  end(): void {
    this.#alone.abort();
  }

  /** Until the first has come: whoever started the keeper may have been killed before it sat down, and then is not the parent any more. */
  #expectFirst(parent: number, deadline: number): void {
    const timer = setInterval(() => {
      if (this.#sockets.size === 0 && process.ppid === parent && Date.now() < deadline) return;
      clearInterval(timer);
      this.#check();
    }, FIRST_CHECK_MS);
    timer.unref();
  }

  #leave(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#check();
    if (!this.gone.aborted) socket.end();
  }

  #check(): void {
    if (this.#sockets.size === 0) this.end();
  }
}

/** Listens, takes the folder's address and keeps the server until the last user has gone. Returns at once where another keeper lives. */
async function keepServer(options: KeeperOptions): Promise<void> {
  const log = await openLog(options.dataDir);
  const users = new Users();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => users.end());
  const token = randomBytes(24).toString('base64url');
  const door = createServer({ allowHalfOpen: true }, (socket) => void users.admit(socket, token));
  const address = { port: await listen(door), token };
  if (!(await takeFolder(options.dataDir, address))) process.exit(0);
  try {
    await serve(options, users, log);
  } finally {
    if (options.temporary) await rm(options.dataDir, { recursive: true, force: true, maxRetries: 5 });
    else await dropAddress(options.dataDir, address);
  }
  process.exit(0); // closes the users' connections: they have waited for the end
}

async function openLog(dataDir: string): Promise<number> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'postgres.log');
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT_BYTES) await truncate(path);
  return openSync(path, 'a', 0o600);
}

function listen(door: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  door.once('error', reject);
  door.listen({ port: 0, host: '127.0.0.1' }, () => {
    const address = door.address();
    resolve(typeof address === 'object' && address ? address.port : 0);
  });
  return promise;
}

/** True when the folder is this keeper's. A stale address is cleared; whoever clears it at the same moment is found out by the second look. */
async function takeFolder(dataDir: string, address: KeeperAddress): Promise<boolean> {
  if (await claimAddress(dataDir, address)) return true;
  const held = await readAddress(dataDir);
  const keeper = held && (await reachKeeper(held));
  keeper?.destroy();
  if (keeper) return false;
  await dropAddress(dataDir, held);
  if (!(await claimAddress(dataDir, address))) return false;
  await wait(100);
  return holdsAddress(dataDir, address);
}

async function serve(options: KeeperOptions, users: Users, log: number): Promise<void> {
  const launch = await planLaunch(await findBinaries(options.dataDir), options.dataDir);
  try {
    await keepRunning(launch, options, users, log);
  } finally {
    if (options.temporary) await rm(launch.folder, { recursive: true, force: true, maxRetries: 5 }); // not always in the data folder
  }
}

async function keepRunning(launch: Launch, options: KeeperOptions, users: Users, log: number): Promise<void> {
  try {
    await makeCluster(launch, { sync: options.settings.fsync !== 'off', log, signal: users.gone });
  } catch (error) {
    if (users.gone.aborted) return; // what was under way was ended by us
    throw error;
  }
  const alone = new Promise<void>((resolve) => users.gone.addEventListener('abort', () => resolve()));
  let toldPort: number | undefined;
  for (let falls = 0; !users.gone.aborted; falls++) {
    if (falls > RESTARTS) throw new Error('The PostgreSQL server ends again and again');
    const server = await openServer(launch, { options, log, toldPort });
    toldPort = server.port;
    const openedAt = Date.now();
    users.announce({ port: server.port, password: await readPassword(launch) });
    await Promise.race([server.ended, alone]);
    if (users.gone.aborted) await stopServer(launch, server);
    if (Date.now() - openedAt > STEADY_MS) falls = 0;
  }
}

/** The running server, or a new one, on the port that the folder's last one had if it is free. Writes postgres.json. */
async function openServer(
  launch: Launch,
  { options, log, toldPort }: { options: KeeperOptions; log: number; toldPort: number | undefined },
): Promise<ServerProcess> {
  const path = join(options.dataDir, 'postgres.json');
  const last = await readJson<Ready>(path);
  const server =
    (await adoptServer(launch)) ?? (await startServer(launch, { settings: options.settings, log, preferredPort: last?.port, toldPort }));
  await writeJson(path, { port: server.port, password: await readPassword(launch), pid: server.pid });
  return server;
}

try {
  await keepServer(JSON.parse(process.argv[2] ?? '') as KeeperOptions);
} catch (error) {
  console.error(`keeper: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
