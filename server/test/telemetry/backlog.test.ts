/** A platform whose workers are gone: what waits is counted by organization, and the verdict says that nothing flows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFlow } from '../support/flow-program.ts';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
const FRESH = { timeout: 40_000, interval: 250 }; // the state is some seconds old, more on a slow machine

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 0, config: { metricsPort: 0 } });
  for (const [organization, runs] of [
    [platform.a, 3],
    [platform.b, 1],
  ] as const) {
    const user = await platform.as('app_user', organization);
    const flow = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }]);
    const input = { file_key: (await uploadText(user, flow)).file_key };
    for (let i = 0; i < runs; i++) await startRun(user, flow, input);
  }
  await platform.engineDb.query('test_age', `update task_executions set ready_at = now() - interval '100 s' where organization_id = $1`, [
    platform.a.id,
  ]);
});
afterAll(async () => {
  await platform?.close();
});

const operator = (path: string) => fetch(`${platform.metricsUrl}${path}`);
const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`));

test('depth and age by organization, for the operator', async () => {
  await expect
    .poll(async () => linesOf(await (await operator('/metrics')).text(), 'flow_ready_tasks'), FRESH)
    .toEqual([
      `flow_ready_tasks{organization="${platform.a.id}"} 3`,
      `flow_ready_tasks{organization="${platform.b.id}"} 1`,
      'flow_ready_tasks{organization="other"} 0',
    ]);
  const text = await (await operator('/metrics')).text();
  const [oldest] = linesOf(text, 'flow_ready_oldest_seconds');
  expect(Number(oldest?.split(' ')[1])).toBeGreaterThan(99);
  expect(linesOf(text, 'flow_ready_tasks_by_executor')).toEqual(['flow_ready_tasks_by_executor{executor="receive_file"} 4']);
});

test('an administrator of B sees that one task of his waits, and three of nobody', async () => {
  const admin = await platform.as('org_admin', platform.b);
  expect(linesOf((await admin.get('/metrics')).body, 'flow_ready_tasks')).toEqual([
    `flow_ready_tasks{organization="${platform.b.id}"} 1`,
    'flow_ready_tasks{organization="other"} 3',
  ]);
});

test('the verdict: nothing flows, since no worker is alive; each organization sees its own', async () => {
  const answer = await operator('/health/verdict');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({
    verdict: 'failing',
    flowing: { ok: false, ready: 4, workers_alive: 0, seconds_since_claim: null },
    succeeding: { ok: true, completed: 0, failed: 0 },
    silent: [],
  });
  const [a, b] = await Promise.all([platform.as('org_admin'), platform.as('org_admin', platform.b)]);
  expect((await a.get('/health/verdict')).body).toMatchObject({ verdict: 'failing', flowing: { ready: 3 } });
  expect((await b.get('/health/verdict')).body).toMatchObject({ flowing: { ready: 1 } });
  expect((await (await platform.as('app_user')).get('/health/verdict')).status).toBe(403);
  expect((await (await platform.as('anonymous')).get('/health/verdict')).status).toBe(401);
});

test('a worker that died is named to the operator, and told without its machine to others', async () => {
  await platform.engineDb.query(
    'test_dead',
    `insert into workers (host, pid, alive_until) values ('machine-7', 4711, now() - interval '1 minute')`,
    [],
  );
  const silent = async () => ((await (await operator('/health/verdict')).json()) as { silent: unknown[] }).silent;
  await expect.poll(silent, FRESH).toMatchObject([{ what: 'worker', says: expect.stringContaining('process 4711 on machine-7') }]);
  const told = (await (await platform.as('org_admin')).get('/health/verdict')).body;
  expect(told.silent).toMatchObject([{ what: 'worker' }]);
  expect(JSON.stringify(told)).not.toMatch(/machine-7|4711/);
});

test('flow admin health says the same in the terminal, and its exit code tells a script', { timeout: 90_000 }, async () => {
  const env = {
    DATABASE_URL: platform.ownerUrl,
    FLOW_ENCRYPTION_KEY: platform.config.encryptionKey.toString('hex'),
    FLOW_DATA_DIR: platform.config.dataDir,
  };
  const [text, json] = await Promise.all([runFlow(['admin', 'health'], { env }), runFlow(['admin', 'health', '--json'], { env })]);
  expect([text.code, json.code], text.stderr).toEqual([1, 1]);
  expect(text.stdout).toMatch(/^failing\n✖ Flowing: 4 tasks ready, 0 workers alive, no worker has claimed anything\n✔ Succeeding: /);
  expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'failing', silent: [{ what: 'worker' }] });
});
