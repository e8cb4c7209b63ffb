import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { type HttpAnswer, loadInClosedLoop, writeRequest } from './http-client.ts';
import type { HttpPeer } from './http-peers.ts';
import { installPeer, untilAnswered } from './install-peer.ts';
import { measure } from './measure.ts';
import { freePort, type Program, startProgram } from './program.ts';

const PACKAGES = ['n8n@2.40.5']; // the newest asks for a package that was never published
const EXECUTIONS = 300;
const WARM_UP = 60;
const STEPS = 5;
const IMPORT_MS = 180_000;
const SAVED_MS = 30_000;

/** n8n from npm on a database of the same server, regular mode, execution data saved: a webhook, five Set nodes, the last one's answer. */
export async function openN8n(server: BenchServer): Promise<HttpPeer> {
  const folder = await installPeer('n8n', PACKAGES);
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-bench-n8n-'));
  const database = await server.createDatabase({ migrated: false });
  const programs: Program[] = [];
  const close = async () => {
    for (const program of programs.splice(0)) await program.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const url = await start(folder, dataDir, database, programs);
    const request = writeRequest(url, { method: 'POST', path: '/webhook/bench', body: { a: 1 } });
    const isRight = ({ status, body }: HttpAnswer) => status === 200 && JSON.parse(body).v === STEPS;
    return {
      name: 'n8n',
      title: 'n8n',
      bounds: { goal: 50, aim: 100 },
      async run(isWarmUp, connections) {
        const total = isWarmUp ? WARM_UP : EXECUTIONS;
        const before = await countSaved(database);
        const latenciesMs: number[] = [];
        const load = async () => {
          latenciesMs.push(...(await loadInClosedLoop(url, { connections, total, request: () => request, isRight })).latenciesMs);
        };
        const cost = await measure(database.owner, total, load, programs);
        await untilSaved(database, before + total);
        return { cost, latenciesMs };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(folder: string, dataDir: string, database: BenchDatabase, programs: Program[]): Promise<string> {
  const port = await freePort();
  const program = join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
  const env = settings(dataDir, database, port);
  const file = join(dataDir, 'workflow.json');
  await writeFile(file, JSON.stringify([workflow()]));
  const once = (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { env: { ...process.env, ...env }, timeout: IMPORT_MS });
  await once('import:workflow', `--input=${file}`);
  await once('publish:workflow', '--id=bench').catch(() => once('update:workflow', '--id=bench', '--active=true'));
  programs.push(await startProgram({ args: [program, 'start'], env, isSilent: true }));
  const url = `http://127.0.0.1:${port}`;
  await untilAnswered(`${url}/webhook/bench`, { method: 'POST' });
  return url;
}

function settings(dataDir: string, database: BenchDatabase, port: number): Record<string, string> {
  const { hostname, port: databasePort, pathname, username, password } = new URL(database.ownerUrl);
  return {
    N8N_USER_FOLDER: dataDir,
    N8N_PORT: String(port),
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_LOG_LEVEL: 'warn',
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: hostname,
    DB_POSTGRESDB_PORT: databasePort,
    DB_POSTGRESDB_DATABASE: pathname.slice(1),
    DB_POSTGRESDB_USER: decodeURIComponent(username),
    DB_POSTGRESDB_PASSWORD: decodeURIComponent(password),
    DB_POSTGRESDB_POOL_SIZE: '10',
    EXECUTIONS_MODE: 'regular',
    EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'all',
    EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'false',
    EXECUTIONS_DATA_PRUNE: 'false',
    N8N_RUNNERS_ENABLED: 'false',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
    N8N_SECURE_COOKIE: 'false',
  };
}

function workflow() {
  const hook = {
    id: 'hook',
    name: 'hook',
    type: 'n8n-nodes-base.webhook',
    typeVersion: 2,
    position: [0, 0],
    webhookId: 'bench',
    parameters: { httpMethod: 'POST', path: 'bench', responseMode: 'lastNode', options: {} },
  };
  const steps = Array.from({ length: STEPS }, (_, i) => ({
    id: `t${i + 1}`,
    name: `t${i + 1}`,
    type: 'n8n-nodes-base.set',
    typeVersion: 3.4,
    position: [200 * (i + 1), 0],
    parameters: { mode: 'manual', assignments: { assignments: [{ id: `a${i}`, name: 'v', value: i + 1, type: 'number' }] }, options: {} },
  }));
  const names = [hook.name, ...steps.map(({ name }) => name)];
  const connections = Object.fromEntries(
    names.slice(0, -1).map((name, i) => [name, { main: [[{ node: names[i + 1], type: 'main', index: 0 }]] }]),
  );
  const saved = { executionOrder: 'v1', saveDataSuccessExecution: 'all' };
  return { id: 'bench', name: 'bench', active: true, nodes: [hook, ...steps], connections, settings: saved };
}

async function countSaved({ owner }: BenchDatabase): Promise<number> {
  const { rows } = await owner.query<{ n: number }>(`select count(*)::int as n from execution_entity where status = 'success'`);
  return rows[0]?.n ?? 0;
}

/** It answers before it has saved. */
async function untilSaved(database: BenchDatabase, expected: number): Promise<void> {
  const deadline = Date.now() + SAVED_MS;
  while ((await countSaved(database)) < expected) {
    if (Date.now() > deadline) throw new Error(`n8n saved ${await countSaved(database)} of ${expected} executions`);
  }
}
