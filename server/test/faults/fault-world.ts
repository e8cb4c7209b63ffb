import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, type Id, type JsonObject, newId } from '#base';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { createEngine, type Engine, type PlanSource } from '#engine';
import { createEventHub, type EventHub } from '#events';
import { createPlans, limitedExecutors } from '#worker';
import { createTestDatabase } from '../support/database.ts';
import { withEffect } from './effect.ts';
import { Processes } from './processes.ts';
import { type Sink, startSink } from './sink.ts';

/** A flow whose first task is `begin`, of an organization of its own. */
export interface FaultFlow {
  organizationId: Id;
  flowId: Id;
  flowVersionId: Id;
  fileKey: string;
}

/** A database with an engine in this process, workers in others, and a sink for their effects. */
export interface FaultWorld {
  database: { engineUrl: string; ownerUrl: string };
  dataDir: string;
  db: EngineDatabase;
  events: EventHub;
  engine: Engine;
  plans: PlanSource;
  sink: Sink;
  processes: Processes;
  /** `tasks` follow a task `begin`, and read `{{input.metadata.sink}}`. Of an organization of its own, or of this one. */
  flow(tasks: readonly JsonObject[], organizationId?: Id): Promise<FaultFlow>;
  start(flow: FaultFlow, options?: { id?: Id; metadata?: JsonObject }): Promise<Id>;
  /** Of runs that have not ended. */
  unfinished(): Promise<number>;
  /** What runs in a worker's name. */
  held(workerId: number | undefined): Promise<{ id: Id; attempt: number }[]>;
  /** Waits until every run has ended; answers how many have not when the time is over. */
  untilQuiet(timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/** `database`: another than a copy of the run's template. */
export async function openFaultWorld(database?: { engineUrl: string; ownerUrl: string; drop(): Promise<void> }): Promise<FaultWorld> {
  const used = database ?? (await createTestDatabase());
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-faults-'));
  const log = createLog({ level: 'silent' });
  const db = createEngineDatabase(used.engineUrl, { max: 4 });
  const events = await createEventHub({ engineDb: db, log });
  const sink = await startSink();
  const processes = new Processes({ engineUrl: used.engineUrl, dataDir });
  const plans = createPlans({ db, catalogue: withEffect }).load;
  const engine = createEngine({ db, plans, events, log, limitedExecutors: limitedExecutors(withEffect) });
  const unfinished = async () => {
    const open = `select count(*)::int as n from flow_executions where status in ('queued', 'running', 'waiting', 'cancel_requested')`;
    return (await db.query<{ n: number }>('t_open', open, []))[0]?.n ?? 0;
  };
  return {
    database: used,
    dataDir,
    db,
    events,
    engine,
    plans,
    sink,
    processes,
    unfinished,
    flow: async (tasks, organizationId) => insertFlow(db, tasks, organizationId ?? (await insertOrganization(db))),
    start: async ({ fileKey, organizationId, flowId, flowVersionId }, { id = newId(), metadata = {} } = {}) => {
      await engine.start(organizationId, {
        id,
        flowId,
        flowVersionId,
        flowVersion: 1,
        inputTaskName: 'begin',
        input: { file_key: fileKey, metadata: { sink: sink.url, ...metadata } },
        triggeredTaskExecutorName: null,
        triggeredBy: 'test',
        modifiedBy: 'test',
      });
      return id;
    },
    held: (workerId) =>
      db.query<{ id: Id; attempt: number }>('t_held', `select id, attempt from task_executions where worker = $1 and status = 'running'`, [
        workerId ?? null,
      ]),
    untilQuiet: async (timeoutMs) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const open = await unfinished();
        if (open === 0 || Date.now() > deadline) return open;
        await sleep(100);
      }
    },
    close: async () => {
      await processes.endAll();
      sink.close();
      await events.close();
      await db.close();
      await used.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function insertOrganization(db: EngineDatabase): Promise<Id> {
  const id = newId();
  await db.query('t_org', 'insert into organizations (id, name, max_concurrent) values ($1, $2, null)', [id, id]);
  return id;
}

async function insertFlow(db: EngineDatabase, tasks: readonly JsonObject[], organizationId: Id): Promise<FaultFlow> {
  const [flowId, flowVersionId] = [newId(), newId()];
  const definition = { name: 'faults', tasks: [{ name: 'begin', task_executor_name: 'receive_file', parameters: {} }, ...tasks] };
  await db.query(
    't_flow',
    `insert into flows (organization_id, id, display_name, created_by, modified_by) values ($1, $2, 'faults', 't', 't')`,
    [organizationId, flowId],
  );
  await db.query(
    't_version',
    `insert into flow_versions (organization_id, id, flow_id, version, definition, modified_by) values ($1, $2, $3, 1, $4, 't')`,
    [organizationId, flowVersionId, flowId, JSON.stringify(definition)],
  );
  const fileKey = `flows/${flowId}/documents/${newId()}`;
  await db.query(
    't_file',
    `insert into files (organization_id, id, flow_id, file_key, filename, size_bytes, sha256, modified_by, uploaded_at)
     values ($1, $2, $3, $4, 'a.txt', 1, $5, 't', now())`,
    [organizationId, newId(), flowId, fileKey, randomBytes(32)],
  );
  return { organizationId, flowId, flowVersionId, fileKey };
}
