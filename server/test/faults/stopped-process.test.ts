// F17: one process of the API stands still, its connections open, its LISTEN unread. The others and the database go on, and it does when it is woken.
import { expect, test } from 'vitest';
import { drawer } from '../../src/engine/testing/chance.ts';
import { startServe } from '../support/flow-program.ts';
import { subscribe } from '../support/flow-socket.ts';
import { createFlow, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import { createClient } from '../support/test-client.ts';
import { createMixedWork, insist } from './mixed-work.ts';
import { takeSeed } from './take-seed.ts';

const RUNS = 40;

test('F17: a stopped process of the API holds up neither runs, events nor notifications, and tells its own readers what they missed', {
  timeout: 180_000,
}, async () => {
  const { platform, user, fileKey } = await startRunningPlatform({ loops: 2 });
  const other = await startServe(['--workers', '0'], {
    env: {
      DATABASE_URL: platform.ownerUrl,
      FLOW_ENCRYPTION_KEY: platform.config.encryptionKey.toString('hex'),
      FLOW_DATA_DIR: platform.config.dataDir,
    },
  });
  const stopped = other.child.pid as number;
  try {
    const flowId = await createFlow(user, [receive]);
    const watch = (url: string) => subscribe(`${url}/ws/flows/${flowId}?token=${user.token}`);
    const [here, there] = await Promise.all([watch(platform.url), watch(other.url)]);
    process.kill(stopped, 'SIGSTOP');
    const work = await createMixedWork({ user, fileKey, direct: platform.engineDb, draw: drawer(String(takeSeed())) });
    await work.wave(RUNS);
    const { id } = await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 30 });
    expect(await work.problems(90_000)).toEqual([]);
    await here.next(({ data }) => JSON.stringify(data ?? {}).includes(id));
    const [queue] = await platform.engineDb.query<{ share: number }>('queue', 'select pg_notification_queue_usage() as share', []);
    expect(queue?.share).toBeLessThan(0.01);
    process.kill(stopped, 'SIGCONT');
    await expect.poll(() => JSON.stringify(there.messages), { timeout: 30_000 }).toContain(id);
    const woken = createClient(other.url, user.headers, user); // it says 503 at first: its loop was late for long
    const { body } = await insist(() => woken.get(`/api/flow-executions/${id}`));
    expect(body).toMatchObject({ id, status: 'completed' });
    await Promise.all([here.close(), there.close()]);
  } finally {
    process.kill(stopped, 'SIGCONT');
    other.interrupt('SIGTERM');
    await other.exit;
    await platform.close();
  }
});
