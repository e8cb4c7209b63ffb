import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlowError, newId } from '#base';
import { createEngineDatabase, createTenantDatabase, type EngineDatabase, type TenantDatabase } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let engine: EngineDatabase;
let tenant: TenantDatabase;
const [ours, theirs] = [newId(), newId()];
const asUs = { organizationId: ours, principalId: 'us', role: 'org_admin' };
const asThem = { organizationId: theirs, principalId: 'them', role: 'org_admin' };
const flow = (organizationId: string, id = newId()) => ({
  organizationId,
  id,
  displayName: `flow ${id}`,
  createdBy: 'test',
  modifiedBy: 'test',
});

beforeAll(async () => {
  database = await createTestDatabase();
  engine = createEngineDatabase(database.engineUrl, { max: 4 });
  tenant = createTenantDatabase(database.apiUrl, { max: 1 }); // one connection: what leaks, leaks to the next
  await engine.kysely
    .insertInto('organizations')
    .values([
      { id: ours, name: 'Ours' },
      { id: theirs, name: 'Theirs' },
    ])
    .execute();
});

afterAll(async () => {
  await tenant?.close();
  await engine?.close();
  await database?.drop();
});

describe('a transaction of the tenant door', () => {
  test('reads and changes rows of its own organization alone', async () => {
    const [mine, foreign] = [flow(ours), flow(theirs)];
    await engine.kysely.insertInto('flows').values([mine, foreign]).execute();
    const seen = await tenant.transaction(asUs, (tx) => tx.selectFrom('flows').select('id').execute());
    expect(seen.map((row) => row.id)).toContain(mine.id);
    expect(seen.map((row) => row.id)).not.toContain(foreign.id);
    const changed = await tenant.transaction(asUs, (tx) =>
      tx.updateTable('flows').set({ displayName: 'x' }).where('id', '=', foreign.id).executeTakeFirst(),
    );
    expect(changed.numUpdatedRows).toBe(0n);
    const organizations = await tenant.transaction(asUs, (tx) => tx.selectFrom('organizations').select('id').execute());
    expect(organizations).toEqual([{ id: ours }]);
  });

  test('cannot write a row of another organization', async () => {
    await expect(tenant.transaction(asUs, (tx) => tx.insertInto('flows').values(flow(theirs)).execute())).rejects.toThrow(
      /row-level security/,
    );
  });

  test('cannot point at a row of another organization: a foreign parent is as absent', async () => {
    const foreign = flow(theirs);
    await tenant.transaction(asThem, (tx) => tx.insertInto('flows').values(foreign).execute());
    const version = { organizationId: ours, id: newId(), flowId: foreign.id, version: 1, definition: '{}', modifiedBy: 'test' };
    const refusal = (flowId: string) =>
      tenant
        .transaction(asUs, (tx) =>
          tx
            .insertInto('flowVersions')
            .values({ ...version, flowId })
            .execute(),
        )
        .then(
          () => 'written',
          (error) => error.code,
        );
    expect(await refusal(foreign.id)).toBe('23503');
    expect(await refusal(newId())).toBe('23503');
  });

  test('tells nothing by an id that another organization has taken', async () => {
    const foreign = flow(theirs);
    await tenant.transaction(asThem, (tx) => tx.insertInto('flows').values(foreign).execute());
    await tenant.transaction(asUs, (tx) => tx.insertInto('flows').values(flow(ours, foreign.id)).execute());
  });

  test('leaves no scope on the connection, whether it commits or fails', async () => {
    await tenant.transaction(asUs, (tx) => tx.selectFrom('flows').select('id').execute());
    await expect(
      tenant.transaction(asUs, async () => {
        throw new Error('half-way');
      }),
    ).rejects.toThrow('half-way');
    const next = tenant.transaction({ organizationId: '', principalId: '', role: '' }, (tx) =>
      tx.selectFrom('flows').select('id').execute(),
    );
    await expect(next).rejects.toThrow(/invalid input syntax for type uuid/);
  });

  test('keeps two transactions on one connection apart', async () => {
    const visible = async (scope: typeof asUs) =>
      (await tenant.transaction(scope, (tx) => tx.selectFrom('flows').select('organizationId').distinct().execute())).map(
        (row) => row.organizationId,
      );
    await tenant.transaction(asUs, (tx) => tx.insertInto('flows').values(flow(ours)).execute());
    await tenant.transaction(asThem, (tx) => tx.insertInto('flows').values(flow(theirs)).execute());
    for (let round = 0; round < 5; round++) expect([await visible(asUs), await visible(asThem)]).toEqual([[ours], [theirs]]);
  });

  test('writes nothing when it fails, and nothing when it is read-only', async () => {
    const lost = flow(ours);
    const half = tenant.transaction(asUs, async (tx) => {
      await tx.insertInto('flows').values(lost).execute();
      throw new Error('half-way');
    });
    await expect(half).rejects.toThrow('half-way');
    const written = tenant.transaction(asUs, (tx) => tx.insertInto('flows').values(lost).execute(), { readOnly: true });
    await expect(written).rejects.toThrow(/read-only/);
    expect(await engine.query('test_find_flow', 'select id from flows where id = $1', [lost.id])).toEqual([]);
  });

  test('reads what users wrote as JSON without renaming its keys', async () => {
    const row = { ...flow(ours), settings: JSON.stringify({ some_key: [{ other_key: 1 }] }) };
    const [seen] = await tenant.transaction(asUs, async (tx) => {
      await tx.insertInto('flows').values(row).execute();
      return tx.selectFrom('flows').select(['settings', 'createdAt', 'runCount']).where('id', '=', row.id).execute();
    });
    expect(seen).toEqual({ settings: { some_key: [{ other_key: 1 }] }, createdAt: expect.any(Date), runCount: 0 });
  });
});

describe('without a scope', () => {
  test('every table with an organization raises an error instead of answering', async () => {
    const client = new Client(database.apiUrl);
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and has_table_privilege('flow_api', c.oid, 'select')`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { name } of rows) await expect(client.query(`select * from ${name}`), name).rejects.toThrow(/flow\.organization/);
    await client.end();
  });

  test.each(['flow_api', 'flow_engine'])('%s makes, changes and drops nothing', async (role) => {
    const client = new Client(role === 'flow_api' ? database.apiUrl : database.engineUrl);
    await client.connect();
    const statements = [
      'create table evil (id int)',
      'create temporary table evil (id int)',
      'create schema evil',
      'alter table flows disable row level security',
      'create policy evil on flows using (true)',
      'drop table flows',
      'truncate flows',
      `create function evil() returns int language sql as 'select 1'`,
      'set role flow_owner',
      'alter role flow_api superuser',
      'create role evil',
    ];
    for (const text of statements) await expect(client.query(text), text).rejects.toThrow(/permission denied|must be owner|does not exist/);
    await client.end();
  });
});

test('a database that is not there is service_unavailable with Retry-After', async () => {
  const door = createTenantDatabase('postgres://flow_api:x@127.0.0.1:1/flow', { max: 1 });
  const failure = await door.transaction(asUs, (tx) => sql`select 1`.execute(tx)).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(FlowError);
  expect(failure).toMatchObject({ code: 'service_unavailable', headers: { 'Retry-After': '2' } });
  await door.close();
});
