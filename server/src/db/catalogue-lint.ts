/**
 * Reads PostgreSQL's catalogue for holes between organizations: L1 to L7, each a rule that a future migration could break without any test
 * of a route noticing. Run when migrating, at start and in tests; a fault stops the start.
 */

/** Runs a statement and returns its rows. */
export type CatalogueQuery = (text: string) => Promise<Record<string, unknown>[]>;

interface Rule {
  name: string;
  /** Rows `{subject}` that break the rule. */
  text: string;
  /** Subjects that may break it, each with its reason. */
  exceptions: Record<string, string>;
}

/** Objects of ours: what an extension brought, or a managed server keeps in schemas of its own, is not. */
const ours = (oid: string) =>
  `(n.nspname = 'public' or n.nspname like 'flow%') and not exists (select from pg_depend d where d.objid = ${oid} and d.deptype = 'e')`;

/** What a policy for flow_api says, as PostgreSQL prints it: this comparison, or this and something else. */
const compares = (expression: string, table: string) => {
  const column = `case when ${table} = to_regclass('organizations') then 'id' else 'organization_id' end`;
  const comparison = `'(' || ${column} || ' = (current_setting(''flow.organization''::text))::uuid)'`;
  return `(${expression} = ${comparison} or starts_with(${expression}, '(' || ${comparison} || ' AND '))`;
};

/** Tables without organization_id, or without row-level security. Used by the policies suite too. */
export const TABLES_OUTSIDE_TENANCY: Record<string, string> = {
  schema_migrations: 'file names and checksums; flow_api has no grant on it, and the owner must read it',
};

const RULES: Rule[] = [
  {
    name: 'L1 row-level security is enabled and forced, with a policy',
    text: `select c.oid::regclass::text as subject from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${ours('c.oid')} and c.relkind in ('r', 'p')
        and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`,
    exceptions: TABLES_OUTSIDE_TENANCY,
  },
  {
    name: "L2 a view reads with its caller's rights (security_invoker), and no role of ours reads a materialized view",
    text: `select c.oid::regclass::text as subject from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${ours('c.oid')} and (c.relkind = 'm' or (c.relkind = 'v' and not coalesce(c.reloptions && '{security_invoker=true,security_invoker=on}', false)))
        and (has_any_column_privilege('flow_api', c.oid, 'select') or has_any_column_privilege('flow_engine', c.oid, 'select'))`,
    exceptions: {},
  },
  {
    name: "L3 flow_api may call no function that runs with its owner's rights",
    text: `select p.oid::regprocedure::text as subject from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${ours('p.oid')} and p.prosecdef and has_function_privilege('flow_api', p.oid, 'execute')`,
    exceptions: {},
  },
  {
    name: 'L4 a unique index begins with the organization',
    text: `select i.indexrelid::regclass::text as subject
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_attribute a on a.attrelid = i.indrelid and a.attname = 'organization_id' and not a.attisdropped
      where ${ours('c.oid')} and i.indisunique and i.indkey[0] is distinct from a.attnum`,
    exceptions: {
      organizations_pkey: 'the organization itself; ids are random',
      organizations_name: "only the platform's operator makes organizations",
      users_email: 'one person, one account: sign-in knows an address before it knows an organization; flow_api never writes users',
      refresh_tokens_hash: 'looked up before the organization is known; a hash of 256 random bits tells nothing',
      api_keys_hash: 'looked up before the organization is known; a hash of 256 random bits tells nothing',
      platform_keys_pkey: 'belongs to no organization; flow_api has no grant on it',
      workers_pkey: 'belongs to no organization; flow_api has no grant on it',
      schema_migrations_pkey: 'belongs to no organization; flow_api has no grant on it',
    },
  },
  {
    name: 'L5 a foreign key carries the organization, to the same column',
    text: `select k.conname as subject from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'organization_id' and not a.attisdropped
      where ${ours('k.oid')} and k.contype = 'f' and not exists (
        select from unnest(k.conkey, k.confkey) as pair (here, there) join pg_attribute b on b.attrelid = k.confrelid and b.attnum = pair.there
        where pair.here = a.attnum and (b.attname = 'organization_id' or k.confrelid = to_regclass('organizations') and b.attname = 'id'))`,
    exceptions: {},
  },
  {
    name: 'L6 a role of ours is no superuser, bypasses no policy, owns nothing, is a member of nothing, makes nothing',
    text: `select r.rolname as subject from pg_roles r where r.rolname in ('flow_api', 'flow_engine')
      and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
        or exists (select from pg_class where relowner = r.oid)
        or exists (select from pg_auth_members where member = r.oid)
        or has_database_privilege(r.oid, current_database(), 'create') or has_schema_privilege(r.oid, 'public', 'create'))`,
    exceptions: {},
  },
  {
    name: "L7 a policy that lets write checks what is written, and lets flow_api see no organization but the caller's",
    text: `select p.polname || ' on ' || p.polrelid::regclass::text as subject from pg_policy p
      join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
      cross join lateral (select pg_get_expr(p.polqual, p.polrelid) as sees, pg_get_expr(p.polwithcheck, p.polrelid) as writes) e
      where ${ours('c.oid')} and (
        (p.polcmd in ('*', 'a', 'w') and e.writes is null
          and (p.polrelid <> to_regclass('organizations') or has_any_column_privilege('flow_api', p.polrelid, 'insert, update')))
        or (p.polpermissive and (p.polroles @> array[0::oid] or p.polroles @> array[(select oid from pg_roles where rolname = 'flow_api')])
          and not (${compares('coalesce(e.sees, e.writes)', 'p.polrelid')} and ${compares('coalesce(e.writes, e.sees)', 'p.polrelid')})))`,
    exceptions: {},
  },
];

/** Every fault as a sentence, none where all is well. The caller's role needs no rights but to read the catalogue. */
export async function lintCatalogue(query: CatalogueQuery): Promise<string[]> {
  const faults: string[] = [];
  for (const rule of RULES) {
    const rows = await query(rule.text);
    const subjects = rows.map((row) => String(row.subject)).filter((subject) => !Object.hasOwn(rule.exceptions, subject));
    faults.push(...subjects.map((subject) => `${rule.name}: ${subject} does not`));
  }
  return faults;
}

/** Names of the exceptions, so that a test can tell one that no longer applies. */
export const LINT_EXCEPTIONS: readonly string[] = RULES.flatMap((rule) => Object.keys(rule.exceptions));
