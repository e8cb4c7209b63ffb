import type { Client } from 'pg';
import { FlowError } from '#base';
import { clientFor } from './primary-client.ts';
import { roleUrl } from './roles.ts';

/** What the platform has sealed in this database, by which a key is known. */
export interface SealedKey {
  name: string;
  sealed: Buffer;
}

/**
 * Refuses a key that is not the one of this installation, before the roles get passwords that derive from it: these belong to the whole
 * server, and every process that has the right key would be locked out. Throws `conflict`.
 */
export async function checkKey(
  owner: Client,
  options: { ownerUrl: string; encryptionKey: Buffer; opensKey: (key: SealedKey) => boolean },
): Promise<void> {
  if (await rolesAreOfThisKey(options.ownerUrl, options.encryptionKey)) return;
  const [key] = await readSealedKeys(owner);
  if (!key || options.opensKey(key)) return;
  throw new FlowError(
    'conflict',
    'FLOW_ENCRYPTION_KEY does not open the keys of this database. Start with the key that the installation was made with ' +
      '(the file encryption-key of its data folder, unless the variable was set)',
  );
}

/** The usual start: the passwords are right already, and nothing else needs to be looked at. */
async function rolesAreOfThisKey(ownerUrl: string, encryptionKey: Buffer): Promise<boolean> {
  const url = roleUrl(ownerUrl, 'flow_engine', encryptionKey);
  const client = new (clientFor(url))({ connectionString: url, connectionTimeoutMillis: 15_000 });
  client.on('error', () => {}); // it is only tried
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** Policies bind the owner too; what it needs for this one look is undone with the transaction. Empty where nothing is installed yet. */
async function readSealedKeys(owner: Client): Promise<SealedKey[]> {
  const { rows: tables } = await owner.query(`select 1 from pg_class where oid = to_regclass('platform_keys')`);
  if (tables.length === 0) return [];
  await owner.query('begin');
  try {
    await owner.query('alter table platform_keys no force row level security');
    return (await owner.query<SealedKey>('select name, sealed from platform_keys order by name limit 1')).rows;
  } finally {
    await owner.query('rollback');
  }
}
