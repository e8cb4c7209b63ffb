// The database server is restarted, in order, at once, and again while it recovers, and connections are ended at random, under load through the API: each
// request is answered, by 503 with Retry-After where it must be, no process ends, and nothing that was acknowledged is lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from '../../../src/engine/testing/chance.ts';
import type { FlowProcess } from '../../support/flow-program.ts';
import { type Installation, openInstallation, untilPostmasterIsNot } from '../installation.ts';
import { Load } from '../load.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const QUIET_LIMIT_MS = 240_000;
const CALLERS = 4;
const RUNS_BETWEEN = 20; // acknowledged from one restart to the next
const TERMINATIONS_A_RESTART = 20;

/** `kill` is as the machine's end; `recovering`: the server is ended again while it recovers. */
const KINDS = [
  { signal: 'SIGINT', recovering: false },
  { signal: 'SIGQUIT', recovering: true },
  { signal: 'SIGQUIT', recovering: false },
  { signal: 'SIGKILL', recovering: true },
] as const;

class Restarts {
  readonly #installation: Installation;
  readonly #load: Load;
  readonly #context: CampaignContext;
  readonly counts = { restarts: 0, recoveriesRestarted: 0, terminations: 0 };
  readonly backAfterMs: number[] = [];

  constructor(installation: Installation, load: Load, context: CampaignContext) {
    this.#installation = installation;
    this.#load = load;
    this.#context = context;
  }

  async rage(): Promise<void> {
    while (!this.#context.deadline.aborted && !isReached(this.counts, this.#context.goal)) {
      await this.#untilMore(RUNS_BETWEEN);
      for (let n = 0; n < TERMINATIONS_A_RESTART && !this.#context.deadline.aborted; n++) await this.#terminate();
      await this.#untilMore(RUNS_BETWEEN);
      await this.#restart();
    }
    await this.#untilMore(RUNS_BETWEEN);
  }

  /** Waits until the load goes on, for so many runs; a load that does not is what the campaign finds at its end. */
  async #untilMore(runs: number): Promise<void> {
    const wanted = this.#load.acknowledged.length + runs;
    for (const until = Date.now() + QUIET_LIMIT_MS; this.#load.acknowledged.length < wanted && Date.now() < until; ) await sleep(20);
    if (this.#load.acknowledged.length < wanted) this.#load.problems.push(`writes were not back within ${QUIET_LIMIT_MS} ms`);
  }

  /** Some of all connections but its own, whatever they do. */
  async #terminate(): Promise<void> {
    const text = `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend' and random() < 0.5`;
    const ended = await this.#installation.asOwner(text).catch(() => []);
    this.counts.terminations += ended.length;
    await sleep(100); // ten times a second: the pace is the subject
  }

  async #restart(): Promise<void> {
    const kind = KINDS[(this.counts.restarts + hash(this.#context.seed, 'kind')) % KINDS.length] as (typeof KINDS)[number];
    const pid = await this.#installation.postmaster();
    if (pid === undefined) throw new Error('no database server runs');
    const startedAt = performance.now();
    process.kill(pid, kind.signal);
    await untilPostmasterIsNot(this.#installation, pid);
    if (kind.recovering) {
      const next = await this.#installation.postmaster();
      if (next !== undefined) {
        process.kill(next, 'SIGQUIT');
        await untilPostmasterIsNot(this.#installation, next);
        this.counts.recoveriesRestarted++;
      }
    }
    await this.#untilMore(1);
    this.backAfterMs.push(Math.round(performance.now() - startedAt));
    this.counts.restarts++;
    this.#context.log(
      `${kind.signal}${kind.recovering ? ', again while it recovered' : ''}: writes were back after ${this.backAfterMs.at(-1)} ms`,
    );
  }
}

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const installation = await openInstallation();
  try {
    const server = await installation.serve();
    const workers = [await installation.work(), await installation.work()];
    const client = await installation.client(server);
    const load = new Load({ installation, client: () => client, retries: Number.POSITIVE_INFINITY, mayRefuse: false, callers: CALLERS });
    await load.begin(client);
    const restarts = new Restarts(installation, load, context);
    await restarts.rage();
    await load.end();
    const problems = [...(await load.check(QUIET_LIMIT_MS)), ...[server, ...workers].flatMap(endedProcess)];
    for (const problem of problems) context.log(`violation: ${problem}`);
    const history = await readHistory({ engineUrl: await installation.engineUrl() }, context.log);
    const runs = load.acknowledged.length;
    return { ...restarts.counts, runs, ...history, violations: history.violations + problems.length };
  } finally {
    await installation.close();
  }
}

const endedProcess = ({ child, output }: FlowProcess): string[] =>
  child.exitCode === null && child.signalCode === null ? [] : [`a process ended: ${output.stderr.slice(-2000)}`];

export const campaign: Campaign = {
  name: 'database-restarts',
  faults: ['F5', 'F6'],
  goal: { restarts: 60, terminations: 1_200 },
  inTest: { restarts: 2, terminations: 50 },
  share: 3,
  run,
};
