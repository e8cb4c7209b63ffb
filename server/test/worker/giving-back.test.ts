import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createLog } from '#base';
import { createPlatform, type Platform } from '#platform';
import { completion, type Endpoint, startEndpoint } from '../../src/models/testing/endpoint.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { ask, engineRow, eventsOf, modelConfig, receive, taskRows } from './model-flow.ts';

let endpoint: Endpoint;
let platform: TestPlatform;
let user: TestClient;
let fileKey: string;

beforeAll(async () => {
  endpoint = await startEndpoint();
  ({ platform, user, fileKey } = await startRunningPlatform({ loops: 0, config: modelConfig(endpoint.baseUrl) }));
});
afterAll(async () => {
  await platform.close();
  await endpoint.close();
});

const right = completion(JSON.stringify({ number: 'INV-7' }));
const hang = () => endpoint.answerWith(() => {});

/** A process that only works, as `flow worker`. */
async function startWorkerProcess(): Promise<Platform> {
  const worker = await createPlatform({ config: platform.config, log: createLog({ level: 'silent' }), loops: 1 });
  onTestFinished(() => worker.close());
  return worker;
}

const start = async (tasks: unknown[]) => (await startRun(user, await createFlow(user, tasks), { file_key: fileKey })).id;
const asked = (count: number) => expect.poll(() => endpoint.asked.length, { timeout: 10_000 }).toBe(count);

test('a process that is told to end lets short work end, gives back the rest at no cost, and another completes it', async () => {
  hang();
  const first = await startWorkerProcess();
  const long = await start([receive, ask({ retry: { max_attempts: 1 } })]);
  await asked(1);
  const pause = { name: 'pause', task_executor_name: 'delay', parameters: { duration: '1s' }, depends_on: ['receive'] };
  const short = await start([receive, pause]);
  await expect.poll(async () => (await taskRows(user, short, 'pause'))[0]?.['processing_status'], { timeout: 10_000 }).toBe('running');
  await first.close();

  expect((await taskRows(user, short, 'pause'))[0]).toMatchObject({ processing_status: 'completed', attempt: 1 });
  const [given] = await taskRows(user, long, 'ask');
  expect(given).toMatchObject({ processing_status: 'queued', attempt: 1 });
  expect(await engineRow(platform, given?.['id'])).toMatchObject({ status: 'ready', tries: 0, losses: 0 });

  endpoint.answerWith(right);
  await startWorkerProcess();
  await reach(user, long, 'completed');
  const [row] = await taskRows(user, long, 'ask');
  expect(row).toMatchObject({ id: given?.['id'], attempt: 2, output: { number: 'INV-7' }, started_at: given?.['started_at'] });
  expect(await engineRow(platform, row?.['id'])).toMatchObject({ tries: 0, losses: 0 });
  expect(await eventsOf(platform, long)).toEqual([]);
});

test('a process whose lease has ended gives up what it runs, takes a new lease, and the task is completed once', async () => {
  let hungUp = 0;
  endpoint.answerWith((response) => void response.on('close', () => hungUp++), right);
  const worker = await startWorkerProcess();
  const id = await start([receive, ask({ retry: { max_attempts: 1 } })]);
  await asked(1);
  await platform.engineDb.query('test_expire', `update workers set alive_until = now() - interval '1 s' where id = $1`, [worker.workerId]);
  await reach(user, id, 'completed');
  await expect.poll(() => hungUp, { timeout: 10_000 }).toBe(1);
  const [row] = await taskRows(user, id, 'ask');
  expect(row).toMatchObject({ processing_status: 'completed', output: { number: 'INV-7' } });
  expect((await eventsOf(platform, id)).every(({ kind }) => kind === 'attempt_lost')).toBe(true);
  expect((await engineRow(platform, row?.['id'])).tries).toBe(0); // a lost lease is no failure of the task
  await expect
    .poll(
      () =>
        platform.engineDb.query('test_leases', 'select id from workers where alive_until > now() and not draining and id > $1', [
          worker.workerId,
        ]),
      { timeout: 10_000 },
    )
    .toHaveLength(1);
});
