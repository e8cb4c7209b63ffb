import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type Access, createAccess, createSecretReader } from '#access';
import { createApi } from '#api';
import { keepBackup, openArchive, refuseExternalDatabase } from '#backup';
import { type Config, createSafeFetch, type Log } from '#base';
import { createDocumentReader } from '#documents';
import { createEngine, type Engine, type StartClaims } from '#engine';
import { createEventHub, type EventHub } from '#events';
import { catalogue as builtIn, type Catalogue } from '#executors';
import { createFileStore, type FileStore } from '#files';
import { createModels } from '#models';
import { createMetrics, createStateReader, startTracing } from '#telemetry';
import { createPlans, limitedExecutors, type RunningWorker, startWorker } from '#worker';
import { listenForOperator } from './listen-for-operator.ts';
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
  /** Where the operator's instruments are answered, where FLOW_METRICS_PORT is set. */
  metricsUrl: string | undefined;
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

/** How long answers that are under way may take when the API closes: a reader that has stopped must not hold up a deploy. */
const LAST_ANSWERS_MS = 10_000;

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
  if (config.backup !== undefined) refuseExternalDatabase(config);
  const database = await openDatabase(config, log, signal);
  onClose(database.close);
  signal?.throwIfAborted();
  if (config.backup !== undefined) onClose(startBackup(config, database.ownerUrl, config.backup, log));

  const tracing = await startTracing(config, log);
  if (tracing) onClose(tracing.close);
  const metrics = createMetrics({ engine: database.engineDb.use, api: database.tenant.use });
  const state = createStateReader(database.engineDb, { log, onFailure: () => metrics.stateFailures.inc() });

  const access = await createAccess({ engineDb: database.engineDb, config, log });
  const events = await createEventHub({ engineDb: database.engineDb, log, onLag: (ms) => metrics.eventLag.observe(ms / 1_000) });
  onClose(events.close);
  const files = await createFileStore(config.files ?? pathToFileURL(join(config.dataDir, 'files')).href, {
    log,
    onError: (operation) => metrics.fileErrors.inc({ operation }),
  });
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
  const startClaims: StartClaims = {};
  const engine = createEngine({
    db: database.engineDb,
    plans: plans.load,
    events,
    log,
    limitedExecutors: limitedExecutors(catalogue),
    startClaims,
  });

  const isWatched = options.listen !== undefined || config.metricsPort !== undefined; // else nobody could ask what was counted
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
      startClaims,
      metrics: isWatched ? metrics : undefined,
      tracing,
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
      metrics,
      state,
      tracing,
    });
    onClose(async () => {
      const limit = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
      await app.close().finally(() => clearTimeout(limit));
    });
    url = await listen(app, options.listen);
  }
  const operator = await listenForOperator({ config, log, metrics, state, events, database, isServing: options.listen !== undefined });
  if (operator) onClose(operator.close);
  const first = options.listen ? await access.prepareFirstStart(firstAdmin(config)) : undefined;
  const setupUrl = first?.state === 'set_up' ? `${config.publicUrl ?? url}/setup#token=${first.token}` : undefined;
  return { url, workerId: worker?.id(), metricsUrl: operator?.url, setupUrl, database, access, engine, events, files };
}

function startBackup(config: Config, ownerUrl: string, folder: string, log: Log): Closer {
  const archive = openArchive(folder);
  return keepBackup({ ownerUrl, archive, config, everyMs: config.backupSeconds * 1000, keep: config.backupKeep, log }).close;
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
