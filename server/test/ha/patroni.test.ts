/** `npm run test:ha`: the leader of a Patroni cluster is killed again and again under load. Not part of `npm test`: it needs programs that do not come along. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/flow-program.ts';
import { expectNothingLost, startClients, startLoadedPlatform } from './load.ts';
import { startPatroniCluster } from './patroni-cluster.ts';

const KILLS = Number(process.env['FLOW_TEST_HA'] ?? 0);
const BACK_MS = 15_000;
const BETWEEN_MS = 2_000; // of load on a cluster that is whole

test.runIf(KILLS > 0)(
  'the leader is killed again and again: nothing is lost, and writes are back in under 15 s',
  { timeout: 3_600_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flow-patroni-'));
    await chmod(folder, 0o755);
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const cluster = await startPatroniCluster(join(folder, 'cluster'));
    onTestFinished(cluster.close);
    const { platform, client } = await startLoadedPlatform(cluster.url, join(folder, 'data'));
    onTestFinished(platform.close);
    const load = await startClients(client);
    onTestFinished(load.end);
    const back: { what: string; ms: number }[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await until(cluster.isWhole, 'the cluster is whole again');
      await wait(BETWEEN_MS); // the pace of the kills is the test's subject
      const leader = await cluster.findLeader();
      if (!leader) throw new Error('a whole cluster has a leader');
      const what = kill % 2 === 0 ? 'server' : 'machine';
      await (what === 'server' ? cluster.killServer(leader) : cluster.killMachine(leader));
      const killedAt = performance.now();
      const first = () => load.acknowledged.find(({ askedAt }) => askedAt > killedAt);
      await until(() => first() !== undefined, 'writes are back');
      back.push({ what, ms: Math.round((first()?.at ?? 0) - killedAt) });
      console.log(`kill ${kill + 1}, the leader's ${what}: writes were back after ${back.at(-1)?.ms} ms`);
      if (what === 'machine') cluster.start(leader);
    }
    await load.end();
    await expectNothingLost(platform, client, load.acknowledged);
    console.log(
      `${KILLS} kills, ${load.acknowledged.length} acknowledged runs, ${load.refused()} requests repeated, nothing lost; writes back after at most ${Math.max(...back.map(({ ms }) => ms))} ms`,
    );
    for (const { what, ms } of back) expect(ms, what).toBeLessThan(BACK_MS);
  },
);
