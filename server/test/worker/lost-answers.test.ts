import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serviceUnavailable } from '#base';
import type { EngineDatabase } from '#db';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { engineRow, receive, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker } from './test-worker.ts';

const pause = (name: string, after: string) => ({
  name,
  task_executor_name: 'delay',
  parameters: { duration: '150ms' },
  depends_on: [after],
});

test('the database goes away for a moment while tasks run, and all of them complete', async () => {
  const RUNS = 20;
  let connection: BreakableConnection | undefined;
  const platform = await startTestPlatform({
    loops: 2,
    async connectBy(ownerUrl) {
      connection = await openBreakableConnection(ownerUrl);
      return connection.url;
    },
  });
  onTestFinished(async () => {
    await platform.close();
    await connection?.break();
  });
  const user = await platform.as('app_user');
  const flowId = await createFlow(user, [receive, pause('one', 'receive'), pause('two', 'one'), pause('three', 'two')]);
  const { file_key } = await uploadText(user, flowId);
  const runs = await Promise.all(Array.from({ length: RUNS }, () => startRun(user, flowId, { file_key })));
  const outages = () => platform.logged.filter(({ msg }) => msg === 'a claim loop could not reach the database').length;
  for (const seen of [0, 1]) {
    await connection?.break();
    await expect.poll(outages, { timeout: 10_000, interval: 10 }).toBeGreaterThan(seen);
    await connection?.mend();
  }
  for (const { id } of runs) await reach(user, id, 'completed');
  const rows = await Promise.all(runs.map(({ id }) => taskRows(user, id, 'three')));
  expect(rows.flat().map((row) => row['output'])).toEqual(Array.from({ length: RUNS }, () => expect.objectContaining({ waited_ms: 150 })));
});

let platform: TestPlatform;
let fileKey: string;
beforeAll(async () => {
  ({ platform, fileKey } = await startRunningPlatform());
});
afterAll(() => platform.close());

/** The engine's door, which loses the answer to the n-th call of a statement: it is carried out, and nobody hears of it. */
function losingAnswers(db: EngineDatabase, statement: string, nth: number): { db: EngineDatabase; lost: () => number } {
  let calls = 0;
  let lost = 0;
  const query: EngineDatabase['query'] = async <R>(name: string, text: string, values: unknown[]) => {
    const rows = await db.query<R>(name, text, values);
    if (!name.startsWith(`${statement}/`) || rows.length === 0 || ++calls !== nth) return rows;
    lost += rows.length;
    throw serviceUnavailable('The database cannot be reached; try again', 1);
  };
  return { db: { ...db, query }, lost: () => lost };
}

test.each([
  ['claim-tasks', 1, 'receive'],
  ['settle-tasks', 1, 'work'],
])('what the lost answer to %s has handed out is given back and run, at no cost', async (statement, nth, handedOut) => {
  const keys: string[] = [];
  const work = executorOf('work', (_, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    return { status: 'completed', output: { done: true } };
  });
  const { db, lost } = losingAnswers(platform.engineDb, statement, nth);
  const worker = await startTestWorker(platform, [work], { db, fileKey });
  onTestFinished(() => worker.drain());
  const user = await platform.as('app_user');
  const id = await worker.start([receive, { name: 'work', task_executor_name: 'work', depends_on: ['receive'] }]);
  await reach(user, id, 'completed');
  expect(lost()).toBeGreaterThan(0);
  expect(keys).toHaveLength(1);
  const [row] = await taskRows(user, id, handedOut);
  expect(row?.['attempt']).toBe(2);
  expect(await engineRow(platform, row?.['id'])).toMatchObject({ status: 'completed', tries: 0, losses: 0 });
});
