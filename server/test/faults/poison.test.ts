import { test } from 'vitest';
import { campaign } from './campaigns/poison.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

test('F14, F20: a task that aborts its process, or fills its memory, is failed as poison, and the 19 beside it complete; a blocked loop keeps its lease', {
  timeout: CAMPAIGN_TIMEOUT_MS,
}, async () => {
  await runInTest(campaign);
});
