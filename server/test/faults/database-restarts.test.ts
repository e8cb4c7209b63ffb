import { test } from 'vitest';
import { campaign } from './campaigns/database-restarts.ts';
import { CAMPAIGN_TIMEOUT_MS, runInTest } from './run-in-test.ts';

/** Its own server is the subject, whichever the other tests are given. */
const isElsewhere = process.platform !== 'linux' || process.env.TEST_DATABASE_URL !== undefined;

test.skipIf(isElsewhere)(
  'F5, F6: the database is restarted twice, once while it recovers, and connections are ended: each request is answered, and nothing acknowledged is lost',
  {
    timeout: CAMPAIGN_TIMEOUT_MS,
  },
  async () => {
    await runInTest(campaign);
  },
);
