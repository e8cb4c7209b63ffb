/**
 * A PostgreSQL as a managed service hands it out: the owner has CREATEROLE and CREATEDB, and is no superuser.
 *
 *   npx node tools/managed-like-postgres.ts <command> [arguments]
 *
 * runs the command with TEST_DATABASE_URL naming such a server, which ends with it, and exits as it did.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createLog } from '../server/src/base/index.ts';
import { startEmbeddedPostgres } from '../server/src/db/index.ts';

const [program, ...args] = process.argv.slice(2);
if (!program) throw new Error('Name the command to run');
const dataDir = await mkdtemp(join(tmpdir(), 'flow-managed-'));
const server = await startEmbeddedPostgres({
  dataDir,
  log: createLog({ level: 'warn' }),
  temporary: true,
  settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
});
try {
  process.exitCode = await run(program, args, await makeOwner(server.ownerUrl));
} finally {
  await server.close();
}

async function makeOwner(superuserUrl: string): Promise<string> {
  const url = new URL(superuserUrl);
  url.username = 'managed_owner';
  url.password = randomBytes(18).toString('hex');
  url.pathname = '/managed';
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query(`create role managed_owner login createrole createdb nosuperuser password '${url.password}'`);
  await client.query('create database managed owner managed_owner');
  await client.end();
  return url.href;
}

/** The exit code; a command that was ended by a signal counts as failed. */
function run(file: string, args: string[], url: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, TEST_DATABASE_URL: url } });
  child.on('error', reject);
  child.on('exit', (code) => resolve(code ?? 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal)); // then it ends, and so do we
  return promise;
}
