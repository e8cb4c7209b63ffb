// Workers that are killed or suspended while they hold work, under load: nothing is lost, nothing is settled twice, no effect happens twice under its key.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Id, JsonObject } from '#base';
import { hash } from '../../../src/engine/testing/chance.ts';
import { type FaultFlow, type FaultWorld, openFaultWorld } from '../fault-world.ts';
import type { WorkerProcess } from '../processes.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, readHistory } from './campaign.ts';

const WORKERS = 2;
const SPARE = 1; // one starts while two work: a process takes a second to come up
const BACKLOG = 30; // runs under way at least, so that whoever is hit holds something
const ONE_IN_SUSPENDED = 20;
const QUIET_LIMIT_MS = 180_000; // after the last hit: a lease of 10 s, what was held, and a slow machine
const LEASE_AND_TICK_MS = 11_000;

const effectAfter = (name: string, before: string[], waitMs: number): JsonObject => ({
  name,
  task_executor_name: 'effect',
  depends_on: before,
  parameters: { sink: '{{input.metadata.sink}}', body: `{{execution.id}} ${name}`, wait_ms: waitMs },
});

const TASKS: JsonObject[] = [
  effectAfter('first', ['begin'], 100),
  effectAfter('second', ['first'], 200),
  effectAfter('third', ['first'], 20),
  effectAfter('fourth', ['second', 'third'], 300),
  effectAfter('fifth', ['fourth'], 50),
  effectAfter('sixth', ['fifth'], 100),
  { name: 'sum', task_executor_name: 'format_data', parameters: { fields: { all: '[second.value, third.value, sixth.value]' } } },
];
const EFFECTS = 6;

/** What a worker held when it was hit, by the database's clock. */
interface Hit {
  worker: WorkerProcess;
  tasks: { id: Id; attempt: number }[];
  at: Date;
}

class WorkerKills {
  readonly #world: FaultWorld;
  readonly #flow: FaultFlow;
  readonly #context: CampaignContext;
  readonly #alive: WorkerProcess[] = [];
  readonly #starting = new Set<Promise<void>>();
  readonly #suspended = new Set<Promise<void>>();
  readonly #hits: Hit[] = [];
  readonly counts = { kills: 0, suspensions: 0, executions: 0 };

  constructor(world: FaultWorld, flow: FaultFlow, context: CampaignContext) {
    this.#world = world;
    this.#flow = flow;
    this.#context = context;
  }

  async rage(): Promise<void> {
    for (let i = 0; i < WORKERS + SPARE; i++) this.#startAnother();
    while (!this.#context.deadline.aborted && !this.#isDone()) {
      await this.#untilEffects(this.#world.sink.calls() + this.#effectsPerHit());
      const victim = await this.#findVictim();
      if (victim) await this.#hit(victim);
    }
    await Promise.all([...this.#starting, ...this.#suspended]);
    if (this.#alive.length === 0) await this.#startWorker();
  }

  /** The hits come by progress, not by the clock: on a slow machine, too, most of the work gets done between two of them. */
  #effectsPerHit(): number {
    const { kills = 1, suspensions = 0, executions = 1 } = this.#context.goal;
    return Math.floor((executions * EFFECTS) / (kills + suspensions));
  }

  async #untilEffects(calls: number): Promise<void> {
    while (this.#world.sink.calls() < calls && !this.#context.deadline.aborted) {
      await this.#keepBusy();
      await sleep(20);
    }
  }

  #isDone(): boolean {
    const { kills = 0, suspensions = 0, executions = 0 } = this.#context.goal;
    return this.counts.kills >= kills && this.counts.suspensions >= suspensions && this.counts.executions >= executions;
  }

