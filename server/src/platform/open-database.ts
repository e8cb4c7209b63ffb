import { opensPlatformKey } from '#access';
import type { Config, Log } from '#base';
import {
  createEngineDatabase,
  createTenantDatabase,
  type EngineDatabase,
  migrate,
  roleUrl,
  startEmbeddedPostgres,
  type TenantDatabase,
} from '#db';

export interface OpenDatabase {
  ownerUrl: string;
  engineUrl: string;
  tenant: TenantDatabase;
  engineDb: EngineDatabase;
  close(): Promise<void>;
}

/**
 * The database that the configuration names, or the embedded one of the data folder, migrated, with a door for each role.
 * Throws where it cannot be reached, is older than 15, belongs to a newer release, or was installed with another encryption key.
 */
export async function openDatabase(config: Config, log: Log, signal?: AbortSignal): Promise<OpenDatabase> {
  const embedded = config.databaseUrl
    ? undefined
    : await startEmbeddedPostgres({ dataDir: config.dataDir, log, ...(signal ? { signal } : {}) });
  const ownerUrl = config.databaseUrl ?? embedded?.ownerUrl ?? '';
  try {
    await migrate({ ownerUrl, encryptionKey: config.encryptionKey, opensKey: (key) => opensPlatformKey(config.encryptionKey, key), log });
    const engineUrl = roleUrl(ownerUrl, 'flow_engine', config.encryptionKey);
    // A request holds one for one transaction; a pool that is larger than what the server does at once only makes it queue inside PostgreSQL.
    const pool = { max: config.databaseConnections, log };
    const engineDb = createEngineDatabase(engineUrl, pool);
    const tenant = createTenantDatabase(roleUrl(ownerUrl, 'flow_api', config.encryptionKey), pool);
    const close = async () => {
      await tenant.close();
      await engineDb.close();
      await embedded?.close();
    };
    return { ownerUrl, engineUrl, tenant, engineDb, close };
  } catch (error) {
    await embedded?.close();
    throw error;
  }
}
