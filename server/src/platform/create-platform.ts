import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type Access, createAccess, createSecretReader } from '#access';
import { createApi } from '#api';
import { type Config, createSafeFetch, type Log } from '#base';
import { createDocumentReader } from '#documents';
import { createEngine, type Engine } from '#engine';
import { createEventHub, type EventHub } from '#events';
import { catalogue as builtIn, type Catalogue } from '#executors';
import { createFileStore, type FileStore } from '#files';
import { createModels } from '#models';
import { createPlans, limitedExecutors, type RunningWorker, startWorker } from '#worker';
import { type OpenDatabase, openDatabase } from './open-database.ts';

export interface PlatformOptions {
  config: Config;
  log: Log;
  /** Where the API listens; absent: no API. Port 0 takes a free one. */
  listen?: { host: string; port: number };
  /** Claim loops in this process; 0 runs no worker. */
  loops: number;
  /** What tasks are made of; default: the executors that come with the platform. */
  catalogue?: Catalogue;
  /** Ends a start that takes long; once it is up, `close` ends it. */
  signal?: AbortSignal;
}

export interface Platform {
  /** Where the API is reached; undefined without one. */
  url: string | undefined;
  workerId: number | undefined;
  /** A page that makes the first administrator, while there is none. Behind the #, which no browser sends and no proxy logs, is its one-time token. */
  setupUrl: string | undefined;
  database: OpenDatabase;
  access: Access;
  engine: Engine;
  events: EventHub;
  files: FileStore;
  /** Drains: readiness falls, requests end, claimed work is given back, all that was opened is closed. May be called twice. */
  close(): Promise<void>;
}

const MODEL_TIMEOUT_MS = 300_000; // a long document on a small model; the task's own timeout is the usual end

const CALL_TIMEOUT_MS = 300_000; // what a task may ask for; its own timeout is the usual end
const CALL_MAX_BYTES = 50 * 1024 * 1024; // held in memory: what a file of the store may be read as

type Closer = () => Promise<void>;

/** The one place where the parts are made and joined. What is opened is closed in reverse order, also where a later part fails to open. */
export async function createPlatform(options: PlatformOptions): Promise<Platform> {
  const closers: Closer[] = [];
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll(closers, options.log);
    return closing;
  };
  try {
    return { ...(await joinParts(options, (closer) => closers.unshift(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function joinParts(options: PlatformOptions, onClose: (closer: Closer) => void): Promise<Omit<Platform, 'close'>> {
  const { config, log, signal, catalogue = builtIn } = options;
  const database = await openDatabase(config, log, signal);
  onClose(database.close);
  signal?.throwIfAborted();

  const access = await createAccess({ engineDb: database.engineDb, config, log });
  const events = await createEventHub({ engineDb: database.engineDb, log });
  onClose(events.close);
  const files = await createFileStore(config.files ?? pathToFileURL(join(config.dataDir, 'files')).href, { log });
  onClose(() => files.close());
  const toModels = createSafeFetch({
    allowPrivateNetworks: config.allowPrivateNetworks,
    allowOrigins: config.modelBaseUrl ? [new URL(config.modelBaseUrl).origin] : [],
    timeoutMs: MODEL_TIMEOUT_MS,
  });
  onClose(toModels.close);
  const wayOut = createSafeFetch({
    allowPrivateNetworks: config.allowPrivateNetworks,
    timeoutMs: CALL_TIMEOUT_MS,
    maxBytes: CALL_MAX_BYTES,
  });
  onClose(wayOut.close);
  const models = createModels({
    baseUrl: config.modelBaseUrl,
    apiKey: config.modelApiKey,
    defaultModel: config.modelDefault,
    fetch: toModels.fetch,
    log,
  });
  const plans = createPlans({ db: database.engineDb, catalogue });
  const engine = createEngine({ db: database.engineDb, plans: plans.load, events, log, limitedExecutors: limitedExecutors(catalogue) });

  let worker: RunningWorker | undefined;
  if (options.loops > 0) {
    const documents = createDocumentReader({ log });
    onClose(() => documents.close());
    worker = await startWorker({
      db: database.engineDb,
      engineUrl: database.engineUrl,
      plans,
      catalogue,
      files,
      documents,
      models,
      secrets: createSecretReader({ engineDb: database.engineDb, encryptionKey: config.encryptionKey }),
      wayOut,
      events,
      log,
      taskLogDays: config.taskLogDays,
      loops: options.loops,
    });
    onClose(worker.drain);
  }
  signal?.throwIfAborted();

  let url: string | undefined;
  if (options.listen) {
    const publicUrl = () => config.publicUrl ?? url ?? '';
    const app = await createApi({
      config,
      log,
      tenant: database.tenant,
      engineDb: database.engineDb,
      access,
      engine,
      events,
      files,
      catalogue,
      models,
      wayOut,
      publicUrl,
    });
    onClose(async () => {
      await app.close();
    });
    url = await listen(app, options.listen);
  }
  const first = options.listen ? await access.prepareFirstStart(firstAdmin(config)) : undefined;
  const setupUrl = first?.state === 'set_up' ? `${config.publicUrl ?? url}/setup#token=${first.token}` : undefined;
  return { url, workerId: worker?.id(), setupUrl, database, access, engine, events, files };
}

const firstAdmin = (config: Config) =>
  config.adminEmail !== undefined && config.adminPassword !== undefined
    ? { email: config.adminEmail, password: config.adminPassword }
    : undefined;

/** Answers the URL by which this machine reaches the API: an address that means "all of them" is reached as loopback. */
async function listen(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  await app.listen({ host, port });
  const address = app.server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${address.port}`;
}

/** One after the other, each with its own failure: the last ones (the database) must be closed whatever happened before. */
async function closeAll(closers: Closer[], log: Log): Promise<void> {
  for (const closer of closers.splice(0)) {
    try {
      await closer();
    } catch (error) {
      log.error({ err: error }, 'a part did not close in order');
    }
  }
}
