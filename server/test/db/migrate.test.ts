import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '#base';
import { migrate } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const log = createLog({ level: 'silent' });
let database: TestDatabase;
let owner: Client;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  owner = new Client(database.ownerUrl);
  await owner.connect();
  folder = await mkdtemp(join(tmpdir(), 'flow-migrations-'));
});

afterEach(async () => {
  await owner.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

const run = (into = folder) => migrate({ ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log, folder: into });
const write = (name: string, text: string) => writeFile(join(folder, name), text);
const SAFE =
  'enable row level security; alter table things force row level security; create policy engine on things to flow_engine using (true) with check (true);';
const THINGS = `create table things (organization_id uuid, id uuid, primary key (organization_id, id)); alter table things ${SAFE}`;
const count = async (table: string) => (await owner.query(`select count(*)::int as n from ${table}`)).rows[0].n;

test('an empty database gets everything once, and the second time nothing', async () => {
  const options = { ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log };
  const first = await migrate(options);
  expect(first[0]).toBe('0001-organizations-and-access.sql');
  expect(await migrate(options)).toEqual([]);
  expect(await count('schema_migrations')).toBe(first.length);
});

test('processes that start at once apply each file once', async () => {
  await write('0001-things.sql', THINGS);
  await write('0002-more.sql', 'alter table things add column note text;');
  const applied = await Promise.all([run(), run(), run(), run()]);
  expect(applied.flat()).toEqual(['0001-things.sql', '0002-more.sql']);
});

test('the roles sign in with the passwords that the key gives', async () => {
  await run();
  for (const url of [database.apiUrl, database.engineUrl]) {
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query('select current_user as name, current_setting($1) as plans', ['plan_cache_mode']);
    expect(rows[0]).toEqual({ name: client.user, plans: client.user === 'flow_engine' ? 'force_generic_plan' : 'auto' });
    await client.end();
  }
});

test('a file that fails leaves nothing of itself, and those before it stay', async () => {
  await write('0001-things.sql', THINGS);
  await write('0002-broken.sql', 'create table half (id int); select 1 / 0;');
  await expect(run()).rejects.toThrow('0002-broken.sql: division by zero');
  expect(await count('schema_migrations')).toBe(1);
  await expect(count('half')).rejects.toThrow(/does not exist/);
});

test('a file that was changed after it was applied is refused by name', async () => {
  await write('0001-things.sql', THINGS);
  await run();
  await write('0001-things.sql', THINGS.replaceAll('\n', '\r\n'));
  expect(await run()).toEqual([]); // another system's line ends are no change
  await write('0001-things.sql', `${THINGS} -- changed`);
  await expect(run()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('0001-things.sql') });
});

test('a database that is one migration ahead is worked with, two ahead it is refused', async () => {
  await write('0001-things.sql', THINGS);
  await write('0002-newer.sql', 'alter table things add column note text;');
  await run();
  await rm(join(folder, '0002-newer.sql'));
  expect(await run()).toEqual([]);
  await write('0002-newer.sql', 'alter table things add column note text;');
  await write('0003-newest.sql', 'select 1;');
  await run();
  for (const name of ['0002-newer.sql', '0003-newest.sql']) await rm(join(folder, name));
  await expect(run()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/older by 2 migrations, 0002-newer\.sql the first of them\. Start the newer version/),
  });
});

test('a migration that says that it breaks older versions keeps them out', async () => {
  await write('0001-things.sql', THINGS);
  await write('0002-newer.sql', '-- breaking: stop every worker first\nalter table things add column note text;');
  await run();
  await rm(join(folder, '0002-newer.sql'));
  await expect(run()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('0002-newer.sql breaks older versions') });
});

test('a table of migrations from before the mark of breaking ones gets it', async () => {
  await write('0001-things.sql', THINGS);
  await run();
  await owner.query('alter table schema_migrations drop column breaking');
  await write('0002-more.sql', 'alter table things add column note text;');
  expect(await run()).toEqual(['0002-more.sql']);
});

test('a migration that opens a hole between organizations stops the start', async () => {
  await write('0001-things.sql', 'create table things (organization_id uuid, id uuid, primary key (organization_id, id));');
  await expect(run()).rejects.toMatchObject({ code: 'conflict', details: [expect.stringMatching(/^L1 .*things/)] });
});

test('a table that somebody has locked is waited for', async () => {
  await write('0001-things.sql', THINGS);
  await run();
  await write('0002-more.sql', 'alter table things add column note text;');
  await owner.query('begin; lock table things in access share mode');
  const isRefused = Promise.withResolvers<void>();
  const watching = createLog({
    destination: { write: (line: string) => line.includes('a table is locked') && isRefused.resolve() } as unknown as NodeJS.WritableStream,
  });
  const running = migrate({ ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log: watching, folder });
  await isRefused.promise;
  await owner.query('commit');
  expect(await running).toEqual(['0002-more.sql']);
});
