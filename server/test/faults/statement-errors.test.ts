import { expect, test } from 'vitest';
import { campaign } from './campaigns/statement-errors.ts';
import { runCampaign } from './run-campaign.ts';

test('F9: statements fail at random, each of the frequent ones by each SQLSTATE, and all ends as if nothing had been', {
  timeout: 300_000,
}, async () => {
  expect(await runCampaign(campaign)).toMatchObject({ violations: 0 });
});
