/** DATABASE_URL instead of the embedded database: the commands are the same, and nothing is embedded. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectNothingRuns, runFlow, startServe } from '../support/flow-program.ts';
import { createClient } from '../support/test-client.ts';
import { writeFiles } from './files.ts';

let files: Awaited<ReturnType<typeof writeFiles>>;
let database: TestDatabase;
let server: Awaited<ReturnType<typeof startServe>>;
let env: Record<string, string>;

beforeAll(async () => {
  files = await writeFiles();
  database = await createTestDatabase({ migrated: false });
  const admin = { FLOW_ADMIN_EMAIL: 'root@ardent.example', FLOW_ADMIN_PASSWORD: 'correct horse battery' };
  env = {
    DATABASE_URL: database.ownerUrl,
    FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex'),
    FLOW_DATA_DIR: files.dataDir,
    ...admin,
  };
  server = await startServe(['--workers', '1'], { env });
});
afterAll(async () => {
  server?.interrupt('SIGKILL');
  await database.drop();
  await rm(files.folder, { recursive: true, force: true });
});

test('an empty database is brought up to date, and the configured administrator signs in', async () => {
  expect(server.ready).toEqual({ event: 'ready', url: server.url });
  const login = { email: env['FLOW_ADMIN_EMAIL'], password: env['FLOW_ADMIN_PASSWORD'] };
  expect((await createClient(server.url, {}).post('/auth/v1/token?grant_type=password', login)).status).toBe(200);
});

test('admin, migrate, doctor and run work beside it', async () => {
  const [made, migrated, doctor] = await Promise.all([
    runFlow(['admin', 'create-organization', '--name', 'Ardent', '--json'], { env }),
    runFlow(['migrate'], { env }),
    runFlow(['doctor', '--json'], { env: { ...env, FLOW_PORT: '0' } }),
  ]);
  expect(migrated.code, migrated.stderr).toBe(0);
  const wrong = JSON.parse(doctor.stdout).findings.filter(({ ok }: { ok: boolean }) => !ok);
  expect(wrong.map(({ what }: { what: string }) => what)).toEqual(['Durability']); // the server of the tests need not outlive a crash
  expect(doctor.stdout).not.toContain(env['FLOW_ENCRYPTION_KEY']);
  expect(doctor.stdout).not.toContain(new URL(database.ownerUrl).password || 'no password in the URL');
  const { id } = JSON.parse(made.stdout);
  const key = await runFlow(['admin', 'create-key', '--organization', id, '--name', 'CI', '--json'], { env });
  const args = ['run', files.greet, '--file', files.note, '--input', 'name=Ada', '--input', 'count=2', '--json'];
  const remote = ['--server', server.url, '--key', JSON.parse(key.stdout).token];
  const [there, here] = await Promise.all([runFlow([...args, ...remote], { env }), runFlow(args, { env })]);
  for (const finished of [there, here]) {
    expect(finished.code, finished.stderr).toBe(0);
    expect(JSON.parse(finished.stdout).tasks[1].output).toEqual({ text: 'Ada has 3 of note.txt' });
  }
});

test('the data folder holds files, no database, and SIGTERM ends it with exit code 0', async () => {
  expect((await readdir(files.dataDir)).sort()).toEqual(['files', 'local.json']);
  expect(await readdir(join(files.dataDir, 'files'))).not.toEqual([]);
  server.child.kill('SIGTERM');
  expect(await server.exit, server.output.stderr).toBe(0);
  await expectNothingRuns(files.dataDir, server);
});
