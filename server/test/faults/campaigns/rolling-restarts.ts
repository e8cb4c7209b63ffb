// Servers and workers are replaced, one after the other, under load, as a deploy does: no request fails with one retry, and no task is charged for it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowProcess } from '../../support/flow-program.ts';
import type { TestClient } from '../../support/test-client.ts';
import { type Installation, openInstallation, type Server } from '../installation.ts';
import { Load } from '../load.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const QUIET_LIMIT_MS = 240_000;
const CALLERS = 4;
const RUNS_BETWEEN = 10; // acknowledged from one restart to the next
const CHARGED = `select count(*)::int as n from task_executions where tries > 0 or losses > 0`;

class Deploy {
  readonly #installation: Installation;
  readonly #servers: { server: Server; client: TestClient }[] = [];
  readonly #workers: FlowProcess[] = [];
  readonly problems: string[] = [];
  readonly counts = { serverRestarts: 0, workerRestarts: 0 };

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** Turns by turns; a second try goes to another server than the first. */
  client = (tries: number): TestClient | undefined => this.#servers[tries % this.#servers.length]?.client;

  async begin(): Promise<TestClient> {
    for (let i = 0; i < 2; i++) await this.#addServer();
    for (let i = 0; i < 2; i++) this.#workers.push(await this.#installation.work());
    return (this.#servers[0] as { client: TestClient }).client;
  }

  async #addServer(): Promise<void> {
    const server = await this.#installation.serve();
    this.#servers.push({ server, client: await this.#installation.client(server) });
  }

  /** The oldest is asked to end while it is still called: whoever it refuses asks the other. */
  async replaceServer(): Promise<void> {
    const [oldest] = this.#servers;
    if (oldest === undefined) return;
    await this.#end('a server', oldest.server);
    this.#servers.shift();
    await this.#addServer();
    this.counts.serverRestarts++;
  }

  async replaceWorker(): Promise<void> {
    const oldest = this.#workers.shift();
    if (oldest === undefined) return;
    await this.#end('a worker', oldest);
    this.#workers.push(await this.#installation.work());
    this.counts.workerRestarts++;
  }

  async #end(what: string, { child, exit, output }: FlowProcess): Promise<void> {
    child.kill('SIGTERM');
    const code = await exit;
    if (code !== 0) this.problems.push(`${what} ended with ${code}: ${output.stderr.slice(-2000)}`);
  }
}

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const installation = await openInstallation();
  try {
    const deploy = new Deploy(installation);
    const first = await deploy.begin();
    const load = new Load({ installation, client: deploy.client, retries: 1, mayRefuse: true, callers: CALLERS });
    await load.begin(first);
    while (!context.deadline.aborted && !isReached(deploy.counts, context.goal)) {
      await deploy.replaceServer();
      await untilMore(load);
      await deploy.replaceWorker();
      await untilMore(load);
    }
    await load.end();
    const problems = [...(await load.check(QUIET_LIMIT_MS)), ...deploy.problems];
    const [charged] = await installation.asOwner(CHARGED);
    if (charged?.['n'] !== 0) problems.push(`${charged?.['n']} tasks were charged for a restart`);
    for (const problem of problems) context.log(`violation: ${problem}`);
    context.log(`${load.retried} requests were asked again, of ${load.acknowledged.length}`);
    const history = await readHistory({ engineUrl: await installation.engineUrl() }, context.log);
    return { ...deploy.counts, runs: load.acknowledged.length, ...history, violations: history.violations + problems.length };
  } finally {
    await installation.close();
  }
}

async function untilMore(load: Load): Promise<void> {
  const wanted = load.acknowledged.length + RUNS_BETWEEN;
  for (const until = Date.now() + QUIET_LIMIT_MS; load.acknowledged.length < wanted && Date.now() < until; ) await sleep(20);
}

export const campaign: Campaign = {
  name: 'rolling-restarts',
  faults: ['F22'],
  goal: { serverRestarts: 20, workerRestarts: 20 },
  inTest: { serverRestarts: 2, workerRestarts: 2 },
  share: 2,
  run,
};
