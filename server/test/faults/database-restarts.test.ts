import { test } from 'vitest';
import { campaign } from './campaigns/database-restarts.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

test('F5, F6: the database is restarted twice, once while it recovers, and connections are ended: each request is answered, and nothing acknowledged is lost', {
  timeout: CAMPAIGN_TIMEOUT_MS,
}, async () => {
  await runInTest(campaign);
});
