// Histories of commands against the model of a run (server/test/state-machine), in any order, until 10,000 of them have run.
import { openHistories } from '../../state-machine/run-histories.ts';
import { type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const ROUND = 50;

async function run({ seed, deadline, goal, log }: CampaignContext): Promise<CampaignCounts> {
  const histories = await openHistories();
  const counts: CampaignCounts = { violations: 0, historyRows: 0, histories: 0, commands: 0 };
  try {
    for (let round = 0; !deadline.aborted && !isReached(counts, goal); round++) {
      const { ran, problem } = await histories.run({ runs: ROUND, seed: seed + round, signal: deadline });
      counts['histories'] = (counts['histories'] ?? 0) + ran;
      if (problem === undefined) continue;
      counts.violations++;
      log(problem);
      break;
    }
    counts['commands'] = [...histories.counts.values()].reduce((sum, n) => sum + n, 0);
    const { violations, historyRows } = await readHistory(histories.real.platform.engineDb, log, { plans: histories.real.plans });
    return { ...counts, violations: counts.violations + violations, historyRows };
  } finally {
    await histories.close();
  }
}

export const campaign: Campaign = { name: 'state-machine', faults: ['F4', 'F12', 'F13'], goal: { histories: 10_000 }, run };
