import { expect } from 'vitest';
import type { Campaign, CampaignCounts } from './campaigns/campaign.ts';

const SEED = Number(process.env.FLOW_TEST_SEED ?? 1);
const LIMIT_MS = 1_200_000; // a campaign ends when it has what it was to reach: this is for a very slow machine

/** The timeout of a test that runs one. */
export const CAMPAIGN_TIMEOUT_MS = LIMIT_MS + 300_000;

/** A campaign at the scale of `npm test`. Fails where it did not reach what it was to; its seed is FLOW_TEST_SEED. */
export async function runInTest(campaign: Campaign): Promise<CampaignCounts> {
  const lines: string[] = [];
  const goal = campaign.inTest ?? {};
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(new Error('the time of the campaign is over')), LIMIT_MS);
  const log = (line: string) => void lines.push(line);
  const counts = await campaign.run({ seed: SEED, deadline: time.signal, scale: 'test', goal, log }).finally(() => clearTimeout(timer));
  const said = `seed ${SEED}: ${JSON.stringify(counts)}\n${lines.join('\n')}`;
  expect(counts.violations, said).toBe(0);
  for (const [figure, amount] of Object.entries(goal)) expect(counts[figure], `${figure}, ${said}`).toBeGreaterThanOrEqual(amount);
  console.info(said);
  return counts;
}
