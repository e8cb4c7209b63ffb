// All campaigns on the time given, as `npm run torture` starts them (tools/torture.ts); not one of the tests of `npm test`.
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { findCampaigns } from './find-campaigns.ts';
import { judge, listShares, runCampaigns } from './run-campaigns.ts';

const { FLOW_TEST_MINUTES = '1', FLOW_TEST_SEED = '1', FLOW_TEST_CAMPAIGNS = '', FLOW_TEST_VERDICT = '' } = process.env;
const [minutes, seed] = [Number(FLOW_TEST_MINUTES), Number(FLOW_TEST_SEED)];
const WIND_UP_MS = 600_000; // a campaign ends what it has begun, and its history is read

test(`the campaigns of ${minutes} minutes (seed ${seed})`, { timeout: minutes * 60_000 + WIND_UP_MS }, async () => {
  const campaigns = await findCampaigns(FLOW_TEST_CAMPAIGNS.split(',').filter(Boolean));
  const log = (line: string) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
  const results = await runCampaigns(campaigns, { minutes, seed, log });
  for (const line of listShares(results, campaigns)) console.log(line);
  const verdict = judge(results, { minutes, seed });
  if (FLOW_TEST_VERDICT !== '') await writeFile(FLOW_TEST_VERDICT, JSON.stringify(verdict));
  expect(verdict.reasons).toEqual([]);
});
