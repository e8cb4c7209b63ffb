import { expect, test } from 'vitest';
import { campaign } from './campaigns/crash-points.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

test('F2: a worker is killed at each point that it passes, and another finishes the run with each effect once', {
  timeout: CAMPAIGN_TIMEOUT_MS,
}, async () => {
  const counts = await runInTest(campaign);
  expect(counts['crashes']).toBe(counts['points']);
});
