import { expect } from 'vitest';
import { type Campaign, type CampaignCounts, isReached } from './campaigns/campaign.ts';
import { takeSeed } from './take-seed.ts';

const TIME_MS = 280_000; // on a busy machine; the amounts end it long before

/** Runs a campaign at the size of `npm test`, and sees that it has done as much as it is to do there. What it finds is in the counts and in the output. */
export async function runCampaign(campaign: Campaign): Promise<CampaignCounts> {
  const goal = campaign.inTest ?? campaign.goal;
  const log = (line: string) => console.log(`${campaign.name}: ${line}`);
  const counts = await campaign.run({ seed: takeSeed(), deadline: AbortSignal.timeout(TIME_MS), scale: 'test', goal, log });
  log(JSON.stringify(counts));
  expect(isReached(counts, goal), `${JSON.stringify(counts)} of ${JSON.stringify(goal)}`).toBe(true);
  return counts;
}
