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

const TENANT_CONNECTIONS = 10; // a request holds one for one transaction; more waiting connections only queue inside PostgreSQL
const ENGINE_CONNECTIONS = 10; // claim loops, starts, sign-in, LISTEN

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
    const engineDb = createEngineDatabase(engineUrl, { max: ENGINE_CONNECTIONS, log });
    const tenant = createTenantDatabase(roleUrl(ownerUrl, 'flow_api', config.encryptionKey), { max: TENANT_CONNECTIONS, log });
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
