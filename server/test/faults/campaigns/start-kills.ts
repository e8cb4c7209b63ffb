// Everything is killed at a random moment of the first start, again and again in one folder, and then started once more: it comes up whole.
import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from '../../../src/engine/testing/chance.ts';
import { processesOf, startFlow } from '../../support/flow-program.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const KILLS_A_FOLDER = 3;
const LATEST_MS = 3_000; // of a start, on a machine at rest
const STARTERS = 2; // at once: two that migrate

/** Kills what runs of the folder: the programs, the keeper, the database server. */
function killAll(dataDir: string): void {
  for (const line of processesOf(dataDir)) {
    try {
      process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
  }
}

async function round(installation: Installation, { seed, log }: CampaignContext, number: number): Promise<string[]> {
  const { dataDir } = installation;
  for (let kill = 0; kill < KILLS_A_FOLDER; kill++) {
    const starters = Array.from({ length: STARTERS }, () => startFlow(['serve', '--port', '0', '--workers', '1', '--data', dataDir]));
    const afterMs = hash(seed, number, kill, 'start') % LATEST_MS;
    await sleep(afterMs); // the moment is the subject
    killAll(dataDir);
    for (const starter of starters) starter.interrupt('SIGKILL');
    await Promise.all(starters.map(({ exit }) => exit));
    killAll(dataDir); // what one of them had just begun
    log(`killed ${afterMs} ms after its start`);
  }
  const server = await installation.serve();
  await installation.work();
  const client = await installation.client(server);
  const ready = await client.get('/health/ready');
  const flows = await client.get('/api/flows');
  return ready.status === 200 && flows.status === 200 ? [] : [`after the kills of round ${number}: ${ready.status}, ${flows.status}`];
}

async function run(context: CampaignContext): Promise<CampaignCounts> {
  const counts = { startKills: 0, violations: 0, historyRows: 0 };
  for (let number = 0; !context.deadline.aborted && !isReached(counts, context.goal); number++) {
    const installation = await openInstallation();
    try {
      const problems = await round(installation, context, number).catch((error: Error) => [`it did not come up: ${error.message}`]);
      counts.startKills += KILLS_A_FOLDER;
      counts.violations += problems.length;
      for (const problem of problems) context.log(`violation: ${problem}`);
      const history =
        problems.length > 0 ? { violations: 0 } : await readHistory({ engineUrl: await installation.engineUrl() }, context.log);
      counts.violations += history.violations;
    } finally {
      await installation.close();
    }
  }
  return counts;
}

export const campaign: Campaign = {
  name: 'start-kills',
  faults: ['F29'],
  goal: { startKills: 50 },
  inTest: { startKills: 3 },
  run,
};
