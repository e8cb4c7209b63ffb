import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '#base';
import { startEmbeddedPostgres } from '#db';

const USER = fileURLToPath(new URL('../support/use-embedded-postgres.ts', import.meta.url));
const log = createLog({ level: 'silent' });
let dataDir: string;
const users: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'flow-embedded-'));
});

afterEach(async () => {
  for (const user of users.splice(0)) user.kill('SIGKILL');
  await until(() => !serverRuns(), 'the server has ended');
  await rm(dataDir, { recursive: true, force: true });
});

/** Another process that joins the folder's server, prints its URL and stays until it is ended. */
function startUser(): { process: ChildProcess; url: Promise<string> } {
  const child = spawn(process.execPath, [USER, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  users.push(child);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).once('line', resolve);
  child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  promise.catch(() => {}); // whoever awaits it hears of it
  return { process: child, url: promise };
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${what}`);
    await wait(20);
  }
}

/** Every process that works on the folder: the keeper, initdb, the server and its children. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readCommand(pid).includes(folder))
    .map(Number);
}

function readCommand(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const serverRuns = () => processesOf(dataDir).length > 0;
const keeperOf = (folder: string) => processesOf(folder).find((pid) => readCommand(String(pid)).includes('keep-server'));
const serverOf = (folder: string) => processesOf(folder).find((pid) => readCommand(String(pid)).includes('bin/postgres\0-D'));

async function ask(url: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(text)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

const startedAt = (url: string) => ask(url, 'select pg_postmaster_start_time()::text');

describe.runIf(process.platform === 'linux' && !process.env.TEST_DATABASE_URL)('the embedded server', () => {
  test('starts from nothing, is reachable by password from this machine alone, and leaves nothing running', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    const url = new URL(server.ownerUrl);
    expect(url.hostname).toBe('127.0.0.1');
    expect(await ask(server.ownerUrl, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await ask(server.ownerUrl, 'show fsync')).toBe('on');
    expect(await ask(server.ownerUrl, 'show data_checksums')).toBe('on');
    expect(await ask(server.ownerUrl, 'select datlocale from pg_database where datname = current_database()')).toBe('C.UTF-8');
    url.password = 'wrong';
    await expect(ask(url.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    const file = join(dataDir, 'postgres.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ port: Number(url.port), password: expect.any(String) });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await server.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  test('keeps what was written from one start to the next', async () => {
    const first = await startEmbeddedPostgres({ dataDir, log });
    await ask(first.ownerUrl, 'create table kept as select 42 as answer');
    await first.close();
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(await ask(second.ownerUrl, 'select answer from kept')).toBe(42);
    await second.close();
  });

  test('is one server for processes that start at once, and ends with the last of them', async () => {
    const three = [startUser(), startUser(), startUser()];
    const urls = await Promise.all(three.map((user) => user.url));
    expect(new Set(urls).size).toBe(1);
    const url = urls[0] as string;
    const started = await startedAt(url);
    three[0]?.process.kill('SIGKILL');
    three[1]?.process.kill('SIGTERM');
    const late = await startEmbeddedPostgres({ dataDir, log });
    expect(await startedAt(late.ownerUrl)).toBe(started);
    three[2]?.process.kill('SIGKILL');
    await until(() => three.every(({ process }) => process.exitCode !== null || process.signalCode !== null), 'the others have ended');
    expect(await startedAt(url)).toBe(started);
    await late.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  test('ends when its only user is killed', async () => {
    const user = startUser();
    await user.url;
    user.process.kill('SIGKILL');
    await until(() => !serverRuns(), 'nothing runs');
  });

  test('starts whole after every process was killed while the cluster was being made', async () => {
    const user = startUser();
    await until(
      () => readdirSync(dataDir).some((name) => name.startsWith('postgres.init-') && existsSync(join(dataDir, name, 'base'))),
      'initdb is at work',
    );
    for (const pid of processesOf(dataDir)) process.kill(pid, 'SIGKILL');
    await expect(user.url).rejects.toThrow();
    const server = await startEmbeddedPostgres({ dataDir, log });
    expect(await ask(server.ownerUrl, 'select 1')).toBe(1);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init-'))).toEqual([]);
    await server.close();
  });

  test('leaves no process when its user is killed while the cluster is being made', async () => {
    const user = startUser();
    await until(() => readdirSync(dataDir).some((name) => name.startsWith('postgres.init-')), 'initdb is at work');
    user.process.kill('SIGKILL');
    await until(() => !serverRuns(), 'nothing runs');
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init-'))).toEqual([]);
  });

  test('starts after a crash of the machine, whatever bears the number of the old server now', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    await ask(server.ownerUrl, 'create table kept as select 42 as answer');
    const pids = processesOf(dataDir);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await server.close(); // before this process hears of it and starts another keeper
    await until(() => !serverRuns(), 'all are dead');
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(process.pid)));
    const next = await startEmbeddedPostgres({ dataDir, log });
    expect(await ask(next.ownerUrl, 'select answer from kept')).toBe(42);
    await next.close();
  });

  test('goes on when its keeper is killed: another one takes it over, and ends it at the end', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    const started = await startedAt(server.ownerUrl);
    const keeper = keeperOf(dataDir) as number;
    process.kill(keeper, 'SIGKILL');
    await until(() => existsSync(join(dataDir, 'postgres.keeper')) && (keeperOf(dataDir) ?? keeper) !== keeper, 'another keeper runs');
    const second = await startEmbeddedPostgres({ dataDir, log });
    expect(second.ownerUrl).toBe(server.ownerUrl);
    expect(await startedAt(second.ownerUrl)).toBe(started);
    await server.close();
    expect(await startedAt(second.ownerUrl)).toBe(started);
    await second.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  test('is started again under the same address when the server is killed', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    process.kill(serverOf(dataDir) as number, 'SIGKILL');
    await until(() => startedAt(server.ownerUrl).then(Boolean, () => false), 'it answers again');
    await server.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  test('is started again under the same address when the server is killed again while it recovers', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    const first = serverOf(dataDir) as number;
    process.kill(first, 'SIGKILL');
    await until(() => ![undefined, first].includes(serverOf(dataDir)), 'another server starts');
    process.kill(serverOf(dataDir) as number, 'SIGKILL');
    await until(() => ask(server.ownerUrl, 'select true').then(Boolean, () => false), 'the server answers again');
    await server.close();
  });

  test('stops waiting when it is told to, and leaves nothing running', async () => {
    const stop = new AbortController();
    const starting = startEmbeddedPostgres({ dataDir, log, signal: stop.signal });
    await until(() => readdirSync(dataDir).some((name) => name.startsWith('postgres.init-')), 'initdb is at work');
    stop.abort(new Error('told to'));
    await expect(starting).rejects.toThrow('told to');
    await until(() => !serverRuns(), 'nothing runs');
  });

  test('says why it does not start', async () => {
    const server = await startEmbeddedPostgres({ dataDir, log });
    await server.close();
    await expect(startEmbeddedPostgres({ dataDir, log, settings: { shared_buffers: 'nonsense' } })).rejects.toMatchObject({
      code: 'service_unavailable',
      message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
    });
  });
});
