// The platform as the commands use it: users through HTTP, a worker through the engine's own door. Its rows are read as the owner of the truth.
import { createLog, type Id } from '#base';
import {
  type ClaimedTask,
  createTaskEngine,
  decidedOutcome,
  type PlanSource,
  type SettleReport,
  type TaskEngine,
  type TaskOutcome,
} from '#engine';
import { catalogue } from '#executors';
import { createPlans, limitedExecutors } from '#worker';
import { createFlow } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import type { Outcome } from './model.ts';
import { definitionOf, type Shape } from './shapes.ts';

export interface RowState {
  id: Id;
  name: string;
  status: string;
  /** Users see it: it has run, or may yet. */
  shown: boolean;
}

/** A task in the hands of the test's worker. */
export interface Held {
  task: ClaimedTask;
  worker: number;
}

const HOUR_MS = 3_600_000;
const MOVED = (report: object): boolean => Object.values(report).some((n) => n > 0);

/** One platform without claim loops of its own, and an organization in which `limit` runs go at once. */
export class RealSystem {
  readonly platform: TestPlatform;
  readonly user: TestClient;
  readonly plans: PlanSource;
  tasks: TaskEngine;
  worker = 0;
  readonly #flows = new Map<string, Id>();
  readonly #makeTasks: () => TaskEngine;

  private constructor(platform: TestPlatform, user: TestClient, plans: PlanSource, makeTasks: () => TaskEngine) {
    this.platform = platform;
    this.user = user;
    this.plans = plans;
    this.#makeTasks = makeTasks;
    this.tasks = makeTasks();
  }

  static async open(limit: number): Promise<RealSystem> {
    const platform = await startTestPlatform();
    await platform.engineDb.kysely.updateTable('organizations').set({ maxConcurrent: limit }).where('id', '=', platform.a.id).execute();
    await platform.engine.fitSlots(platform.a.id);
    const plans = createPlans({ db: platform.engineDb, catalogue });
    const shared = { db: platform.engineDb, events: platform.events, log: createLog({ level: 'silent' }), plans: plans.load };
    const system = new RealSystem(platform, await platform.as('app_user'), plans.load, () =>
      createTaskEngine({ ...shared, limitedExecutors: limitedExecutors(catalogue) }),
    );
    await system.restart();
    return system;
  }

  close = (): Promise<void> => this.platform.close();

  /** As another process: with nothing in its memory. */
  async restart(): Promise<void> {
    this.tasks = this.#makeTasks();
    await this.register();
  }

  /** As a worker whose lease ends when a command says so, however slow the machine is: nobody renews it here. */
  async register(): Promise<void> {
    this.worker = await this.tasks.registerWorker();
    await this.#query('test/live', `update workers set alive_until = now() + interval '1 day' where id = $1`, [this.worker]);
  }

  /** The worker's lease is over, as if it had died. */
  die = (): Promise<void> => this.tasks.releaseWorker(this.worker);

