/** An installation with all that an operator can get wrong at once: each thing is named, with what to do about it. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { runFlow } from '../support/flow-program.ts';

interface Finding {
  what: string;
  ok: boolean;
  says: string;
}

async function runDoctor(env: Record<string, string>) {
  const done = await runFlow(['doctor', '--json'], { env });
  const { findings } = JSON.parse(done.stdout) as { findings: Finding[] };
  return { ...done, says: Object.fromEntries(findings.filter(({ ok }) => !ok).map(({ what, says }) => [what, says])) };
}

test('flow doctor finds them all', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'flow-doctor-'));
  const stranger = createServer((_, response) => void response.writeHead(401).end('not the platform'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const { port } = stranger.address() as AddressInfo;
  onTestFinished(async () => {
    stranger.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  const dataDir = join(folder, 'data');
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'postgres.json'), '{}');
  await chmod(join(dataDir, 'postgres.json'), 0o644);
  await writeFile(join(folder, 'no-folder'), '');
  const sealed = { FLOW_DATA_DIR: join(folder, 'other'), DATABASE_URL: database.ownerUrl, FLOW_PORT: '0' };
  expect((await runDoctor({ ...sealed, FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex') })).says).toEqual({
    Durability: 'fsync, full_page_writes, synchronous_commit off: what was acknowledged is lost when the machine stops; set it to on',
  });

  const { code, says, stdout } = await runDoctor({
    DATABASE_URL: database.ownerUrl,
    FLOW_DATA_DIR: dataDir,
    FLOW_BACKUP: join(folder, 'data'),
    FLOW_CORS_ORIGINS: '*',
    FLOW_ENCRYPTION_KEY: '00'.repeat(32),
    FLOW_FILES: `file:${join(folder, 'no-folder')}`,
    FLOW_MODEL_BASE_URL: `http://127.0.0.1:${port}/v1`,
    FLOW_PORT: String(port),
    FLOW_PROT: '1',
  });
  expect(code).toBe(1);
  expect(says).toEqual({
    'Data folder': `${dataDir}/postgres.json may be read by others of this machine: chmod 600 ${dataDir}/postgres.json`,
    'Database of DATABASE_URL': expect.stringMatching(/^FLOW_ENCRYPTION_KEY does not open the keys of this database\. Start with the key/),
    Durability: expect.stringContaining('set it to on'),
    'File store': expect.stringMatching(/no-folder cannot be used \(.*\): check FLOW_FILES/),
    'Model endpoint': `http://127.0.0.1:${port}/v1 refuses the key (401): check FLOW_MODEL_API_KEY`,
    Backup: expect.stringMatching(/is for the embedded database: unset it.*lies on the disk that it is to survive/),
    Port: `${port} of 127.0.0.1 is taken by another program: choose another by FLOW_PORT or --port`,
    Network: expect.stringContaining('FLOW_CORS_ORIGINS is *'),
    'Encryption key': expect.stringContaining('openssl rand -base64 32'),
    Environment: 'no setting has this name: FLOW_PROT',
  });
  expect(stdout).not.toContain('00'.repeat(32));
});

test('a login that may not make the roles, and tables that policies no longer guard, are told', async () => {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'flow-doctor-'));
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const login = `doctor_${Math.random().toString(16).slice(2)}`;
  onTestFinished(async () => {
    await owner.query(`drop role if exists ${login}`);
    await owner.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  const env = { FLOW_DATA_DIR: folder, FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex'), FLOW_PORT: '0' };
  await owner.query('alter table task_executions no force row level security');
  expect((await runDoctor({ ...env, DATABASE_URL: database.ownerUrl })).says['Database of DATABASE_URL']).toMatch(
    /holes:\nL1 .*task_executions/,
  );
  await owner.query('alter table task_executions force row level security');

  await owner.query(`create role ${login} login password '${login}'`);
  const url = new URL(database.ownerUrl);
  [url.username, url.password] = [login, login];
  const { says } = await runDoctor({ ...env, DATABASE_URL: url.href });
  expect(says['Database login']).toContain('has no CREATEROLE');
});
