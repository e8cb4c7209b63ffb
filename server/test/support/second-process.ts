import { createLog } from '#base';
import { createPlatform, type Platform } from '#platform';
import type { TestPlatform } from './test-platform.ts';

/** Another process of the same installation: its own hub, doors and API on the same database. Close it before the first. */
export async function startSecondProcess(first: TestPlatform): Promise<Platform & { url: string }> {
  const log = createLog({ level: 'fatal' });
  const platform = await createPlatform({ config: first.config, log, loops: 0, listen: { host: '127.0.0.1', port: 0 } });
  return { ...platform, url: platform.url ?? '' };
}
