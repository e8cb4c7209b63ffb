// F7: the network between a process and the database is cut without a word, so that TCP says nothing for minutes. Those that only wait do so at once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#base';
import { createEngineDatabase, createTenantDatabase, roleUrl } from '#db';
import { createPlatform, type Platform } from '#platform';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { type RunningPlatform, receive, startRunningPlatform } from '../support/running-platform.ts';

const NOTICED_WITHIN_MS = 15_000; // RELIABILITY F7

let running: RunningPlatform;
let connection: BreakableConnection;
let worker: Platform;
const logged: Record<string, unknown>[] = [];

beforeAll(async () => {
  running = await startRunningPlatform();
  connection = await openBreakableConnection(running.platform.ownerUrl);
  const write = (line: string) => void logged.push({ ...JSON.parse(line), at: performance.now() });
  const log = createLog({ destination: { write } as unknown as NodeJS.WritableStream });
  worker = await createPlatform({ config: { ...running.platform.config, databaseUrl: connection.url }, log, loops: 2 });
});
afterAll(async () => {
  await connection.mend();
  await worker.close();
  await running.platform.close();
  await connection.break();
});

const lossOf = (workerId: number | undefined) =>
  logged.find((line) => /the lease was lost/.test(String(line['msg'])) && line['worker'] === workerId);

test('F7: a worker that is cut off stops its tasks within 15 s and takes none, the API goes on, and it works again when the network does', {
  timeout: 180_000,
}, async () => {
  const { platform, user, fileKey } = running;
  const flowId = await createFlow(user, [
    receive,
    {
      name: 'work',
      task_executor_name: 'run_flow',
      depends_on: ['receive'],
      parameters: { flow_id: await createFlow(user, [receive]), input: { file_key: fileKey } },
    },
    { name: 'hold', task_executor_name: 'delay', depends_on: ['work'], parameters: { duration: '1900ms' } },
  ]);
  const before = await startRun(user, flowId, { file_key: fileKey });
  await reach(user, before.id, 'completed');

  const [first] = await platform.engineDb.query<{ id: number }>('alive', 'select id from workers where alive_until > now()', []);
  connection.goSilent();
  const silentAt = performance.now();
  const during = await startRun(user, flowId, { file_key: fileKey });
  await expect.poll(() => lossOf(first?.id), { timeout: 60_000, interval: 50 }).toMatchObject({ reason: 'database_silent' });
  expect(Number(lossOf(first?.id)?.['at']) - silentAt).toBeLessThan(NOTICED_WITHIN_MS * slack());
  expect((await user.get(`/api/flow-executions/${during.id}`)).body).toMatchObject({ id: during.id, status: 'running' });
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${during.id}`);
  expect(body.task_executions.map((row: { status: string; attempt: number }) => [row.status, row.attempt])).toEqual([['queued', 0]]);

  await connection.mend();
  await reach(user, during.id, 'completed');
  expect((await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 30 })).status).toBe('completed');
});

/** How many times slower than a quiet machine this one is at this moment: a lease thread that gets no core is late. */
function slack(): number {
  const before = performance.now();
  let n = 0;
  for (let i = 0; i < 2e7; i++) n += i % 7;
  return n < 0 ? 0 : Math.max(1, (performance.now() - before) / 30);
}

test.concurrent('F7: a statement whose answer never comes is given up, its connection too, and the next one opens another', async ({
  expect,
}) => {
  const connection = await openBreakableConnection(running.platform.ownerUrl);
  const engineDb = createEngineDatabase(roleUrl(connection.url, 'flow_engine', running.platform.config.encryptionKey), {
    max: 1,
    answerMs: 400,
  });
  const tenant = createTenantDatabase(roleUrl(connection.url, 'flow_api', running.platform.config.encryptionKey), {
    max: 1,
    answerMs: 400,
  });
  const scope = { organizationId: running.platform.a.id, principalId: 'p', role: 'app_user' };
  const ask = () => engineDb.query('one', 'select 1 as n', []);
  const read = () => tenant.transaction(scope, (tx) => tx.selectFrom('flows').select('id').limit(1).execute());
  await Promise.all([ask(), read()]);
  connection.goSilent();
  const unknown = { code: 'service_unavailable', message: expect.stringMatching(/not known/) };
  const transaction = engineDb.transaction(async (query) => query('one', 'select 1 as n', []));
  await expect(transaction).rejects.toMatchObject(unknown);
  await expect(read()).rejects.toMatchObject(unknown);
  await connection.mend();
  expect(await ask()).toEqual([{ n: 1 }]);
  expect(await read()).toHaveLength(1);
  await Promise.all([engineDb.close(), tenant.close()]);
  await connection.break();
});

test.concurrent('F7: whoever listens finds out that nothing comes any more, and is told what it may have missed', {
  timeout: 120_000,
}, async ({ expect }) => {
  const connection = await openBreakableConnection(running.platform.ownerUrl);
  const engineDb = createEngineDatabase(roleUrl(connection.url, 'flow_engine', running.platform.config.encryptionKey), { max: 2 });
  const heard: string[] = [];
  const gaps: Date[] = [];
  const stop = await engineDb.listen(
    'a_channel',
    (text) => heard.push(text),
    (since) => gaps.push(since),
  );
  connection.goSilent();
  const [silent] = await running.platform.engineDb.query<{ now: Date }>('now', 'select clock_timestamp() as now', []);
  await running.platform.engineDb.notify('a_channel', 'missed');
  await connection.mend(); // what was connected stays silent
  await expect.poll(() => gaps.length, { timeout: 90_000, interval: 50 }).toBe(1);
  expect(gaps[0]?.getTime()).toBeLessThanOrEqual(silent?.now.getTime() ?? 0);
  await running.platform.engineDb.notify('a_channel', 'heard');
  await expect.poll(() => heard, { timeout: 20_000 }).toEqual(['heard']);
  await stop();
  await engineDb.close();
  await connection.break();
});

test.concurrent('F7: a process that is cut off ends when it is told to', { timeout: 120_000 }, async ({ expect }) => {
  const log = createLog({ level: 'fatal' });
  const other = await openBreakableConnection(running.platform.ownerUrl);
  const process = await createPlatform({
    config: { ...running.platform.config, databaseUrl: other.url },
    log,
    loops: 1,
    listen: { host: '127.0.0.1', port: 0 },
  });
  other.goSilent();
  await expect(process.close()).resolves.toBeUndefined();
  await other.break();
});