  async start(shape: Shape, key: string): Promise<Id> {
    const flowId = this.#flows.get(shape.name) ?? (await createFlow(this.user, definitionOf(shape)));
    this.#flows.set(shape.name, flowId);
    return (await this.#send('POST', '/api/flow-executions', [201], { flow_id: flowId, input: {} }, { 'Idempotency-Key': key })).id;
  }

  /** Answers the flow that is gone; runs of this shape have another one from now on. */
  async deleteFlow(shape: Shape): Promise<Id | undefined> {
    const flowId = this.#flows.get(shape.name);
    if (flowId === undefined) return undefined;
    this.#flows.delete(shape.name);
    await this.#send('DELETE', `/api/flows/${flowId}`, [204]);
    await this.#send('POST', '/api/flow-executions', [404], { flow_id: flowId, input: {} });
    return flowId;
  }

  cancel = (id: Id, isTaken: boolean) => this.#send('POST', `/api/flow-executions/${id}/cancel`, [isTaken ? 204 : 409]);

  rerun = (id: Id, onlyStale: boolean, status: number) =>
    this.#send('POST', `/api/flow-executions/${id}/execute?only_stale=${onlyStale}`, [status]);

  /** A person's PUT: of a result an edit, of a task that waits its decision. */
  async put(id: Id, row: RowState, status: 'completed' | 'failed', value: string, expected: number[] = [200]): Promise<void> {
    const body = {
      id: row.id,
      flow_execution_id: id,
      task_execution_idx: 0,
      task_name: row.name,
      organization_id: this.platform.a.id,
      processing_status: status,
      edited_status: 'not_edited',
      stale_status: 'consistent',
      ...(status === 'completed' ? { output: { text: value } } : { error: { message: value } }),
    };
    await this.#send('PUT', '/api/task-executions', expected, body);
  }

  /** Another system's POST for whatever waits under that name. */
  post = (id: Id, name: string) =>
    this.#send('POST', '/api/task-outputs', [201], {
      flow_execution_id: id,
      organization_id: this.platform.a.id,
      task_name: name,
      summary: null,
      status: 'completed',
      output: { text: 'sent' },
    });

  async claim(batch: number): Promise<Held[]> {
    const tasks = await this.tasks.claim(this.worker, {
      batch,
      executors: Object.fromEntries([...limitedExecutors(catalogue)].map((name) => [name, batch])),
    });
    return tasks.map((task) => ({ task, worker: this.worker }));
  }

  settle({ task, worker }: Held, outcome: Outcome, value: string, claims: boolean): Promise<SettleReport> {
    const results = [{ task, outcome: decidedOutcome(task) ?? toTaskOutcome(outcome, value) }];
    return this.tasks.settle(worker, results, { claim: claims && worker === this.worker ? 50 : false });
  }

  /** Ticks until they find nothing more to do; with `movesTime` the time of all that sleeps has come. */
  async tick(movesTime: boolean): Promise<void> {
    if (movesTime) await this.#query('test/due', `update task_executions set ready_at = now() where status = 'scheduled'`, []);
    for (let quiet = 0; quiet < 2; ) quiet = MOVED(await this.tasks.tick()) ? 0 : quiet + 1;
  }

  /** Each run as the rows have it, in the words of describeRun. */
  async describe(ids: readonly Id[], shapes: readonly Shape[]): Promise<string[]> {
    const runs = await this.#query<{ id: Id; status: string; tasks: { task: number; status: string; stale: boolean }[] | null }>(
      'test/runs',
      `select e.id, e.status, (select json_agg(json_build_object('task', t.task, 'status', t.status, 'stale', t.stale_status = 'stale') order by t.task)
                                 from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id) as tasks
         from flow_executions e where e.organization_id = $1 and e.id = any($2::uuid[])`,
      [this.platform.a.id, ids],
    );
    const byId = new Map(runs.map((run) => [run.id, run]));
    return ids.map((id, index) => {
      const run = byId.get(id);
      const tasks = (run?.tasks ?? []).map(({ task, status, stale }) => `${shapes[index]?.tasks[task]} ${status}${stale ? ' stale' : ''}`);
      return `${run?.status}: ${tasks.join(', ')}`;
    });
  }

  async rowsOf(id: Id, shape: Shape): Promise<RowState[]> {
    const rows = await this.#query<{ id: Id; task: number; status: string; shown: boolean }>(
      'test/rows',
      `select id, task, status, status <> 'cancelled' or started_at is not null as shown from task_executions where organization_id = $1 and execution_id = $2`,
      [this.platform.a.id, id],
    );
    return rows.map((row) => ({ ...row, name: shape.tasks[row.task] as string }));
  }

  /** Ends what a run that failed its test has left, so that the next begins with nothing. */
  async clear(): Promise<void> {
    await this.#query(
      'test/clear-tasks',
      `update task_executions set status = 'cancelled', completed_at = now() where completed_at is null`,
      [],
    );
    await this.#query(
      'test/clear-runs',
      `update flow_executions set status = 'cancelled', open = 0, awaiting = 0, completed_at = now() where completed_at is null`,
      [],
    );
    await this.#query('test/clear-slots', 'update execution_slots set free = true', []);
    await this.restart();
  }

  #query = <T>(name: string, text: string, values: unknown[]): Promise<T[]> => this.platform.engineDb.query<T>(name, text, values);

  // biome-ignore lint/suspicious/noExplicitAny: the body of an answer, of which one field is read
  async #send(method: string, path: string, expected: number[], body?: unknown, headers?: Record<string, string>): Promise<any> {
    const answer = await this.user.send(method, path, body, headers);
    if (!expected.includes(answer.status))
      throw new Error(`${method} ${path} answered ${answer.status} instead of ${expected}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

function toTaskOutcome(outcome: Outcome, value: string): TaskOutcome {
  switch (outcome) {
    case 'completed':
      return { status: 'completed', output: JSON.stringify({ text: value }) };
    case 'failed':
      return { status: 'failed', error: { code: 'model', message: value } };
    case 'awaiting_input':
      return { status: 'awaiting_input', checkpoint: null };
    case 'scheduled':
      return { status: 'scheduled', until: new Date(Date.now() + HOUR_MS), checkpoint: null };
    case 'ready':
      return { status: 'released' };
  }
}
