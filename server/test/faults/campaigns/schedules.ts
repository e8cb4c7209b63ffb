// Random plans under workers that crash, repeat themselves and come late (server/test/engine/storm.ts): each ends as the oracle says.
import { openEngine } from '../../engine/engine-fixture.ts';
import { recordMoves } from '../../engine/record-moves.ts';
import { storm } from '../../engine/storm.ts';
import { addCounts, type Campaign, type CampaignContext, type CampaignCounts, isReached, readHistory } from './campaign.ts';

const PLANS = 30; // at once
const PATIENCE_MS = 60_000; // on a busy machine

async function run({ seed, deadline, goal, log }: CampaignContext): Promise<CampaignCounts> {
  const fixture = await openEngine({ limitedExecutors: new Set(['limited_task']) });
  const counts: CampaignCounts = { violations: 0, historyRows: 0, schedules: 0 };
  const tell = (problems: readonly string[]) => {
    counts.violations += problems.length;
    for (const problem of problems) log(problem);
  };
  try {
    const moves = await recordMoves(fixture.admin);
    for (let round = 0; !deadline.aborted && !isReached(counts, goal); round++) {
      const options = { seed: `${seed}/${round}`, plans: PLANS, workers: 2 + (round % 3), stormMs: 2_500, patienceMs: PATIENCE_MS };
      const { problems, counts: faults } = await storm(fixture, options);
      addCounts(counts, { schedules: PLANS, ...faults });
      tell(problems);
    }
    tell(await moves.problems());
    const { violations, historyRows } = await readHistory(fixture.db, log, { plans: fixture.plans, quietSeconds: 5 });
    return { ...counts, violations: counts.violations + violations, historyRows };
  } finally {
    await fixture.close();
  }
}

export const campaign: Campaign = { name: 'schedules', faults: ['F1', 'F4', 'F6', 'F13'], goal: { schedules: 2_000 }, run };
