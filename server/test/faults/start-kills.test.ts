import { test } from 'vitest';
import { campaign } from './campaigns/start-kills.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

/** Its own server is the subject, whichever the other tests are given. */
const isElsewhere = process.platform !== 'linux' || process.env.TEST_DATABASE_URL !== undefined;

test.skipIf(isElsewhere)(
  'F29: what is killed as it starts for the first time comes up whole the next time',
  { timeout: CAMPAIGN_TIMEOUT_MS },
  async () => {
    await runInTest(campaign);
  },
);
