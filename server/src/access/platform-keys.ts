import { randomBytes } from 'node:crypto';
import { deriveKey, seal, unseal } from '#base';
import type { EngineDatabase } from '#db';

const KEY_BYTES = 32;

const contextOf = (name: string) => `platform_keys/${name}`;

/** Whether this is the key that the platform's own secrets were sealed by. */
export function opensPlatformKey(encryptionKey: Buffer, { name, sealed }: { name: string; sealed: Buffer }): boolean {
  try {
    return unseal(deriveKey(encryptionKey, 'platform-keys'), sealed, contextOf(name)).length > 0;
  } catch {
    return false;
  }
}

/**
 * The platform's own secret of this name, made on first use and the same for every process of the installation. It lies in the database,
 * sealed by FLOW_ENCRYPTION_KEY. Throws, with what to do, where that key is not the one it was sealed with.
 */
export async function openPlatformKey(engineDb: EngineDatabase, encryptionKey: Buffer, name: string): Promise<Buffer> {
  const sealing = deriveKey(encryptionKey, 'platform-keys');
  const context = contextOf(name);
  await engineDb.query('platform-key-create', 'insert into platform_keys (name, sealed) values ($1, $2) on conflict (name) do nothing', [
    name,
    seal(sealing, randomBytes(KEY_BYTES), context),
  ]);
  const [row] = await engineDb.query<{ sealed: Buffer }>('platform-key-read', 'select sealed from platform_keys where name = $1', [name]);
  if (!row) throw new Error(`The platform's key ${name} vanished while it was read`);
  try {
    return unseal(sealing, row.sealed, context);
  } catch (cause) {
    throw new Error(
      'FLOW_ENCRYPTION_KEY does not open the keys of this database. Start with the key that the installation was made with ' +
        '(the file encryption-key of its data folder, unless the variable was set)',
      { cause },
    );
  }
}
