/**
 * Writes server/src/db/tables.ts, the tables as Kysely sees them, from a database that the migrations have just made.
 *
 *   npx node tools/db-types.ts            writes the file
 *   npx node tools/db-types.ts --check    exits 1 where it is not what it would write
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '../server/src/base/index.ts';
import { migrate, startEmbeddedPostgres } from '../server/src/db/index.ts';
import { describeTables } from './describe-tables.ts';

const FILE = fileURLToPath(new URL('../server/src/db/tables.ts', import.meta.url));

const log = createLog({ level: 'warn' });
const dataDir = await mkdtemp(join(tmpdir(), 'flow-types-'));
const server = await startEmbeddedPostgres({ dataDir, log, temporary: true, settings: { fsync: 'off' } });
try {
  await migrate({ ownerUrl: server.ownerUrl, encryptionKey: Buffer.alloc(32), log });
  const text = await describeTables(server.ownerUrl);
  if (!process.argv.includes('--check')) await writeFile(FILE, text);
  else if ((await readFile(FILE, 'utf8')) !== text) {
    console.error('server/src/db/tables.ts is not what the migrations make: run npm run db:types');
    process.exitCode = 1;
  }
} finally {
  await server.close();
}
