// F12: everything is delivered twice: each call of a client (with its key), each settle of the worker. The second does nothing, and is answered as the first.
import { expect, test } from 'vitest';
import { newId } from '#base';
import type { EngineDatabase } from '#db';
import { checkHistory } from '../../src/engine/check-history.ts';
import { drawer } from '../../src/engine/testing/chance.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient, TestResponse } from '../support/test-client.ts';
import { startTestWorker } from '../worker/test-worker.ts';
import { createMixedWork } from './mixed-work.ts';
import { takeSeed } from './take-seed.ts';

const RUNS = 20;

/** Sends each POST twice at once, under one key, and checks that both were answered alike. */
function sendingTwice(client: TestClient, unequal: string[]): TestClient {
  const post = async (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<TestResponse<never>> => {
    const key = { 'Idempotency-Key': newId(), ...headers };
    const [one, other] = await Promise.all([client.post(path, body, key), client.post(path, body, key)]);
    const isCancel = path.endsWith('/cancel'); // takes no key: the second finds it cancelled, which is a conflict or the same answer
    if (!isCancel && JSON.stringify([one.status, one.body]) !== JSON.stringify([other.status, other.body]))
      unequal.push(`${path}: ${JSON.stringify([one, other])}`);
    return one as TestResponse<never>;
  };
  return { ...client, post };
}

/** Runs each settle twice; the second must find nothing to do. */
function settlingTwice(db: EngineDatabase, seconds: unknown[][]): EngineDatabase {
  const query: EngineDatabase['query'] = async <R>(name: string, text: string, values: unknown[]) => {
    const rows = await db.query<R>(name, text, values);
    if (name.startsWith('settle-tasks/')) seconds.push(await db.query(name, text, values));
    return rows;
  };
  return { ...db, query };
}

test('F12: every call and every settle is delivered twice, and counts once', { timeout: 120_000 }, async () => {
  const { platform, user, fileKey } = await startRunningPlatform();
  const [unequal, seconds]: [string[], unknown[][]] = [[], []];
  const worker = await startTestWorker(platform, [], { db: settlingTwice(platform.engineDb, seconds), fileKey });
  try {
    const draw = drawer(String(takeSeed()));
    const work = await createMixedWork({ user: sendingTwice(user, unequal), fileKey, direct: platform.engineDb, draw });
    await work.wave(RUNS);
    expect(await work.problems(60_000)).toEqual([]);
    expect(unequal).toEqual([]);
    expect(seconds.length).toBeGreaterThan(RUNS);
    const made = 'select count(*)::int as n from flow_executions where parent_task_id is null';
    expect(await platform.engineDb.query('made', made, [])).toEqual([{ n: RUNS }]);
    expect((await checkHistory(platform.engineDb)).violations).toEqual([]);
  } finally {
    await worker.drain();
    await platform.close();
  }
});
