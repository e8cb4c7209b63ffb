// Random plans run by workers that crash, repeat themselves and come late, with connections cut, cancels and re-executions; then the storm is over
// and everything must end, and end as the oracle says.
import type { Id } from '#base';
import type { ClaimedTask, TaskResult } from '#engine';
import { chance, pause } from '../../src/engine/testing/chance.ts';
import { changedPlan, randomPlan } from '../../src/engine/testing/random-plan.ts';
import { compareWithOracle } from './compare-with-oracle.ts';
import type { EngineFixture, TestFlow } from './engine-fixture.ts';
import { sendEvents } from './send-events.ts';
import { ignoreConflict, isCut, type Subject } from './storm-subject.ts';
import { fuseTest, workOnce } from './test-worker.ts';

export interface StormOptions {
  seed: string;
  plans: number;
  workers: number;
  /** Faults, cancels and re-executions happen this long; then all must end within `patienceMs`. */
  stormMs: number;
  patienceMs: number;
}

export interface StormCounts {
  crashes: number;
  late: number;
  doubled: number;
  fenced: number;
  cuts: number;
  cancels: number;
  reruns: number;
  /** Runs that gave up their slots, and events that found none free. */
  parked: number;
  deferred: number;
  tasksRun: number;
}

class Crash extends Error {}

export async function storm(fixture: EngineFixture, options: StormOptions): Promise<{ problems: string[]; counts: StormCounts }> {
  const run = new Storm(fixture, options);
  return run.rage();
}

