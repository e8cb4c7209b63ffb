import { deriveKey, type Id, seal, unseal } from '#base';
import type { EngineDatabase } from '#db';

/** Whose secret, and which: authenticated with it, so that a sealed value moved to another organization or name does not open there. */
export interface SecretPlace {
  organizationId: Id;
  name: string;
}

const contextOf = ({ organizationId, name }: SecretPlace): string => `secrets/${organizationId}/${name}`;
const sealingKey = (encryptionKey: Buffer): Buffer => deriveKey(encryptionKey, 'secrets');

/** A value as it may lie in the database (RELIABILITY attack 34): AES-256-GCM under a key of FLOW_ENCRYPTION_KEY's. */
export const sealSecret = (encryptionKey: Buffer, place: SecretPlace, value: string): Buffer =>
  seal(sealingKey(encryptionKey), Buffer.from(value), contextOf(place));

/** Throws `SecretUnreadableError` where the key is another one, or the row was moved or changed. */
export function unsealSecret(encryptionKey: Buffer, place: SecretPlace, sealed: Buffer): string {
  try {
    return unseal(sealingKey(encryptionKey), sealed, contextOf(place)).toString();
  } catch (cause) {
    throw new SecretUnreadableError(place.name, cause);
  }
}

export class SecretUnreadableError extends Error {
  constructor(name: string, cause: unknown) {
    super(`The secret '${name}' cannot be opened by this installation's key: store it again`, { cause });
    this.name = 'SecretUnreadableError';
  }
}

/** Opens what a task's parameters name, and nothing else. */
export interface SecretReader {
  /** By name; a name that there is no secret of is absent. Throws `SecretUnreadableError`. */
  open(organizationId: Id, names: readonly string[]): Promise<Record<string, string>>;
}

// Served by the primary key.
const READ = 'select name, sealed from secrets where organization_id = $1 and name = any($2)';

export function createSecretReader({ engineDb, encryptionKey }: { engineDb: EngineDatabase; encryptionKey: Buffer }): SecretReader {
  return {
    async open(organizationId, names) {
      const rows = await engineDb.query<{ name: string; sealed: Buffer }>('secrets-read', READ, [organizationId, names]);
      return Object.fromEntries(rows.map(({ name, sealed }) => [name, unsealSecret(encryptionKey, { organizationId, name }, sealed)]));
    },
  };
}
