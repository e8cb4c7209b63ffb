import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '#base';
import { createPlatform, type Platform } from '#platform';
import type { TestPlatform } from './test-platform.ts';

/**
 * Another process of the same installation: its own hub, doors and API on the same database. Close it before the first. On a busy machine two
 * of them in one event loop are late at first and refuse requests as an overloaded server does: that is waited for.
 */
export async function startSecondProcess(first: TestPlatform): Promise<Platform & { url: string }> {
  const log = createLog({ level: 'fatal' });
  const platform = await createPlatform({ config: first.config, log, loops: 0, listen: { host: '127.0.0.1', port: 0 } });
  const { url = '' } = platform;
  for (const each of [first.url, url]) await untilItServes(each);
  return { ...platform, url };
}

/** Waits, with a deadline, until a platform that was started just now keeps up with requests. */
export async function untilItServes(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await fetch(`${url}/api/auth/anon-key`)).status !== 200) {
    if (Date.now() > deadline) throw new Error(`${url} refuses everything`);
    await wait(200);
  }
}
