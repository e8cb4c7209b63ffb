import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Campaign, CampaignContext, CampaignCounts } from '../campaigns/campaign.ts';
import { findCampaigns } from './find-campaigns.ts';
import { judge, listShares, runCampaigns } from './run-campaigns.ts';

const options = { minutes: 0.01, seed: 7, log: () => {} };

function campaignOf(name: string, run: (context: CampaignContext) => Promise<Partial<CampaignCounts>>, share = 1): Campaign {
  return {
    name,
    faults: ['F0'],
    goal: { kills: 10 },
    share,
    run: async (context) => ({ violations: 0, historyRows: 10_000, ...(await run(context)) }),
  };
}

test('time goes by share, and what one leaves is for those behind it', async () => {
  const told: string[] = [];
  const campaigns = [
    campaignOf('quick', async () => ({}), 8),
    campaignOf('long', async () => ({}), 3),
    campaignOf('last', async () => ({})),
  ];
  await runCampaigns(campaigns, { minutes: 600, seed: 7, log: (line) => told.push(line) });
  const given = (name: string) => Number(told.map((line) => line.match(`^${name} \\(F0\\): (\\d+) s`)?.[1]).find(Boolean)) / 3600;
  expect([given('quick'), given('long'), given('last')].map((hours) => hours.toFixed(1))).toEqual(['6.7', '7.5', '10.0']);
});

test('a campaign whose time is over is told', async () => {
  const untilAborted = async ({ deadline }: CampaignContext) => {
    await new Promise((resolve) => deadline.addEventListener('abort', resolve));
    return { kills: 1 };
  };
  const [result] = await runCampaigns([campaignOf('lasting', untilAborted)], options);
  expect(result).toMatchObject({ counts: { kills: 1 }, shares: { kills: 0.1 } });
});

test('each figure is told with its share of the goal, and the last line sums all up', async () => {
  const campaigns = [campaignOf('a', async ({ seed }) => ({ kills: seed })), campaignOf('b', async () => ({ kills: 40, cuts: 2 }))];
  const results = await runCampaigns(campaigns, options);
  expect(listShares(results, campaigns)).toEqual(['a (F0): kills 7 of 10, 70 %', 'b (F0): kills 40 of 10, 100 %']);
  expect(judge(results, options)).toEqual({
    line: 'torture: 0.01 min, seed 7, 2 campaigns: kills=47 cuts=2 historyRows=20000 violations=0',
    reasons: [],
  });
});

test('a violation, an error, or too little to read fails the run', async () => {
  const verdictOf = async (run: () => Promise<Partial<CampaignCounts>>) =>
    judge(await runCampaigns([campaignOf('it', run)], options), options).reasons;
  expect(await verdictOf(async () => ({ violations: 2 }))).toEqual(['it found 2 violations (seed 7)']);
  expect(await verdictOf(async () => ({ historyRows: 9_999 }))).toEqual(['check:history read 9999 rows, fewer than 10000']);
  expect(
    await verdictOf(async () => {
      await wait(1);
      throw new Error('lost');
    }),
  ).toEqual(['it found 1 violations (seed 7)', 'check:history read 0 rows, fewer than 10000']);
});

test('campaigns are found by their files, and a name that none bears is refused', async () => {
  const names = (await findCampaigns()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  await expect(findCampaigns(['no-such'])).rejects.toThrow('no campaign is named no-such');
});
