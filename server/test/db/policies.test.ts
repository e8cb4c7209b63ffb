import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lintCatalogue } from '#db';
import { LINT_EXCEPTIONS } from '../../src/db/catalogue-lint.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client(database.ownerUrl);
  await owner.connect();
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

const lint = () => lintCatalogue(async (text) => (await owner.query(text)).rows);

/** Faults that the statements plant; nothing of them stays. */
async function plant(...statements: string[]): Promise<string[]> {
  await owner.query('begin');
  try {
    for (const text of statements) await owner.query(text);
    return await lint();
  } finally {
    await owner.query('rollback');
  }
}

/** Tables that hold no organization's rows, with the reason. Whoever adds a table adds policies or a line here. */
const WITHOUT_ORGANIZATION: Record<string, string> = {
  organizations: 'is the organization: its policy compares the id',
  platform_keys: "the installation's own keys; only flow_engine reads them",
  workers: 'processes, which work for all; only flow_engine sees them',
  schema_migrations: 'what was applied to the database; only the owner and flow_engine read it',
};

describe('every table', () => {
  test('carries the organization, first in its primary key, or is on the list of those that have none', async () => {
    const { rows } = await owner.query<{ name: string; first: string | null }>(`
      select c.relname as name, (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first
      from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`);
    expect(rows.length).toBeGreaterThan(15);
    const others = rows.filter((row) => row.first !== 'organization_id').map((row) => row.name);
    expect(others).toEqual(Object.keys(WITHOUT_ORGANIZATION).sort());
  });

  test('with an organization lets flow_api see its own and flow_engine see all, by one policy each', async () => {
    const { rows } = await owner.query<{ name: string; policies: string[] }>(`
      select c.relname as name, array_agg(p.polname || ' ' || p.polroles::regrole[]::text || ' ' || pg_get_expr(p.polqual, c.oid) order by p.polname)::text[] as policies
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' left join pg_policy p on p.polrelid = c.oid
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace group by c.oid`);
    for (const { name, policies } of rows) {
      expect(policies, name).toEqual([
        'engine {flow_engine} true',
        `tenant {flow_api} (organization_id = (current_setting('flow.organization'::text))::uuid)`,
      ]);
    }
  });
});

describe('the catalogue lint', () => {
  test('finds nothing in the schema', async () => {
    expect(await lint()).toEqual([]);
  });

  test('excepts nothing that does not exist', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace`,
    );
    const present = new Set(rows.map((row) => row.name));
    expect(LINT_EXCEPTIONS.filter((name) => !present.has(name))).toEqual([]);
  });

  const table = 'create table evil (organization_id uuid not null, id uuid not null, primary key (organization_id, id))';
  const forced = 'alter table evil enable row level security; alter table evil force row level security';
  const policy = `create policy tenant on evil to flow_api using (organization_id = current_setting('flow.organization')::uuid)
    with check (organization_id = current_setting('flow.organization')::uuid)`;

  test('L1 finds a table without, with unforced and with unused row-level security', async () => {
    expect(await plant(table)).toEqual([expect.stringMatching(/^L1 .*: evil /)]);
    expect(await plant(table, 'alter table evil enable row level security', policy)).toEqual([expect.stringMatching(/^L1 .*: evil /)]);
    expect(await plant(table, forced)).toEqual([expect.stringMatching(/^L1 .*: evil /)]);
    expect(await plant(table, forced, policy)).toEqual([]);
  });

  test("L2 finds a view with its owner's rights and a materialized view that a role may read", async () => {
    const view = 'view evil as select * from flows';
    const grant = 'grant select on evil to flow_api';
    expect(await plant(`create ${view}`, grant)).toEqual([expect.stringMatching(/^L2 .*: evil /)]);
    expect(await plant(`create materialized ${view}`, grant)).toEqual([expect.stringMatching(/^L2 .*: evil /)]);
    expect(await plant(`create ${view}`, 'alter view evil set (security_invoker = true)', grant)).toEqual([]);
    expect(await plant(`create materialized ${view}`)).toEqual([]);
  });

  test("L3 finds a function with its owner's rights", async () => {
    const define = `create function evil() returns bigint language sql security definer as 'select count(*) from flows'`;
    expect(await plant(define)).toEqual([expect.stringMatching(/^L3 .*: evil\(\) /)]);
    expect(await plant(define, 'revoke execute on function evil from public')).toEqual([]);
  });

  test('L4 finds a unique index that tells one organization about another', async () => {
    expect(await plant('create unique index evil on flows (display_name)')).toEqual([expect.stringMatching(/^L4 .*: evil /)]);
    expect(await plant('create unique index evil on flows (display_name, organization_id)')).toEqual([
      expect.stringMatching(/^L4 .*: evil /),
    ]);
    expect(await plant('create unique index evil on flows (organization_id, created_at)')).toEqual([]);
  });

  test('L5 finds a foreign key that leaves the organization out, or takes it for something else', async () => {
    const key = (columns: string, target: string) =>
      `alter table evil add constraint evil_parent foreign key (${columns}) references ${target}`;
    const parent =
      'create unique index evil_flows on flows (id, organization_id); alter table flows add constraint evil_swapped unique using index evil_flows';
    const faults = await plant(table, forced, policy, parent, key('organization_id, id', 'flows (id, organization_id)'));
    expect(faults).toContainEqual(expect.stringMatching(/^L5 .*: evil_parent /));
    const alone = 'create unique index evil_alone on flows (id); alter table flows add constraint evil_id unique using index evil_alone';
    expect(await plant(table, forced, policy, alone, key('id', 'flows (id)'))).toContainEqual(
      expect.stringMatching(/^L5 .*: evil_parent /),
    );
    expect(await plant(table, forced, policy, key('organization_id, id', 'flows'))).toEqual([]);
  });

  test('L6 finds a role with a right too many', async () => {
    const found = [expect.stringMatching(/^L6 .*: flow_api /)];
    expect(await plant('alter role flow_api createrole')).toEqual(found);
    expect(await plant('create role evil_group', 'grant evil_group to flow_api')).toEqual(found);
    expect(await plant('grant create on schema public to flow_api')).toEqual(found);
    expect(
      await plant(table, forced, policy, 'grant create on schema public to flow_api', 'alter table evil owner to flow_api').catch(
        (error) => error.code,
      ),
    ).toSatisfy(
      (result) => result === '42501' || /L6/.test(String(result)), // an owner that is no superuser may not give a table away
    );
  });

  test('L7 finds a policy that does not check what is written, or compares with something else', async () => {
    const found = [expect.stringMatching(/^L7 .*: tenant on evil /)];
    const as = (rest: string, command = 'all') => `create policy tenant on evil for ${command} to flow_api ${rest}`;
    const compare = `organization_id = current_setting('flow.organization')::uuid`;
    expect(await plant(table, forced, as(`using (${compare})`))).toEqual(found);
    expect(await plant(table, forced, as(`using (${compare}) with check (true)`))).toEqual(found);
    expect(await plant(table, forced, as(`using (${compare} or id is null) with check (${compare})`))).toEqual(found);
    expect(await plant(table, forced, as(`using (${compare} and id is not null) with check (${compare})`))).toEqual([]);
    expect(await plant(table, forced, as(`using (true) with check (${compare})`))).toEqual(found);
    expect(await plant(table, forced, `create policy tenant on evil using (id is not null) with check (${compare})`)).toEqual(found);
    expect(await plant(table, forced, as(`using (${compare})`, 'select'))).toEqual([]);
  });
});
