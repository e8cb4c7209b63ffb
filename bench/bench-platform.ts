// The platform without its API: the engine, and one worker with as many loops as cores, joined as the platform joins them.
import { randomBytes } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createSecretReader } from '../server/src/access/index.ts';
import { createLog, createSafeFetch, type Id, type JsonObject, newId } from '../server/src/base/index.ts';
import { createEngineDatabase, type EngineDatabase } from '../server/src/db/index.ts';
import { createEngine, type Engine, LEASE_MS } from '../server/src/engine/index.ts';
import { createEventHub, type EventHub } from '../server/src/events/index.ts';
import { createFileStore } from '../server/src/files/index.ts';
import { createPlans, startWorker } from '../server/src/worker/index.ts';
import { benchCatalogue } from './bench-catalogue.ts';
import type { BenchDatabase } from './bench-database.ts';
import { INPUT_TASK } from './bench-flows.ts';

export interface BenchFlow {
  organizationId: Id;
  flowId: Id;
  versionId: Id;
  /** Tasks of its chain. */
  length: number;
}

export interface BenchPlatform {
  engine: Engine;
  events: EventHub;
  close(): Promise<void>;
}

const RENEWAL_DEADLINE_MS = 90_000; // on a busy machine
const CONNECTIONS = 10; // what the platform gives its engine

/** Opens the parts and starts the worker. All that starting costs is over when this returns: connections are open, and the lease has been renewed once. */
export async function openBenchPlatform(database: BenchDatabase): Promise<BenchPlatform> {
  const log = createLog({ level: 'warn' });
  const db = createEngineDatabase(database.engineUrl, { max: CONNECTIONS, log });
  await openConnections(db);
  const events = await createEventHub({ engineDb: db, log });
  const plans = createPlans({ db, catalogue: benchCatalogue });
  const files = await createFileStore(pathToFileURL(join(tmpdir(), 'flow-bench-files')).href, { log });
  const wayOut = createSafeFetch(); // nothing of the bench calls out
  const startClaims = {};
  const worker = await startWorker({
    db,
    engineUrl: database.engineUrl,
    plans,
    catalogue: benchCatalogue,
    files,
    documents: { read: () => Promise.reject(new Error('no task of the bench reads documents')), close: async () => {} },
    models: { resolve: () => missingModel(), list: () => [] },
    wayOut,
    secrets: createSecretReader({ engineDb: db, encryptionKey: randomBytes(32) }),
    events,
    log,
    loops: availableParallelism(),
    startClaims,
  });
  await leaseRenewed(database, worker.id).catch(async (error: unknown) => {
    await worker.drain();
    throw error;
  });
  return {
    engine: createEngine({ db, plans: plans.load, events, log, startClaims }),
    events,
    async close() {
      await worker.drain();
      await wayOut.close();
      await events.close();
      await files.close();
      await db.close();
    },
  };
}

/** The thread that renews the lease loads its own code first: it would do so on one of the cores that are to be measured. */
async function leaseRenewed({ owner }: BenchDatabase, workerId: () => number): Promise<void> {
  const deadline = Date.now() + RENEWAL_DEADLINE_MS;
  while (Date.now() < deadline) {
    const { rows } = await owner.query(`select from workers where id = $1 and alive_until > started_at + $2 * interval '1 ms'`, [
      workerId(), // another one where the first lease was lost, as on a very busy machine
      LEASE_MS + 100,
    ]);
    if (rows.length > 0) return;
    await sleep(50);
  }
  throw new Error(`The worker did not renew its lease within ${RENEWAL_DEADLINE_MS / 1000} s`);
}

function missingModel(): never {
  throw new Error('no task of the bench asks a model');
}

async function openConnections(db: EngineDatabase): Promise<void> {
  await Promise.all(Array.from({ length: CONNECTIONS }, () => db.query('bench_connect', 'select pg_sleep(0.02)', [])));
}

/** An organization without a limit of concurrent executions, and a flow in it with one version. */
export async function insertFlow({ owner }: BenchDatabase, definition: JsonObject): Promise<BenchFlow> {
  const [organizationId, flowId, versionId] = [newId(), newId(), newId()];
  await owner.query('insert into organizations (id, name) values ($1, $2)', [organizationId, organizationId]);
  await owner.query(
    `insert into flows (organization_id, id, display_name, created_by, modified_by) values ($1, $2, 'Chain', 'bench', 'bench')`,
    [organizationId, flowId],
  );
  await owner.query(
    `insert into flow_versions (organization_id, id, flow_id, version, definition, modified_by) values ($1, $2, $3, 1, $4, 'bench')`,
    [organizationId, versionId, flowId, JSON.stringify(definition)],
  );
  return { organizationId, flowId, versionId, length: (definition['tasks'] as unknown[]).length };
}

/** Starts one execution: one call, as a route would make it. Answers its id. */
export async function startOne(engine: Engine, { organizationId, flowId, versionId }: BenchFlow, id: Id = newId()): Promise<Id> {
  await engine.start(organizationId, {
    id,
    flowId,
    flowVersionId: versionId,
    flowVersion: 1,
    inputTaskName: INPUT_TASK,
    input: {},
    triggeredTaskExecutorName: null,
    triggeredBy: 'bench',
    modifiedBy: 'bench',
  });
  return id;
}

/** Throws unless there are so many executions, all completed, each with all its tasks completed and every output what it must be. */
export async function checkCompleted({ owner }: BenchDatabase, flow: { length: number }, executions: number): Promise<void> {
  const { rows } = await owner.query<Record<string, number>>(
    `select (select count(*)::int from flow_executions) as executions,
            (select count(*)::int from flow_executions where status = 'completed' and open = 0) as completed,
            (select count(*)::int from task_executions) as tasks,
            (select count(*)::int from task_executions where status = 'completed' and (output ->> 'v')::int = task) as outputs`,
  );
  const tasks = executions * flow.length;
  const expected = { executions, completed: executions, tasks, outputs: tasks };
  const found = JSON.stringify(rows[0]);
  if (found !== JSON.stringify(expected)) throw new Error(`The run is wrong: ${found}, expected ${JSON.stringify(expected)}`);
}