  async #keepBusy(): Promise<void> {
    for (let open = await this.#world.unfinished(); open < BACKLOG; open++) {
      await this.#world.start(this.#flow);
      this.counts.executions++;
    }
  }

  #startAnother(): void {
    const start = this.#startWorker().finally(() => this.#starting.delete(start));
    this.#starting.add(start);
  }

  async #startWorker(): Promise<void> {
    this.#alive.push(await this.#world.processes.startWorker());
  }

  async #findVictim(): Promise<WorkerProcess | undefined> {
    for (const worker of this.#alive) if ((await this.#world.held(worker.workerId)).length > 0) return worker;
    return undefined;
  }

  async #hit(victim: WorkerProcess): Promise<void> {
    const drawn = hash(this.#context.seed, this.counts.kills + this.counts.suspensions, 'hit');
    const isDue = this.counts.kills >= (this.#context.goal['kills'] ?? 0) || drawn % ONE_IN_SUSPENDED === 0;
    const isSuspended = isDue && this.#suspended.size === 0 && this.counts.suspensions < (this.#context.goal['suspensions'] ?? 0);
    this.#alive.splice(this.#alive.indexOf(victim), 1);
    victim.process.kill(isSuspended ? 'SIGSTOP' : 'SIGKILL');
    this.#startAnother();
    if (!isSuspended) await victim.ended;
    const tasks = await this.#world.held(victim.workerId);
    if (tasks.length > 0) {
      const [now] = await this.#world.db.query<{ at: Date }>('t_now', 'select clock_timestamp() as at', []);
      this.#hits.push({ worker: victim, tasks, at: (now as { at: Date }).at });
      this.counts[isSuspended ? 'suspensions' : 'kills']++; // it was hit with work in its hands
    }
    if (!isSuspended) return;
    const resumed = this.#resumeAfterItsLease(victim).finally(() => this.#suspended.delete(resumed));
    this.#suspended.add(resumed);
  }

  /** It goes on with what it held as if nothing had happened, although others have it by now; then it works under a new lease. */
  async #resumeAfterItsLease(victim: WorkerProcess): Promise<void> {
    const until = Date.now() + QUIET_LIMIT_MS;
    while ((await this.#world.held(victim.workerId)).length > 0 && Date.now() < until) await sleep(100);
    victim.process.kill('SIGCONT');
    while (!victim.logged().includes('the lease was lost') && Date.now() < until) await sleep(100);
    this.#alive.push(victim);
  }

  /** What must not be, of all that was started. */
  async problems(): Promise<string[]> {
    const { db, sink } = this.#world;
    const { executions } = this.counts;
    const statuses = await db.query<{ status: string; n: number }>(
      't_status',
      `select status, count(*)::int as n from flow_executions where status <> 'completed' group by 1`,
      [],
    );
    const failures = await db.query<{ message: string }>(
      't_failures',
      `select distinct error->>'message' as message from task_executions where status = 'failed'`,
      [],
    );
    const outputs = await db.query<{ n: number }>(
      't_outputs',
      `select count(*)::int as n from task_executions where status = 'completed' and output is not null`,
      [],
    );
    const done = outputs[0]?.n ?? 0;
    return [
      ...statuses.map(({ status, n }) => `${n} runs are ${status}`),
      ...failures.map(({ message }) => `a task failed: ${message}`),
      ...sink.problems(),
      ...(sink.bodies.size === executions * EFFECTS ? [] : [`${sink.bodies.size} effects of ${executions * EFFECTS}`]),
      ...(done === executions * (TASKS.length + 1) ? [] : [`${done} outputs of ${executions * (TASKS.length + 1)}`]),
      ...(await this.#lateResults()),
    ];
  }

  /** What was taken from a worker may only have been settled under a later attempt. */
  async #lateResults(): Promise<string[]> {
    const tasks = this.#hits.flatMap((hit) => hit.tasks);
    const late = await this.#world.db.query<{ id: Id }>(
      't_late',
      `select t.id from unnest($1::uuid[], $2::int[]) as s(id, attempt) join task_executions t on t.id = s.id where t.attempt <= s.attempt`,
      [tasks.map(({ id }) => id), tasks.map(({ attempt }) => attempt)],
    );
    return late.map(({ id }) => `task ${id} was settled under an attempt that was lost`);
  }

  /** From the hit until what it held was ready again, in ms; sorted. */
  async recoveries(): Promise<number[]> {
    const all: number[] = [];
    for (const { tasks, at } of this.#hits) {
      const rows = await this.#world.db.query<{ ms: number }>(
        't_recovery',
        `select extract(epoch from v.at - $3::timestamptz) * 1000 as ms from unnest($1::uuid[], $2::int[]) as s(id, attempt)
           join task_executions t on t.id = s.id
           join execution_events v on v.organization_id = t.organization_id and v.execution_id = t.execution_id
            and v.task_execution_id = s.id and v.attempt = s.attempt and v.kind = 'attempt_lost'`,
        [tasks.map(({ id }) => id), tasks.map(({ attempt }) => attempt), at],
      );
      all.push(...rows.map(({ ms }) => Number(ms)));
    }
    return all.sort((a, b) => a - b);
  }
}

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const world = await openFaultWorld();
  try {
    const kills = new WorkerKills(world, await world.flow(TASKS), context);
    await kills.rage();
    const stuck = await world.untilQuiet(QUIET_LIMIT_MS);
    const problems = [...(stuck > 0 ? [`${stuck} runs did not end`] : []), ...(await kills.problems())];
    for (const problem of problems) context.log(`violation: ${problem}`);
    const recoveries = await kills.recoveries();
    const p99 = Math.round(recoveries[Math.ceil(recoveries.length * 0.99) - 1] ?? 0);
    context.log(
      `what was lost was ready again after ${p99} ms (p99 of ${recoveries.length} tasks; a lease and a tick are ${LEASE_AND_TICK_MS} ms)`,
    );
    const history = await readHistory(world.db, context.log, { plans: world.plans });
    return { ...kills.counts, ...history, violations: history.violations + problems.length };
  } finally {
    await world.close();
  }
}

export const campaign: Campaign = {
  name: 'worker-kills',
  faults: ['F1', 'F4'],
  goal: { kills: 1_000, suspensions: 60, executions: 5_000 },
  inTest: { kills: 25, suspensions: 1, executions: 200 },
  share: 4,
  run,
};
