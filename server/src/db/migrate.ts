/**
 * Brings a database to the schema of this version: the roles, then each file of server/migrations that it lacks, in order, each in a
 * transaction of its own and recorded with its checksum. Forward only. Several processes may start at once: an advisory lock lets one work.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';
import { FlowError, type Log } from '#base';
import { lintCatalogue } from './catalogue-lint.ts';
import { checkKey, type SealedKey } from './check-key.ts';
import { codeOf, withFailuresTranslated } from './failures.ts';
import { clientFor } from './primary-client.ts';
import { makeRoles, openDatabaseToRoles } from './roles.ts';

export interface MigrateOptions {
  /** A login that may make tables in the database and has CREATEROLE; it need not be a superuser. */
  ownerUrl: string;
  /** The roles' passwords derive from it. */
  encryptionKey: Buffer;
  /** Whether that key opens what the platform has sealed here; absent: not asked. One that does not is refused before anything changes. */
  opensKey?: (key: SealedKey) => boolean;
  log: Log;
  /** Where the numbered files lie; the product's own by default. */
  folder?: string;
}

interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

interface AppliedMigration extends Omit<Migration, 'text'> {
  /** It says `-- breaking:`, and what to stop before it is applied. */
  breaking: boolean;
}

const FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));
const OLDEST_SERVER = 150_000; // privileges of schema public, unique nulls not distinct, security_invoker views
const MIGRATION_LOCK = 4_202_513; // any number, the same in every version
const NEWER_ALLOWED = 1; // what a version may be behind its database: more was never tried together
const TURN_MS = 120_000; // how long to wait for another process that migrates
const LOCK_ATTEMPTS = 30; // with lock_timeout 2 s and a pause of 1 s: a minute and a half for long transactions to end
const PAUSE_MS = 1000;

/** Returns the names of the files that were applied. Throws FlowError with what to do where the database is too old, newer, or changed. */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(options.folder ?? FOLDER);
  const owner = new (clientFor(options.ownerUrl))({
    connectionString: options.ownerUrl,
    application_name: 'flow migrate',
    connectionTimeoutMillis: 15_000,
  });
  owner.on('error', (error) => options.log.warn({ err: error }, 'the connection of the migration broke')); // the query that runs throws too
  return withFailuresTranslated(async () => {
    await owner.connect();
    try {
      await checkServer(owner);
      await takeTurn(owner);
      if (options.opensKey) await checkKey(owner, { ...options, opensKey: options.opensKey });
      await makeRoles(owner, options.encryptionKey);
      await openDatabaseToRoles(owner);
      const pending = await findPending(owner, migrations, options.log);
      for (const migration of pending) await apply(owner, migration, options.log);
      await refuseFaults(owner);
      return pending.map((migration) => migration.name);
    } finally {
      await owner.end();
    }
  });
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  const gap = migrations.find((migration, index) => migration.number !== index + 1);
  if (gap) throw new Error(`Migrations are numbered without gaps; ${gap.name} is not the next`);
  return migrations;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const text = (await readFile(`${folder}/${name}`, 'utf8')).replaceAll('\r\n', '\n');
  return { number: Number(name.slice(0, 4)), name, text, checksum: createHash('sha256').update(text).digest('hex') };
}

async function checkServer(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ number: number; text: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
  );
  const version = rows[0];
  if (!version || version.number < OLDEST_SERVER) {
    throw new FlowError('service_unavailable', `The database is PostgreSQL ${version?.text}; the platform needs 15 or newer.`);
  }
}

/** The lock is the session's: it falls with the connection. */
async function takeTurn(owner: Client): Promise<void> {
  await owner.query(`set lock_timeout = ${TURN_MS}`);
  await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

async function findPending(owner: Client, migrations: Migration[], log: Log): Promise<Migration[]> {
  await owner.query(`create table if not exists schema_migrations (
    number integer primary key, name text not null, checksum text not null, breaking boolean not null default false, applied_at timestamptz(3) not null default now())`);
  await owner.query('grant select on schema_migrations to flow_engine');
  await addMissingColumn(owner);
  const { rows } = await owner.query<AppliedMigration>('select number, name, checksum, breaking from schema_migrations order by number');
  const known = rows.slice(0, migrations.length);
  known.forEach((row, index) => void checkApplied(row, migrations[index] as Migration));
  checkNewer(rows.slice(migrations.length), log);
  return migrations.slice(rows.length);
}

/** Tables of before 0.2 lack it. Asked first: adding takes a lock that nobody else should wait for at each start. */
async function addMissingColumn(owner: Client): Promise<void> {
  const { rows } = await owner.query(`select from pg_attribute where attrelid = 'schema_migrations'::regclass and attname = 'breaking'`);
  if (rows.length === 0) await owner.query('alter table schema_migrations add column breaking boolean not null default false');
}

/**
 * During a rolling upgrade processes of the version before start on a schema that the next one has brought: one migration further is theirs, too, since
 * each is safe beside the version before it (docs/operating/upgrades.md). Throws `conflict` for more, or for one that says that it breaks them.
 */
function checkNewer(newer: AppliedMigration[], log: Log): void {
  const [next] = newer;
  if (!next) return;
  const breaking = newer.find((row) => row.breaking);
  if (breaking || newer.length > NEWER_ALLOWED) {
    const why = breaking
      ? `${breaking.name} breaks older versions`
      : `this version is older by ${newer.length} migrations, ${next.name} the first of them`;
    throw new FlowError('conflict', `The database is newer than this version of the platform: ${why}. Start the newer version.`);
  }
  log.warn(
    { migration: next.name },
    'the database is one migration ahead of this version, which goes on beside the newer one: upgrade this process too',
  );
}

function checkApplied(row: AppliedMigration, file: Migration): void {
  if (row.checksum !== file.checksum) {
    throw new FlowError(
      'conflict',
      `The migration ${file.name} is not the one that was applied to this database (as ${row.name}). A migration never changes once applied: restore the file, and write the change as a new one.`,
    );
  }
}

/** A statement that waits for a lock holds up everybody behind it; after 2 s it lets go, and all is tried again. */
async function apply(owner: Client, migration: Migration, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await owner.query(`begin; set local lock_timeout = '2s'`);
      await owner.query(migration.text);
      await owner.query('insert into schema_migrations (number, name, checksum, breaking) values ($1, $2, $3, $4)', [
        migration.number,
        migration.name,
        migration.checksum,
        /^-- breaking:/m.test(migration.text),
      ]);
      await owner.query('commit');
      log.info({ migration: migration.name }, 'migrated');
      return;
    } catch (error) {
      await owner.query('rollback').catch(() => {}); // the first error is the one to tell
      if (codeOf(error) !== '55P03' || attempt === LOCK_ATTEMPTS) {
        throw new Error(`${migration.name}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
      log.warn({ migration: migration.name, attempt }, 'a table is locked; trying again');
      await wait(PAUSE_MS);
    }
  }
}

async function refuseFaults(owner: Client): Promise<void> {
  const faults = await lintCatalogue(async (text) => (await owner.query(text)).rows);
  if (faults.length > 0) {
    throw new FlowError('conflict', `The database's own rules of tenancy have holes:\n${faults.join('\n')}`, { details: faults });
  }
}
