import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { receive } from './model-flow.ts';

const LIMIT = 2;
const RUNS = 10;

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  await platform.engineDb.kysely.updateTable('organizations').set({ maxConcurrent: LIMIT }).where('id', '=', platform.a.id).execute();
  await platform.engine.fitSlots(platform.a.id);
});
afterAll(() => platform.close());

const pause = { name: 'pause', task_executor_name: 'delay', parameters: { duration: '800ms' }, depends_on: ['receive'] };

async function prepare(user: TestClient, tasks: unknown[]): Promise<() => Promise<string>> {
  const flowId = await createFlow(user, tasks);
  const { file_key } = await uploadText(user, flowId);
  return async () => (await startRun(user, flowId, { file_key })).id;
}

/** Runs of the organization, in the order in which they started; how many of them ran at each start. */
async function history(organizationId: string) {
  const rows = await platform.engineDb.query<{ id: string; started_at: Date; completed_at: Date }>(
    'test_history',
    'select id, started_at, completed_at from flow_executions where organization_id = $1 order by started_at, id',
    [organizationId],
  );
  const runningAt = (at: Date) => rows.filter((row) => row.started_at <= at && at < row.completed_at).length;
  return { order: rows.map(({ id }) => id), most: Math.max(...rows.map(({ started_at }) => runningAt(started_at))) };
}

test('G9: no more runs of an organization go on at once than its limit, first come, first served; another is not held up', async () => {
  const start = await prepare(await platform.as('app_user'), [receive, pause]);
  const other = await platform.as('app_user', platform.b);
  const startOther = await prepare(other, [receive, pause]);
  const runs: string[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await start());
  const elsewhere = await startOther();
  const user = await platform.as('app_user');

  let most = 0;
  let left = RUNS;
  let seenWhileQueued = '';
  await expect
    .poll(
      async () => {
        const rows = await platform.engineDb.query<{ status: string; n: number }>(
          'test_running',
          `select status, count(*)::int as n from flow_executions where organization_id = $1 group by 1`,
          [platform.a.id],
        );
        const count = (status: string) => rows.find((row) => row.status === status)?.n ?? 0;
        most = Math.max(most, count('running'));
        left = RUNS - count('completed');
        if (count('queued') > 0) seenWhileQueued = (await other.get(`/api/flow-executions/${elsewhere}`)).body.status;
        return left;
      },
      { timeout: 30_000, interval: 5 },
    )
    .toBe(0);
  expect(most).toBe(LIMIT);
  expect(seenWhileQueued).toBe('completed'); // before the last of the others had begun
  const { order, most: byTheirTimes } = await history(platform.a.id);
  expect(order).toEqual(runs);
  expect(byTheirTimes).toBeLessThanOrEqual(LIMIT);
  for (const id of runs) expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
});

test('a run that is cancelled hands its place on', async () => {
  const user = await platform.as('app_user');
  const startLong = await prepare(user, [receive, { ...pause, parameters: { duration: '1h' } }]);
  const holders = [await startLong(), await startLong()];
  const start = await prepare(user, [receive, pause]);
  const waiting = await start();
  expect((await user.get(`/api/flow-executions/${waiting}`)).body.status).toBe('queued');
  expect((await user.post(`/api/flow-executions/${holders[0]}/cancel`)).status).toBe(204);
  await reach(user, waiting, 'completed');
  expect((await user.post(`/api/flow-executions/${holders[1]}/cancel`)).status).toBe(204);
  await reach(user, holders[1] as string, 'cancelled');
});
