import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Access, Role } from '#access';
import { type Config, createLog, type Id, readConfig } from '#base';
import type { EngineDatabase } from '#db';
import type { Engine } from '#engine';
import type { EventHub } from '#events';
import type { FileStore } from '#files';
import { createPlatform } from '#platform';
import { createTestDatabase } from './database.ts';
import { createClient, type TestClient } from './test-client.ts';

/** Who calls: a user of a role, a service account's key (with role integration or org_admin), or nobody. */
export type Caller = Role | 'service_account' | 'admin_service_account' | 'anonymous';

export interface TestOrganization {
  id: Id;
  name: string;
}

export interface TestPlatform {
  url: string;
  /** Where the operator's instruments are answered, with `metricsPort: 0`. */
  metricsUrl: string | undefined;
  /** Two organizations that must not know of each other. */
  a: TestOrganization;
  b: TestOrganization;
  /** A client with that caller's credentials, in A unless said otherwise; the same caller on a second call. */
  as(caller: Caller, organization?: TestOrganization): Promise<TestClient>;
  access: Access;
  /** The engine's door: what a test must see or set behind the API. */
  engineDb: EngineDatabase;
  /** The bucket of the gs:// addresses of its files. */
  bucket: string;
  /** The engine, as the API has it. */
  engine: Engine;
  /** Where events are published, and heard. */
  events: EventHub;
  files: FileStore;
  /** The database's owner, for a dump. */
  ownerUrl: string;
  config: Config;
  /** What the process logged, one object a line. */
  logged: Record<string, unknown>[];
  close(): Promise<void>;
}

export interface TestPlatformOptions {
  config?: Partial<Config>;
  /** Claim loops; 0 (the default) runs no worker. */
  loops?: number;
  /** Another way to the same database, given its owner's URL: a proxy that the test can break. */
  connectBy?: (ownerUrl: string) => Promise<string>;
}

/** A platform of its own on a fresh database, listening on a free port of loopback. Close it in afterAll. */
export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-platform-'));
  const logged: Record<string, unknown>[] = [];
  const log = createLog({ destination: collectLines(logged) });
  const config: Config = {
    ...readConfig({ FLOW_DATA_DIR: dataDir, FLOW_WORKERS: '0' }),
    databaseUrl: await (options.connectBy?.(database.ownerUrl) ?? database.ownerUrl),
    encryptionKey: database.encryptionKey,
    rateLimitPerSecond: 100_000, // a test is faster than a client should be
    ...options.config,
  };
  const platform = await startParts(config, log, options.loops ?? 0);
  const organizations = [
    await platform.access.createOrganization({ name: 'Ardent' }),
    await platform.access.createOrganization({ name: 'Borealis' }),
  ];
  const [a, b] = [
    { id: (organizations[0] as { id: Id }).id, name: 'Ardent' },
    { id: (organizations[1] as { id: Id }).id, name: 'Borealis' },
  ];
  const clients = new Map<string, Promise<TestClient>>();
  return {
    ...platform,
    a,
    b,
    as(caller, organization = a) {
      const key = `${caller}@${organization.id}`;
      const client = clients.get(key) ?? signIn(platform, caller, organization);
      clients.set(key, client);
      return client;
    },
    ownerUrl: database.ownerUrl,
    config,
    logged,
    close: async () => {
      await platform.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Parts = Pick<TestPlatform, 'url' | 'metricsUrl' | 'engine' | 'events' | 'files' | 'access' | 'engineDb' | 'bucket' | 'close'>;

async function startParts(config: Config, log: ReturnType<typeof createLog>, loops: number): Promise<Parts> {
  const platform = await createPlatform({ config, log, loops, listen: { host: '127.0.0.1', port: 0 } });
  const { access, engine, events, files, database, close, metricsUrl, url = '' } = platform;
  return { url, metricsUrl, access, engine, events, files, engineDb: database.engineDb, bucket: files.bucket, close };
}

const collectLines = (logged: Record<string, unknown>[]): NodeJS.WritableStream =>
  ({ write: (line: string) => void logged.push(JSON.parse(line)) }) as unknown as NodeJS.WritableStream;

async function signIn({ access, url }: Parts, caller: Caller, organization: TestOrganization): Promise<TestClient> {
  if (caller === 'anonymous') return createClient(url, {});
  if (caller === 'service_account' || caller === 'admin_service_account') {
    const role = caller === 'service_account' ? 'integration' : 'org_admin';
    const made = await access.createServiceAccount({ organizationId: organization.id, name: `${role} of ${organization.name}`, role });
    return createClient(url, { 'X-API-Key': made.token }, { id: made.id, token: made.token });
  }
  const email = `${caller}@${organization.name.toLowerCase()}.example`;
  const user = await access.createUser({ organizationId: organization.id, email, role: caller, firstName: 'Test', lastName: caller });
  const session = await access.openSession(organization.id, user.id, 'password');
  return createClient(url, { Authorization: `Bearer ${session.accessToken}` }, { id: user.id, token: session.accessToken });
}
