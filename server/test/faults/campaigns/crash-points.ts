// A worker is killed at every point that it passes: before each statement, while it is under way, and around what it does outside of the database. Whatever
// it was, another worker finishes the runs, with each effect once.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '#base';
import { hash } from '../../../src/engine/testing/chance.ts';
import { type FaultFlow, type FaultWorld, openFaultWorld } from '../fault-world.ts';
import { startHealingWorker } from '../healing-worker.ts';
import type { WorkerProcess } from '../processes.ts';
import { REFUSED_ONCE } from '../sink.ts';
import { addCounts, type Campaign, type CampaignContext, type CampaignCounts, readHistory } from './campaign.ts';

const PRELOAD = fileURLToPath(new URL('../crash-points.ts', import.meta.url));
const LANES = 2; // worlds at once: as many as a small machine has cores
const LIMIT_MS = 120_000; // of everything that is waited for here
const TRIES = 3; // a point that is only passed when two things meet may be missed

/** Executions at once, and whether each is of an organization of its own; `passes`: the point is passed so many times at most before the crash. */
const SWEEPS = [
  { batch: 1, isApart: false, passes: 1 },
  { batch: 10, isApart: false, passes: 3 },
  { batch: 100, isApart: false, passes: 3 },
  { batch: 1, isApart: true, passes: 2 },
  { batch: 10, isApart: true, passes: 3 },
  { batch: 100, isApart: true, passes: 3 },
];

const effect = (name: string, more: JsonObject = {}, parameters: JsonObject = {}): JsonObject => ({
  name,
  task_executor_name: 'effect',
  depends_on: ['begin'],
  parameters: { sink: '{{input.metadata.sink}}', body: `{{execution.id}} ${name}`, wait_ms: '{{input.metadata.wait_ms}}', ...parameters },
  ...more,
});

/** A retry, an output in the file store and its reader, a fan-out under a concurrency key, a cache, a sub-flow: what makes a worker ask something. */
const tasksOf = (child: FaultFlow): JsonObject[] => [
  effect('retried', { retry: { max_attempts: 3, initial_interval: '20ms' } }, { body: `{{execution.id}} ${REFUSED_ONCE}` }),
  effect('large', {}, { output_bytes: 300_000 }),
  { name: 'reader', task_executor_name: 'format_data', parameters: { fields: { n: 'size(large.padding)' } } },
  effect('items', { for_each: [0, 1, 2], concurrency: { key: '{{execution.id}}', limit: 1 } }, { body: '{{execution.id}} item {{item}}' }),
  effect('cached', { cache: { ttl: '1h' } }),
  {
    name: 'call',
    task_executor_name: 'run_flow',
    depends_on: ['retried'],
    parameters: { flow_id: child.flowId, input: { file_key: '{{begin.document_url}}', metadata: '{{input.metadata}}' } },
  },
];
const EFFECTS = 7; // the sub-flow's among them
const RUNS = 2;

/** Of an effect, so that a worker that drains has some in its hands; else there is nothing to wait for. */
const DRAINED_MS = 1_000;
const HELD_TASKS = 3;
/** What a tick asks, each by itself and whole: in `npm test` a few of it stand for all, in torture all are tried, but for those of a worker that drains. */
const CHORES =
  /^(drain\.)?(wake|postpone|find|reap|promote|expire|forget|drop|raise|unpause|park|lock-idle|put-back|take|claim-purge|read-clock|note-heard)\b/;

interface Sweep {
  batch: number;
  isApart: boolean;
  passes: number;
}

/** A database and its flows, on which one crash after the other happens. */
class Lane {
  readonly #world: FaultWorld;
  readonly #context: CampaignContext;
  readonly #flows: FaultFlow[] = [];
  readonly problems: string[] = [];
  #executions = 0;

  constructor(world: FaultWorld, context: CampaignContext) {
    this.#world = world;
    this.#context = context;
  }

