import { Pool } from 'pg';
import { createLog, type Id, newId } from '#base';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { createEngine, createTaskEngine, type Engine, type PlanSource, type StartClaims, type TaskEngine } from '#engine';
import { createEventHub, type EventHub } from '#events';
import type { Plan } from '#language';
import type { Statements } from '../../src/engine/statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export interface TestFlow {
  organizationId: Id;
  flowId: Id;
  versionId: Id;
  plan: Plan;
}

/** The engine on a database of its own, without executors: a test says what tasks answer. */
export interface EngineFixture {
  database: TestDatabase;
  db: EngineDatabase;
  events: EventHub;
  engine: Engine;
  /** What the engine asks when it starts runs: nobody takes their first tasks, until a test does. */
  startClaims: StartClaims;
  tasks: TaskEngine;
  plans: PlanSource;
  /** Those that a test took a defence from. */
  statements: Statements | undefined;
  /** As the owner: sees and changes everything. */
  admin: Pool;
  organization(options?: { limit?: number | null; weight?: number }): Promise<Id>;
  flow(organizationId: Id, plan: Plan): Promise<TestFlow>;
  /** A further version of the flow. */
  version(flow: TestFlow, plan: Plan, version: number): Promise<TestFlow>;
  start(flow: TestFlow, options?: { rank?: number; input?: string; id?: Id }): Promise<Id>;
  /** A task engine of another process: with another cursor, on the same database. */
  otherTasks(): TaskEngine;
  close(): Promise<void>;
}

const log = createLog({ level: 'silent' });

/** An owner that is no superuser is bound by forced policies, of which none is its own; in this copy of the template it need not be. */
const SEE_ALL_ROWS = `
  do $$ declare t regclass; begin
    if current_setting('is_superuser') = 'on' then return; end if;
    for t in select oid from pg_class where relforcerowsecurity loop execute format('alter table %s no force row level security', t); end loop;
  end $$`;

export async function openEngine(
  options: {
    statements?: Statements;
    limitedExecutors?: ReadonlySet<string>;
    connections?: number;
    onDatabase?: (db: EngineDatabase) => void;
  } = {},
): Promise<EngineFixture> {
  const database = await createTestDatabase();
  const db = createEngineDatabase(database.engineUrl, { max: options.connections ?? 12 });
  options.onDatabase?.(db);
  const events = await createEventHub({ engineDb: db, log });
  const plans = new Map<Id, Plan>();
  const admin = new Pool({ connectionString: database.ownerUrl, max: 4 });
  admin.on('error', () => {}); // the database is dropped beneath it
  await admin.query(SEE_ALL_ROWS);
  const startClaims: StartClaims = {};
  const shared = { db, events, log, startClaims, plans: async (_: Id, id: Id) => planOfVersion(plans, id), ...options };
  const engine = createEngine(shared);
  const insertVersion = async (flow: TestFlow, version: number): Promise<TestFlow> => {
    plans.set(flow.versionId, flow.plan);
    await admin.query(
      `insert into flow_versions (organization_id, id, flow_id, version, definition, modified_by) values ($1, $2, $3, $4, '{}', 'test')`,
      [flow.organizationId, flow.versionId, flow.flowId, version],
    );
    return flow;
  };
  return {
    database,
    db,
    events,
    engine,
    startClaims,
    tasks: createTaskEngine(shared),
    plans: shared.plans,
    statements: options.statements,
    admin,
    otherTasks: () => createTaskEngine(shared),
    async organization({ limit = null, weight = 1 } = {}) {
      const id = newId();
      await admin.query('insert into organizations (id, name, weight, max_concurrent) values ($1, $2, $3, $4)', [id, id, weight, limit]);
      await engine.fitSlots(id);
      return id;
    },
    async flow(organizationId, plan) {
      const flow = { organizationId, flowId: newId(), versionId: newId(), plan };
      await admin.query(
        `insert into flows (organization_id, id, display_name, created_by, modified_by) values ($1, $2, 'A flow', 'test', 'test')`,
        [organizationId, flow.flowId],
      );
      return insertVersion(flow, 1);
    },
    version: (flow, plan, version) => insertVersion({ ...flow, versionId: newId(), plan }, version),
    async start({ organizationId, flowId, versionId, plan }, { rank = 0, input = '{}', id = newId() } = {}) {
      await engine.start(organizationId, {
        id,
        flowId,
        flowVersionId: versionId,
        flowVersion: 1,
        inputTaskName: (plan.tasks[plan.inputTasks[0] as number] as { name: string }).name,
        input: JSON.parse(input),
        triggeredTaskExecutorName: null,
        triggeredBy: 'test',
        modifiedBy: 'test',
        rank,
      });
      return id;
    },
    async close() {
      await events.close();
      await db.close();
      await admin.end();
      await database.drop();
    },
  };
}

function planOfVersion(plans: ReadonlyMap<Id, Plan>, id: Id): Plan {
  const plan = plans.get(id);
  if (plan === undefined) throw new Error(`no plan of version ${id}`);
  return plan;
}
