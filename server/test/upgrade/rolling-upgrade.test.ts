/** Two versions side by side: the one before works on while the next one's migration is applied, and starts on the schema that it brought. */
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#base';
import { createEngineDatabase, migrate } from '#db';
import { startLoad } from '../backup/installation.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectNothingRuns, type FlowProcess, runFlow, startServe, until } from '../support/flow-program.ts';
import { reach } from '../support/run-flow.ts';
import { createClient, type TestClient } from '../support/test-client.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const log = createLog({ level: 'silent' });

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;
let client: TestClient;
let server: Awaited<ReturnType<typeof startServe>>;
const programs: FlowProcess[] = [];

/** The migrations of a version that is to come: those of this one and some more. */
async function nextVersion(...texts: string[]): Promise<string> {
  const next = await mkdtemp(join(folder, 'migrations-'));
  await cp(MIGRATIONS, next, { recursive: true });
  const present = (await readdir(MIGRATIONS)).length;
  for (const [i, text] of texts.entries()) await writeFile(join(next, `${String(present + i + 1).padStart(4, '0')}-next.sql`), text);
  return next;
}

const apply = (next: string) => migrate({ ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log, folder: next });

/** Expands: what the version before does not know does not disturb it. */
const EXPAND = `
  alter table task_executions add column weight integer not null default 0;
  create table weights (organization_id uuid not null references organizations (id), id uuid not null, weight integer not null, primary key (organization_id, id));
  alter table weights enable row level security; alter table weights force row level security;
  create policy engine on weights to flow_engine using (true) with check (true); grant select, insert on weights to flow_engine;`;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'flow-upgrade-'));
  env = {
    DATABASE_URL: database.ownerUrl,
    FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex'),
    FLOW_DATA_DIR: join(folder, 'data'),
  };
  server = await startServe(['--workers', '1'], { env });
  programs.push(server);
  const made = await runFlow(['admin', 'create-organization', '--name', 'Ardent', '--json'], { env });
  const { id } = JSON.parse(made.stdout);
  const key = await runFlow(['admin', 'create-key', '--organization', id, '--name', 'load', '--role', 'org_admin', '--json'], { env });
  client = createClient(server.url, { 'X-API-Key': JSON.parse(key.stdout).token });
}, 120_000);
afterAll(async () => {
  for (const program of programs) program.interrupt('SIGTERM');
  await Promise.all(programs.map((program) => program.exit));
  await expectNothingRuns(folder, ...programs);
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

test('the version before serves and works while a migration is applied, also one that a long reader holds up', {
  timeout: 120_000,
}, async () => {
  const load = await startLoad(client);
  await until(() => load.started.length >= 3, 'the load runs');
  const reader = new Client(database.ownerUrl);
  await reader.connect();
  await reader.query('begin; lock table task_executions in access share mode');
  const migrating = apply(await nextVersion(EXPAND));
  const before = load.started.length;
  await until(() => load.started.length >= before + 5, 'requests are answered while the migration waits');
  await reader.query('commit');
  await reader.end();
  expect(await migrating).toHaveLength(1);
  const after = load.started.length;
  await until(() => load.started.length >= after + 3, 'and when it is applied');
  await load.stop();
  expect(load.refused).toBe(0);
  for (const { id } of load.started) expect(await reach(client, id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
});

test('the version before starts on the schema of the next one, and its runs end there', { timeout: 120_000 }, async () => {
  const old = await startServe(['--workers', '1'], { env });
  programs.push(old);
  expect(old.output.stderr + old.output.stdout).toContain('one migration ahead');
  const load = await startLoad(createClient(old.url, client.headers));
  await until(() => load.started.length >= 3, 'the load runs');
  await load.stop();
  for (const { id } of load.started) expect(await reach(client, id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
});

test('a version that is too old says so and ends; what runs of it goes on', async () => {
  await apply(await nextVersion(EXPAND, 'alter table weights add column note text;'));
  const refused = await runFlow(['serve', '--port', '0'], { env });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^✖ The database is newer than this version of the platform: this version is older by 2 migrations/),
  ]);
  expect((await client.get('/health/ready')).status).toBe(200);
  const engine = createEngineDatabase(database.engineUrl, { max: 1 });
  expect(await engine.query('t_versions', 'select bool_or(breaking) as breaking from schema_migrations', [])).toEqual([
    { breaking: false },
  ]);
  await engine.close();
});
