import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

interface Column {
  table: string;
  column: string;
  type: string;
  isRequired: boolean;
  hasDefault: boolean;
  isIdentity: boolean;
  /** Of `check (column in (...))`. */
  literals: string[] | null;
}

const COLUMNS = `
  select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attnotnull as "isRequired",
    a.atthasdef as "hasDefault", a.attidentity <> '' as "isIdentity", k.definition as check
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join lateral (select pg_get_constraintdef(oid) as definition from pg_constraint
    where conrelid = c.oid and contype = 'c' and conkey = array[a.attnum] and pg_get_constraintdef(oid) like '%= ANY (ARRAY[%' limit 1) k on true
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
  order by c.relname collate "C", a.attnum`;

const TYPES: Record<string, string> = {
  uuid: 'string',
  text: 'string',
  date: 'string',
  smallint: 'number',
  integer: 'number',
  bigint: 'number',
  'double precision': 'number',
  boolean: 'boolean',
  bytea: 'Buffer',
  numeric: 'string',
  'text[]': 'string[]',
  'uuid[]': 'string[]',
  'timestamp with time zone': 'Timestamp',
  json: 'JsonColumn',
  jsonb: 'JsonColumn',
};

const HEADER = `// Written by tools/db-types.ts from the migrations (npm run db:types); not by hand. Columns in camelCase, as Kysely's plugin names them.
import type { ColumnType, GeneratedAlways } from 'kysely';
import type { Json } from '#base';

/** Read as a value, written as text: pg would take a list for an SQL array. */
type JsonColumn = ColumnType<Json, string, string>;
type NullableJsonColumn = ColumnType<Json | null, string | null | undefined, string | null>;
/** Milliseconds. */
type Timestamp = ColumnType<Date, Date | string, Date | string>;
type NullableTimestamp = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** The database fills it where an insert leaves it out. */
type Generated<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>;
`;

/** The text of server/src/db/tables.ts for the schema `public` of the database. */
export async function describeTables(ownerUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query(COLUMNS);
    const columns: Column[] = rows.map((row) => ({ ...row, literals: literalsOf(row.check) }));
    const tables = Map.groupBy(columns, (column) => column.table);
    const interfaces = [...tables].map(([name, list]) => describeTable(name, list));
    const members = [...tables.keys()].map((name) => `  ${toCamelCase(name)}: ${typeName(name)};`);
    return format(`${HEADER}\n${interfaces.join('\n\n')}\n\nexport interface Tables {\n${members.join('\n')}\n}\n`);
  } finally {
    await client.end();
  }
}

const describeTable = (name: string, columns: Column[]) =>
  `export interface ${typeName(name)} {\n${columns.map((column) => `  ${toCamelCase(column.column)}: ${describeColumn(column)};`).join('\n')}\n}`;

function describeColumn(column: Column): string {
  const type = column.literals?.map((literal) => `'${literal}'`).join(' | ') ?? TYPES[column.type];
  if (!type) throw new Error(`${column.table}.${column.column}: tools/describe-tables.ts does not know the type ${column.type}`);
  if (column.isIdentity) return `GeneratedAlways<${type}>`;
  if (column.isRequired) return column.hasDefault ? `Generated<${type}>` : type;
  return type === 'JsonColumn' || type === 'Timestamp' ? `Nullable${type}` : `${type} | null`;
}

/** `CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text])))` */
function literalsOf(check: string | null): string[] | null {
  return check ? [...check.matchAll(/'([^']*)'::text/g)].map((match) => match[1] as string) : null;
}

const toCamelCase = (name: string) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const typeName = (name: string) => `${toCamelCase(name).replace(/^./, (letter) => letter.toUpperCase())}Table`;

/** As Biome would have it, so that the file is neither reformatted nor stale. */
function format(text: string): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'));
  const run = spawnSync(process.execPath, [biome, 'format', '--stdin-file-path=server/src/db/tables.ts'], {
    input: text,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`Biome did not format the tables: ${run.stderr}`);
  return run.stdout;
}