  /** Every point that a worker passes which is not killed, in the order in which it passes them first. */
  async record(folder: string): Promise<string[]> {
    const path = join(folder, 'points');
    const worker = await this.#prepare({ FLOW_CRASH_RECORD: path });
    await this.#startRuns({ batch: 1, isApart: false });
    await worker.begin();
    if ((await this.#world.untilQuiet(LIMIT_MS)) > 0) this.problems.push(`runs did not end without a crash\n${worker.logged()}`);
    await this.#startRuns({ batch: 1, isApart: false }, DRAINED_MS);
    await this.#untilHeld(worker);
    worker.process.kill('SIGTERM');
    await worker.ended;
    await this.#heal('nowhere');
    return (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .filter(
        (point) => MUST_PASS.includes(point) || !CHORES.test(point) || (this.#context.scale === 'torture' && !point.startsWith('drain.')),
      );
  }

  /** Whether a worker died at the point. Another has finished what it left. */
  async crashAt(point: string, { batch, isApart, passes }: Sweep): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const pass = tries > 0 ? 1 : 1 + (hash(this.#context.seed, point, batch) % passes);
      const worker = await this.#prepare({ FLOW_CRASH_AT: `${point}:${pass}` });
      const drains = point.startsWith('drain.');
      await this.#startRuns({ batch, isApart }, drains ? DRAINED_MS : 1);
      await worker.begin();
      if (drains) {
        await this.#untilHeld(worker);
        worker.process.kill('SIGTERM');
      }
      const hasDied = await this.#untilDead(worker);
      await this.#heal(point);
      if (hasDied) return true;
    }
    return false;
  }

  #prepare(env: Record<string, string>): Promise<WorkerProcess> {
    return this.#world.processes.startWorker({ waits: true, env, flags: ['--import', PRELOAD] });
  }

  async #startRuns({ batch, isApart }: Pick<Sweep, 'batch' | 'isApart'>, waitMs = 1): Promise<void> {
    const flows = await Promise.all(Array.from({ length: isApart ? batch : 1 }, (_, i) => this.#flow(i)));
    await Promise.all(
      Array.from({ length: batch }, (_, i) => this.#world.start(flows[i % flows.length] as FaultFlow, { metadata: { wait_ms: waitMs } })),
    );
    this.#executions += batch;
  }

  async #flow(index: number): Promise<FaultFlow> {
    const known = this.#flows[index];
    if (known) return known;
    const child = await this.#world.flow([effect('inner')]);
    const flow = await this.#world.flow(tasksOf(child), child.organizationId);
    this.#flows[index] = flow;
    return flow;
  }

  async #untilHeld(worker: WorkerProcess): Promise<void> {
    const deadline = Date.now() + LIMIT_MS;
    while ((await this.#world.held(worker.workerId)).length < HELD_TASKS && Date.now() < deadline && (await this.#world.unfinished()) > 0)
      await sleep(5);
  }

  /** False where all has ended, or the worker has ended in order, without its passing the point. */
  async #untilDead(worker: WorkerProcess): Promise<boolean> {
    const quiet = this.#world.untilQuiet(LIMIT_MS).then(() => sleep(1_500, 'quiet' as const)); // chores follow within a tick or two
    const end = await Promise.race([worker.ended, quiet]);
    if (end === 'quiet') worker.process.kill('SIGTERM');
    return (await worker.ended) === 'SIGKILL';
  }

  async #heal(point: string): Promise<void> {
    const { db, sink } = this.#world;
    await db.query('t_expire', 'update workers set alive_until = now() where alive_until > now()', []); // a lease takes 10 s to run out
    const healer = await startHealingWorker(this.#world);
    const stuck = await this.#world.untilQuiet(LIMIT_MS);
    await healer.drain();
    const effects = this.#executions * EFFECTS;
    if (stuck > 0) this.problems.push(`after ${point}: ${stuck} runs did not end`);
    else if (sink.bodies.size !== effects) this.problems.push(`after ${point}: ${sink.bodies.size} effects of ${effects}`);
    this.problems.push(...sink.problems().map((problem) => `after ${point}: ${problem}`));
  }

  async close(): Promise<{ violations: number; historyRows: number }> {
    const { db } = this.#world;
    const [row] = await db.query<{ n: number }>('t_done', `select count(*)::int as n from flow_executions where status = 'completed'`, []);
    if (row?.n !== this.#executions * RUNS) this.problems.push(`${row?.n} runs completed of ${this.#executions * RUNS}`);
    const history = await readHistory(db, this.#context.log, { plans: this.#world.plans });
    await this.#world.close();
    return history;
  }
}

/** Those that the scenario must reach: without them the rest says little. */
const MUST_PASS = [
  'register-worker.sent',
  'claim-tasks.sent',
  'read-inputs.before',
  'fetch.before',
  'fetch.answered',
  'settle-tasks.before',
  'settle-tasks.sent',
  'rename.before',
  'rename.after',
  'take-place.sent',
  'release-places.sent',
  'start-executions.sent',
  'begin.sent',
  'commit.before',
  'commit.sent',
  'wake-tasks.sent',
  'notify_events.sent',
  'drain.settle-tasks.sent',
  'drain.release-worker.before',
  'drain.release-worker.sent',
];

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const counts = { points: 0, crashes: 0, sweeps: 0, violations: 0, historyRows: 0 };
  const folder = await mkdtemp(join(tmpdir(), 'flow-points-'));
  const lanes: Lane[] = [];
  try {
    for (let i = 0; i < LANES; i++) lanes.push(new Lane(await openFaultWorld(), context));
    const points = await (lanes[0] as Lane).record(folder);
    counts.points = points.length;
    const missing = MUST_PASS.filter((point) => !points.includes(point));
    const missed: string[] = missing.map((point) => `the runs do not pass ${point}`);
    for (const sweep of SWEEPS.slice(0, context.goal['sweeps'])) {
      const left = [...points];
      await Promise.all(lanes.map((lane) => crashAll(lane, sweep, { left, missed, context, counts })));
      if (left.length > 0) break;
      counts.sweeps++;
    }
    for (const line of [...missed, ...lanes.flatMap(({ problems }) => problems)]) {
      counts.violations++;
      context.log(`violation: ${line}`);
    }
  } finally {
    for (const lane of lanes) addCounts(counts, await lane.close());
    await rm(folder, { recursive: true, force: true });
  }
  return counts;
}

async function crashAll(
  lane: Lane,
  sweep: Sweep,
  { left, missed, context, counts }: { left: string[]; missed: string[]; context: CampaignContext; counts: { crashes: number } },
): Promise<void> {
  for (let point = left.shift(); point !== undefined; point = left.shift()) {
    if (context.deadline.aborted) {
      left.unshift(point);
      return;
    }
    const startedAt = performance.now();
    if (await lane.crashAt(point, sweep)) counts.crashes++;
    else missed.push(`${point} was not passed with ${sweep.batch} at once`);
    context.log(`${point}, ${sweep.batch} at once: ${Math.round(performance.now() - startedAt)} ms`);
  }
}

export const campaign: Campaign = {
  name: 'crash-points',
  faults: ['F2'],
  goal: { sweeps: SWEEPS.length },
  inTest: { sweeps: 1 },
  share: 4,
  run,
};
