import { test } from 'vitest';
import { campaign } from './campaigns/start-kills.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

test('F29: what is killed as it starts for the first time comes up whole the next time', { timeout: CAMPAIGN_TIMEOUT_MS }, async () => {
  await runInTest(campaign);
});
