import { test } from 'vitest';
import { campaign } from './campaigns/rolling-restarts.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

/** Its own server is the subject, whichever the other tests are given. */
const isElsewhere = process.platform !== 'linux' || process.env.TEST_DATABASE_URL !== undefined;

test.skipIf(isElsewhere)(
  'F22: servers and workers are replaced under load: no request fails with one retry, and no task is charged for it',
  {
    timeout: CAMPAIGN_TIMEOUT_MS,
  },
  async () => {
    await runInTest(campaign);
  },
);
