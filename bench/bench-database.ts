// One PostgreSQL for the whole run, in a folder that goes with it: durable as the platform's own is, but with memory of its own, so that what is
// measured is not the disk's cache. Every measurement has a fresh database.
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createLog } from '../server/src/base/index.ts';
import { migrate, roleUrl, startEmbeddedPostgres } from '../server/src/db/index.ts';

export interface BenchDatabase {
  /** A superuser's: for the observer, the checks and the peers. */
  ownerUrl: string;
  /** The engine's role. */
  engineUrl: string;
  /** The installation's, for processes that work on it. */
  encryptionKey: Buffer;
  /** A connection as the owner, open as long as the database. */
  owner: Client;
  drop(): Promise<void>;
}

export interface BenchServer {
  version: string;
  /** A migrated one, or an empty one for a peer that makes its own tables. */
  createDatabase(options?: { migrated?: boolean }): Promise<BenchDatabase>;
  close(): Promise<void>;
}

const TEMPLATE = 'bench_template';
const MEGABYTE = 1024 * 1024;

/** Durability is not touched: fsync, synchronous_commit and full_page_writes stay on. */
const settings = (): Record<string, string> => ({
  shared_buffers: `${Math.min(2048, Math.floor(totalmem() / MEGABYTE / 8))}MB`,
  max_connections: '200',
  max_wal_size: '8GB', // no checkpoint falls into a measurement; dropping a database makes one between them
});

/** Starts the server and migrates the template. Throws where it does not start, or is not durable. */
export async function startBenchServer(): Promise<BenchServer> {
  const log = createLog({ level: 'error' });
  const encryptionKey = randomBytes(32);
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, log, settings: settings(), temporary: true });
  try {
    await runAs(server.ownerUrl, [`create database ${TEMPLATE}`]);
    await migrate({ ownerUrl: urlOf(server.ownerUrl, TEMPLATE), encryptionKey, log });
    const version = await checkDurable(server.ownerUrl);
    return { version, createDatabase: (options) => createDatabase(server.ownerUrl, encryptionKey, options), close: server.close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function createDatabase(serverUrl: string, encryptionKey: Buffer, { migrated = true } = {}): Promise<BenchDatabase> {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await runAs(serverUrl, [
    `create database ${name} template ${migrated ? TEMPLATE : 'template0'}`,
    `grant connect on database ${name} to flow_engine, flow_api`, // what is granted on a database does not come along with a copy of it
  ]);
  const ownerUrl = urlOf(serverUrl, name);
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  return {
    ownerUrl,
    engineUrl: roleUrl(ownerUrl, 'flow_engine', encryptionKey),
    encryptionKey,
    owner,
    drop: async () => {
      await owner.end();
      await runAs(serverUrl, [`drop database ${name} with (force)`]);
    },
  };
}

async function checkDurable(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; settings: string[] }>(
      `select current_setting('server_version') as version,
              array[current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes')] as settings`,
    );
    if (rows[0]?.settings.some((value) => value !== 'on'))
      throw new Error('The server is not durable: what it does has no price to measure');
    return rows[0]?.version ?? '';
  } finally {
    await client.end();
  }
}

async function runAs(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of statements) await client.query(text);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
