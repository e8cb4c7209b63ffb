import { expect, test } from 'vitest';
import { campaign } from './campaigns/crash-points.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

/** Where a worker dies is the same on any server: once is enough. */
const isElsewhere = process.platform !== 'linux' || process.env.TEST_DATABASE_URL !== undefined;

test.skipIf(isElsewhere)(
  'F2: a worker is killed at each point that it passes, and another finishes the run with each effect once',
  {
    timeout: CAMPAIGN_TIMEOUT_MS,
  },
  async () => {
    const counts = await runInTest(campaign);
    expect(counts['crashes']).toBe(counts['points']);
  },
);
