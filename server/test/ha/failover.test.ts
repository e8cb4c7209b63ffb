/** A primary and a synchronous standby: the primary dies under load, the standby is promoted, and nothing that was acknowledged is missing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { until } from '../support/flow-program.ts';
import { expectNothingLost, startClients, startLoadedPlatform } from './load.ts';
import { startPostgresPair } from './postgres-pair.ts';

const BEFORE = 20; // acknowledged writes before the primary dies
const AFTER = 20;

test.runIf(process.platform === 'linux' && !process.env.TEST_DATABASE_URL)(
  'the primary is killed under load and the standby promoted: no acknowledged write is lost, writes come back, every run ends',
  { timeout: 240_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flow-ha-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pair = await startPostgresPair(folder);
    onTestFinished(pair.close);
    const { platform, client } = await startLoadedPlatform(pair.url, join(folder, 'data'));
    onTestFinished(platform.close);
    const load = await startClients(client);
    onTestFinished(load.end);
    await until(() => load.acknowledged.length >= BEFORE, 'the load runs');
    await pair.primary.kill();
    const killedAt = performance.now();
    await pair.standby.query('select pg_promote()');
    const since = () => load.acknowledged.filter(({ at }) => at > killedAt);
    await until(() => since().length >= AFTER, 'writes are back');
    await load.end();
    await expectNothingLost(platform, client, load.acknowledged);
  },
);
