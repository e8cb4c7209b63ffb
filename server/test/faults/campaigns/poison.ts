// One task of a batch takes its process along, each time it is run: it is failed as poison, and those beside it complete. A process whose loop is blocked
// loses what it holds once it has been deaf for 30 s, and not before.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '#base';
import { hash } from '../../../src/engine/testing/chance.ts';
import type { Harm } from '../effect.ts';
import { type FaultFlow, type FaultWorld, openFaultWorld } from '../fault-world.ts';
import type { WorkerProcess } from '../processes.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const BATCH = 20;
const LIMIT_MS = 240_000; // six deaths, each with the start of another process
const MOST_DEATHS = 20;
const MEMORY_MB = 160; // enough for a worker, and soon full

class PoisonRound {
  readonly #world: FaultWorld;
  readonly #flow: FaultFlow;
  readonly problems: string[] = [];

  constructor(world: FaultWorld, flow: FaultFlow) {
    this.#world = world;
    this.#flow = flow;
  }

  /** One task that kills, among others that do not. */
  async poison(how: Harm, place: number): Promise<void> {
    const ids: Id[] = [];
    for (let i = 0; i < BATCH; i++) ids.push(await this.#world.start(this.#flow, { metadata: { how: i === place ? how : 'none', ms: 0 } }));
    const poisoned = ids[place] as Id;
    const deaths = await this.#supervise();
    const rows = await this.#world.db.query<{ execution_id: Id; status: string; code: string | null; tries: number; losses: number }>(
      't_outcome',
      `select execution_id, status, error->>'code' as code, tries, losses from task_executions where execution_id = any($1::uuid[]) and task = 1`,
      [ids],
    );
    const [killer] = rows.filter((row) => row.execution_id === poisoned);
    const others = rows.filter((row) => row.execution_id !== poisoned);
    if (killer?.code !== 'poison' || killer.losses !== deaths)
      this.problems.push(`${how}: after ${deaths} deaths the poison is ${JSON.stringify(killer)}`);
    const harmed = others.filter(({ status, tries }) => status !== 'completed' || tries > 0);
    if (others.length !== BATCH - 1 || harmed.length > 0)
      this.problems.push(`${how}: of ${others.length} others were harmed ${JSON.stringify(harmed)}`);
  }

  /** What a supervisor of processes does: starts another where one ended. Answers how many ended. */
  async #supervise(): Promise<number> {
    let deaths = 0;
    for (const until = Date.now() + LIMIT_MS; ; ) {
      const worker = await this.#world.processes.startWorker({ flags: [`--max-old-space-size=${MEMORY_MB}`] });
      const end = await Promise.race([worker.ended, this.#world.untilQuiet(until - Date.now())]);
      if (typeof end === 'number' && (await this.#world.unfinished()) === 0) {
        await stop(worker);
        return deaths;
      }
      deaths++;
      if (Date.now() > until || deaths > MOST_DEATHS) {
        this.problems.push(`no end after ${deaths} deaths\n${worker.logged()}`);
        return deaths;
      }
      await this.#world.db.query('t_expire', 'update workers set alive_until = now() where alive_until > now()', []); // a lease takes 10 s to run out
    }
  }

  /** A loop that is blocked for a while: the lease is kept, and says how deaf its process was; for longer it is lost. */
  async block(ms: number, isLost: boolean): Promise<void> {
    const worker = await this.#world.processes.startWorker();
    const id = await this.#world.start(this.#flow, { metadata: { how: 'block', ms } });
    let mostMs = 0;
    const until = Date.now() + LIMIT_MS;
    while ((await this.#world.unfinished()) > 0 && Date.now() < until) {
      const [row] = await this.#world.db.query<{ ms: number }>('t_delay', 'select max(loop_delay_ms) as ms from workers', []);
      mostMs = Math.max(mostMs, row?.ms ?? 0);
      await sleep(100);
    }
    const [row] = await this.#world.db.query<{ losses: number }>(
      't_losses',
      'select losses from task_executions where execution_id = $1 and task = 1',
      [id],
    );
    if ((row?.losses ?? 0) > 0 !== isLost || mostMs < 1_000)
      this.problems.push(`blocked for ${ms} ms, a delay of ${mostMs} ms was seen, and the task was lost ${row?.losses} times`);
    await stop(worker);
  }
}

async function stop(worker: WorkerProcess): Promise<void> {
  worker.process.kill('SIGTERM');
  await worker.ended;
}

const KINDS: Harm[] = ['abort', 'fill_memory'];
const DEAF_MS = 42_000; // past the 30 s after which the lease is not renewed, and the 10 s that it then lasts
const BLOCKED_MS = 5_000; // over two renewals of the lease

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const { seed, goal, deadline, log } = context;
  const world = await openFaultWorld();
  const counts = { poisons: 0, blocked: 0, deaf: 0 };
  try {
    const task = { name: 'harm', task_executor_name: 'harm', parameters: { how: '{{input.metadata.how}}', ms: '{{input.metadata.ms}}' } };
    const round = new PoisonRound(world, await world.flow([{ ...task, depends_on: ['begin'] }]));
    while (!deadline.aborted && !isReached(counts, goal)) {
      if (counts.poisons < (goal['poisons'] ?? 0)) {
        await round.poison(KINDS[counts.poisons % KINDS.length] as Harm, hash(seed, counts.poisons) % BATCH);
        counts.poisons++;
      }
      if (counts.blocked < (goal['blocked'] ?? 0)) {
        await round.block(BLOCKED_MS, false);
        counts.blocked++;
      }
      if (counts.deaf < (goal['deaf'] ?? 0)) {
        await round.block(DEAF_MS, true);
        counts.deaf++;
      }
    }
    for (const problem of round.problems) log(`violation: ${problem}`);
    const history = await readHistory(world.db, log, { plans: world.plans });
    return { ...counts, ...history, violations: history.violations + round.problems.length };
  } finally {
    await world.close();
  }
}

export const campaign: Campaign = {
  name: 'poison',
  faults: ['F14', 'F20'],
  goal: { poisons: 40, blocked: 10, deaf: 3 },
  inTest: { poisons: 2, blocked: 1 },
  run,
};