class Storm {
  readonly #fixture: EngineFixture;
  readonly #options: StormOptions;
  readonly #problems: string[] = [];
  readonly #counts: StormCounts = {
    crashes: 0,
    late: 0,
    doubled: 0,
    fenced: 0,
    cuts: 0,
    cancels: 0,
    reruns: 0,
    parked: 0,
    deferred: 0,
    tasksRun: 0,
  };
  readonly #limits = new Map<Id, number | null>();
  readonly #subjects: Subject[] = [];
  readonly #lost: { results: readonly TaskResult<ClaimedTask>[]; worker: number; at: number }[] = [];
  #stopped = false;
  #interfering = false;
  #endsAt = 0;

  constructor(fixture: EngineFixture, options: StormOptions) {
    this.#fixture = fixture;
    this.#options = options;
  }

  async rage(): Promise<{ problems: string[]; counts: StormCounts }> {
    for (const limit of [null, 2, 1, 5, 1])
      this.#limits.set(await this.#fixture.organization({ limit, weight: 1 + this.#limits.size }), limit);
    this.#endsAt = performance.now() + this.#options.stormMs;
    const loops = [...Array.from({ length: this.#options.workers }, () => this.#workerProcess()), ...this.#disturbances()];
    await this.#startAll();
    await this.#awaitEnd();
    this.#stopped = true;
    await Promise.all(loops);
    for (const subject of this.#subjects) this.#problems.push(...(await compareWithOracle(this.#fixture.admin, subject)));
    return { problems: this.#problems, counts: this.#counts };
  }

  #isRaging = (): boolean => performance.now() < this.#endsAt;

  #say(...words: unknown[]): void {
    if (this.#problems.length < 20) this.#problems.push(words.join(' '));
  }

  async #startAll(): Promise<void> {
    const organizations = [...this.#limits.keys()];
    for (let number = 0; number < this.#options.plans; number++) {
      const organizationId = organizations[number % organizations.length] as Id;
      const flow = await this.#fixture.flow(organizationId, randomPlan(`${this.#options.seed}/${number}`));
      const id = await this.#persist(() => this.#fixture.start(flow, { rank: Math.floor(Math.random() * 3) }));
      this.#subjects.push({ versions: [flow], id, number, cancelled: false });
    }
  }

  /** Repeats what a cut connection has undone. */
  async #persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isCut(error)) throw error;
        await pause(5);
      }
    }
  }

  /** A process that dies and is started again, each time as another worker. */
  async #workerProcess(): Promise<void> {
    while (!this.#stopped) {
      const tasks = this.#fixture.otherTasks();
      const worker = await this.#persist(() => tasks.registerWorker());
      try {
        while (!this.#stopped) {
          const choices = { batch: 5 + Math.floor(Math.random() * 40), followUps: 1 + Math.floor(Math.random() * 8), fuses: chance(0.7) };
          const settled = await workOnce(tasks, worker, { ...choices, faults: this.#faults(worker) });
          this.#counts.tasksRun += settled;
          if (settled === 0) await pause(3);
        }
      } catch (error) {
        if (!(error instanceof Crash) && !isCut(error)) this.#say('worker', error instanceof Error ? error.stack : error);
      }
      await this.#persist(() => tasks.releaseWorker(worker)); // as if its lease had run out
    }
  }

  #faults(worker: number) {
    const crash = (probability: number) => {
      if (!this.#isRaging() || !chance(probability)) return;
      this.#counts.crashes++;
      throw new Crash();
    };
    return {
      afterClaim: () => crash(0.03),
      beforeSettle: (results: readonly TaskResult<ClaimedTask>[]) => {
        if (this.#isRaging() && chance(0.1)) setTimeout(() => void this.#sendAgain(worker, results), 30);
        if (this.#isRaging() && chance(0.03)) {
          this.#lost.push({ results, worker, at: performance.now() });
          crash(1);
        }
        crash(0.02);
      },
      afterSettle: () => crash(0.04),
    };
  }

  async #sendAgain(worker: number, results: readonly TaskResult<ClaimedTask>[]): Promise<void> {
    this.#counts.doubled++;
    const report = await this.#fixture.tasks.settle(worker, results, { claim: false, fuse: fuseTest }).catch(() => undefined);
    this.#counts.fenced += report?.fenced.length ?? 0;
  }

  #disturbances(): Promise<void>[] {
    return [
      this.#every(15, async () => {
        this.#counts.parked += (await this.#fixture.tasks.tick()).parked;
      }),
      this.#every(20, async () => {
        this.#counts.deferred += await sendEvents(this.#fixture, this.#subjects);
      }),
      this.#every(10, () => this.#watchLimits()),
      this.#every(15, () => this.#sendLateResult()),
      this.#every(300, () => this.#cutConnection()),
      this.#every(25, () => this.#interfere()),
    ];
  }

  async #every(ms: number, act: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      await act().catch((error) => {
        if (!isCut(error)) this.#say('side', error instanceof Error ? error.stack : error);
      });
      await pause(ms);
    }
  }

  async #watchLimits(): Promise<void> {
    const { rows } = await this.#fixture.admin.query(
      `select organization_id, count(*)::int as n from flow_executions where status in ('running', 'cancel_requested') group by 1`,
    );
    for (const { organization_id, n } of rows) {
      const limit = this.#limits.get(organization_id) ?? Number.POSITIVE_INFINITY;
      if (n > limit) this.#say('above the limit', n, limit);
    }
  }

  /** A late result, after a reap has given its tasks to others: all of it must be fenced. */
  async #sendLateResult(): Promise<void> {
    const first = this.#lost[0];
    if (first === undefined || performance.now() < first.at + 100) return;
    const { rows } = await this.#fixture.admin.query('select 1 from workers where id = $1 and alive_until > now()', [first.worker]);
    if (rows.length > 0) return;
    await this.#fixture.tasks.tick();
    this.#lost.shift();
    this.#counts.late++;
    const report = await this.#fixture.tasks.settle(first.worker, first.results, { claim: false, fuse: fuseTest });
    this.#counts.fenced += report.fenced.length;
    if (report.fenced.length < first.results.length) this.#say('a late result of a lost attempt was taken');
  }

  async #cutConnection(): Promise<void> {
    if (!this.#isRaging() || !chance(0.3)) return;
    this.#counts.cuts++;
    await this.#fixture.db
      .query(
        'test/cut',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user and state = 'active' and pid <> pg_backend_pid() limit 1`,
        [],
      )
      .catch(() => {});
  }

  async #interfere(): Promise<void> {
    const subject = this.#subjects[Math.floor(Math.random() * this.#subjects.length)];
    if (subject === undefined || !this.#isRaging()) return;
    this.#interfering = true;
    await this.#cancelOrRerun(subject).finally(() => {
      this.#interfering = false;
    });
  }

  async #cancelOrRerun(subject: Subject): Promise<void> {
    const { id } = subject;
    const flow = subject.versions.at(-1) as TestFlow;
    if (chance(0.25) && !subject.cancelled) {
      this.#counts.cancels++;
      subject.cancelled = true;
      await this.#fixture.engine.cancel(flow.organizationId, id, 'test').catch(ignoreConflict);
    } else if (chance(0.2)) {
      this.#counts.reruns++;
      const next = chance(0.5) ? flow : await this.#changedVersion(subject);
      const rerun = { onlyStale: chance(0.7), actor: 'test', flowVersionId: next.versionId, flowVersion: subject.versions.length };
      await this.#fixture.engine.rerun(flow.organizationId, id, rerun).catch(ignoreConflict);
    }
  }

  async #changedVersion({ versions, number }: Subject): Promise<TestFlow> {
    const latest = versions.at(-1) as TestFlow;
    const plan = changedPlan(latest.plan, `${this.#options.seed}/${number}/${versions.length}`);
    const next = await this.#fixture.version(latest, plan, versions.length + 1);
    versions.push(next);
    return next;
  }

  async #awaitEnd(): Promise<void> {
    const deadline = this.#endsAt + this.#options.patienceMs;
    for (;;) {
      const isOver = !this.#isRaging() && !this.#interfering;
      const { rows } = await this.#fixture.admin.query(
        `select count(*)::int as n from flow_executions where status in ('queued', 'running', 'waiting', 'cancel_requested')`,
      );
      if (rows[0].n === 0 && isOver && this.#lost.length === 0) return;
      if (performance.now() > deadline) {
        this.#say('stuck', rows[0].n, await this.#describeStuck());
        return;
      }
      await pause(50);
    }
  }

  async #describeStuck(): Promise<string> {
    const { rows } = await this.#fixture.admin.query(
      `select e.id, e.status, e.open, e.generation, (select json_agg(json_build_object('task', t.task, 'item', t.item, 'status', t.status, 'waiting', t.waiting,
              'worker', t.worker)) from task_executions t where t.execution_id = e.id and t.status in ('pending', 'ready', 'running', 'awaiting_input', 'scheduled')) as rows
         from flow_executions e where status in ('queued', 'running', 'waiting', 'cancel_requested') limit 3`,
    );
    return JSON.stringify(rows.map((row) => ({ ...row, plan: this.#subjects.find(({ id }) => id === row.id)?.number })));
  }
}
