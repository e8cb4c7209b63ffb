/** What stops a start: one sentence that says what to do, exit code 1, no stack, and nothing that stays. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccess } from '#access';
import { createLog } from '#base';
import { createEngineDatabase } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectNothingRuns, freePort, runFlow } from '../support/flow-program.ts';

let folder: string;
let database: TestDatabase;
let other: Server;
let taken: number;
let closed: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-refusals-'));
  database = await createTestDatabase();
  const engineDb = createEngineDatabase(database.engineUrl, { max: 1 });
  await createAccess({ engineDb, config: database, log: createLog({ level: 'silent' }) }); // seals its keys, by which a wrong one is known
  await engineDb.close();
  closed = await freePort();
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  taken = typeof address === 'object' && address ? address.port : 0;
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'key'));
  await writeFile(join(folder, 'key', 'encryption-key'), 'too short\n');
});
afterAll(async () => {
  await new Promise((resolve) => other.close(resolve));
  await expectNothingRuns(folder);
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const stored = () => ({ DATABASE_URL: database.ownerUrl, FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex') });

test.each<[string, string[], () => Record<string, string>, RegExp]>([
  [
    'a setting that is wrong',
    [],
    () => ({ FLOW_PORT: 'abc' }),
    /^✖ The configuration is wrong:\n {2}FLOW_PORT must be a whole number from 0 to 65535, not "abc"\n$/,
  ],
  [
    'several, a secret among them',
    ['--workers', 'many'],
    () => ({ FLOW_ENCRYPTION_KEY: 'hunter2hunter2', FLOW_ADMIN_EMAIL: 'a@b.example' }),
    /^✖ The configuration is wrong:\n {2}--workers must be .*\n {2}FLOW_ENCRYPTION_KEY must be 32 bytes(?!.*hunter2).*\n {2}FLOW_ADMIN_EMAIL and FLOW_ADMIN_PASSWORD .*\n$/,
  ],
  ['a port that is taken', ['--port', 'TAKEN'], stored, /^✖ Port \d+ of 127\.0\.0\.1 is taken: choose another with --port or FLOW_PORT\n$/],
  [
    'an address of another machine',
    ['--port', '0', '--host', '203.0.113.7'],
    stored,
    /^✖ 203\.0\.113\.7 is no address of this machine: .*\n$/,
  ],
  [
    'a database that nobody serves',
    [],
    () => ({ DATABASE_URL: `postgres://u:hunter2@localhost:${closed}/x` }),
    /^✖ The database cannot be reached; try again \(.*ECONNREFUSED(?!.*hunter2).*\)\n$/,
  ],
  [
    'a password that the database refuses',
    [],
    () => ({ DATABASE_URL: database.ownerUrl.replace(/:[^:@]+@/, ':wrong@') }),
    /^✖ .*password authentication failed.*\n$/,
  ],
  [
    'the key of another installation',
    ['--port', '0'],
    () => ({ ...stored(), FLOW_ENCRYPTION_KEY: 'ab'.repeat(32) }),
    /^✖ FLOW_ENCRYPTION_KEY does not open the keys of this database\. .*\n$/,
  ],
  ['a data folder that is a file', ['--data', 'FOLDER/file'], () => ({}), /^✖ .*file.*\n$/],
  [
    'a key file that is cut short',
    ['--data', 'FOLDER/key'],
    () => ({}),
    /^✖ .*encryption-key does not hold a key of 32 bytes in base64\. Restore it: .*\n$/,
  ],
])('%s', async (_, args, env, sentence) => {
  const given = args.map((arg) => arg.replace('FOLDER', folder).replace('TAKEN', String(taken)));
  const data = args.includes('--data') ? [] : ['--data', join(folder, 'data')];
  const { code, stdout, stderr } = await runFlow(['serve', ...given, ...data], { env: { FLOW_LOG_LEVEL: 'warn', ...env() } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(sentence);
});
