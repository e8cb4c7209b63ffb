import { expect, test } from 'vitest';
import { campaign } from './campaigns/worker-kills.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

test('F1, F4: workers are killed 25 times, and suspended past their lease, while they hold work: every run completes, with each effect once', {
  timeout: CAMPAIGN_TIMEOUT_MS,
}, async () => {
  const counts = await runInTest(campaign);
  expect(counts).toMatchObject({ violations: 0, kills: 25, suspensions: 1 });
  expect(counts['executions']).toBeGreaterThanOrEqual(200);
});
