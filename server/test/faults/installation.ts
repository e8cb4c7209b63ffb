import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { newId } from '#base';
import { roleUrl } from '#db';
import { expectNothingRuns, type FlowProcess, startFlow, startServe, until } from '../support/flow-program.ts';
import { createClient, type TestClient } from '../support/test-client.ts';
import { type Sink, startSink } from './sink.ts';

const ADMIN = { email: 'admin@faults.example', password: newId() };
const SETTINGS = {
  FLOW_ADMIN_EMAIL: ADMIN.email,
  FLOW_ADMIN_PASSWORD: ADMIN.password,
  FLOW_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', // the sink is on loopback
  FLOW_RATE_LIMIT: '100000',
  FLOW_LOG_LEVEL: 'warn',
};

export type Server = FlowProcess & { url: string };

/** A data folder with an embedded database of its own, as an operator has it, and the real `flow serve` and `flow worker` on it. */
export interface Installation {
  dataDir: string;
  sink: Sink;
  /** What is started: a server without workers. */
  serve(): Promise<Server>;
  work(): Promise<FlowProcess>;
  /** With an administrator's API key, to one of its servers. */
  client(server: Server): Promise<TestClient>;
  /** A statement of the owner. */
  asOwner(text: string): Promise<Record<string, unknown>[]>;
  /** Of role flow_engine, which sees every organization. */
  engineUrl(): Promise<string>;
  /** Process number of the database server, as it says of itself at this moment; undefined while there is none. */
  postmaster(): Promise<number | undefined>;
  close(): Promise<void>;
}

export async function openInstallation(): Promise<Installation> {
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-installation-'));
  const sink = await startSink();
  const programs: FlowProcess[] = [];
  let key: Promise<string> | undefined;
  const ownerUrl = async () => {
    const { port, password } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'));
    return `postgres://flow:${password}@127.0.0.1:${port}/flow`;
  };
  return {
    dataDir,
    sink,
    async serve() {
      const server = await startServe(['--workers', '0', '--data', dataDir], { env: SETTINGS });
      programs.push(server);
      return server;
    },
    async work() {
      const worker = startFlow(['worker', '--workers', '1', '--data', dataDir], { env: SETTINGS });
      programs.push(worker);
      await worker.says('\n');
      return worker;
    },
    async client({ url }) {
      key ??= makeKey(url);
      return createClient(url, { 'X-API-Key': await key });
    },
    async asOwner(text) {
      const client = new Client({ connectionString: await ownerUrl(), connectionTimeoutMillis: 10_000 });
      client.on('error', () => {}); // it may be among those that are cut
      try {
        await client.connect();
        return (await client.query(text)).rows;
      } finally {
        await client.end().catch(() => {});
      }
    },
    async engineUrl() {
      const encryptionKey = Buffer.from(await readFile(join(dataDir, 'encryption-key'), 'utf8'), 'base64');
      return roleUrl(await ownerUrl(), 'flow_engine', encryptionKey);
    },
    async postmaster() {
      const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
      const pid = Number(text.split('\n')[0]);
      return pid > 0 ? pid : undefined;
    },
    async close() {
      for (const program of programs) program.interrupt('SIGKILL');
      sink.close();
      await expectNothingRuns(dataDir, ...programs);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeKey(url: string): Promise<string> {
  const { body: session } = await createClient(url, {}).post('/auth/v1/token?grant_type=password', ADMIN);
  const admin = createClient(url, { Authorization: `Bearer ${session.access_token}` });
  const { body: account } = await admin.post('/api/service-accounts', { name: 'faults', description: 'Of a test', role: 'org_admin' });
  const { body: made } = await admin.post(`/api/service-accounts/${account.id}/api-keys`, { name: 'first' });
  return made.token;
}

/** Waits until the database server is another one than this. */
export const untilPostmasterIsNot = (installation: Installation, pid: number | undefined): Promise<void> =>
  until(async () => {
    const now = await installation.postmaster();
    return now !== undefined && now !== pid;
  }, 'another database server');
