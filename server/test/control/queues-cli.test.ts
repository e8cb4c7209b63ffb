/** `flow admin pause|resume|limit|queues|cancel`, as an operator types them beside a platform that runs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFlow } from '../support/flow-program.ts';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type HttpGate, startHttpGate } from './http-gate.ts';

let platform: TestPlatform;
let gate: HttpGate;
let user: TestClient;
let flowId: string;
let fileKey: string;

beforeAll(async () => {
  gate = await startHttpGate();
  platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
  user = await platform.as('app_user');
  const call = { name: 'call', task_executor_name: 'http_request', parameters: { url: gate.url, method: 'GET' }, depends_on: ['receive'] };
  flowId = await createFlow(user, [receive, call]);
  fileKey = (await uploadText(user, flowId)).file_key;
});
afterAll(async () => {
  await platform.close();
  await gate.close();
});

const admin = async (...args: string[]) => {
  const env = { DATABASE_URL: platform.ownerUrl, FLOW_ENCRYPTION_KEY: platform.config.encryptionKey.toString('hex') };
  return runFlow(['admin', ...args], { env });
};
const start = async () => (await startRun(user, flowId, { file_key: fileKey })).id;
const within = { timeout: 60_000, interval: 50 };

test('a pause that drains says what still runs and ends when nothing does; queues show it; a resume ends it', async () => {
  const first = await start();
  await expect.poll(() => gate.waiting(), within).toBe(1);
  const pause = ['pause', '--flow', flowId, '--reason', 'maintenance'];
  expect((await admin(...pause)).code).toBe(0); // heard: what comes from now on is held
  const draining = admin(...pause, '--drain');
  const later = await start();
  await expect
    .poll(async () => (await user.get(`/api/task-executions?flow_execution_id=${later}`)).body.task_executions[0]?.paused_by, within)
    .toBe('flow');
  gate.open();
  await reach(user, first, 'completed');
  const paused = await draining;
  expect([paused.code, paused.stdout]).toEqual([0, `Paused flow ${flowId}: nothing of it runs\n`]);
  if (paused.stderr !== '') expect(paused.stderr).toBe(`Draining flow ${flowId}: 1 task still running\n`); // it may have ended by then

  const shown = await admin('queues', '--kind', 'flow', '--organization', platform.a.id);
  expect(shown.stdout.split('\n')[0]).toMatch(/^Name +Ready +Oldest +Running +Queued +Held +Limit +State +Id$/);
  expect(shown.stdout).toMatch(new RegExp(`^Flow .* paused by operator: maintenance +${flowId}$`, 'm'));
  const resumed = await admin('resume', '--flow', flowId, '--json');
  expect(JSON.parse(resumed.stdout)).toMatchObject({
    kind: 'flow',
    name: flowId,
    paused: false,
    heard: true,
    organization_id: platform.a.id,
  });
  await expect.poll(() => gate.waiting(), within).toBe(1);
  gate.open();
  await reach(user, later, 'completed');
}, 180_000);

test('limits are set and lifted; what means nothing, or several things, is refused in a sentence', async () => {
  const limited = await admin('limit', '--organization', platform.a.id, '--max', '7', '--json');
  expect(JSON.parse(limited.stdout)).toMatchObject({ kind: 'organization', max_concurrent: 7, title: 'Ardent' });
  expect((await admin('limit', '--executor', 'http_request', '--max', '3')).stdout).toBe(
    'At most 3 tasks at once of executor http_request of the whole platform\n',
  );
  const list = await admin('queues', '--kind', 'executor', '--json');
  expect(JSON.parse(list.stdout).find(({ name }: { name: string }) => name === 'http_request')).toMatchObject({
    max_concurrent: 3,
    organization_id: null,
  });
  for (const [args, message] of [
    [['pause'], /^✖ Say what is meant: --flow ID, /],
    [['pause', '--all', '--executor', 'delay'], /^✖ Say what is meant: /],
    [['limit', '--executor', 'http_request', '--max', '0'], /^✖ --max must be a whole number from 1 to 10000, not '0'/],
    [['pause', '--executor', 'nobody'], /^✖ There is no executor 'nobody'/],
  ] as const) {
    const refused = await admin(...args);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(message);
  }
}, 180_000);

test('runs that a filter matches are counted, then cancelled', async () => {
  const runs = [await start(), await start()];
  await expect.poll(() => gate.waiting(), within).toBe(2);
  const by = [
    '--server',
    platform.url,
    '--key',
    (await platform.as('admin_service_account')).token,
    '--flow',
    flowId,
    '--status',
    'running,queued',
  ];
  expect((await admin('cancel', ...by, '--dry-run')).stdout).toBe('2 runs match; nothing was changed\n');
  expect((await admin('cancel', ...by)).stdout).toBe('2 runs matched: 2 cancelled, 0 refused\n');
  for (const id of runs) await reach(user, id, 'cancelled');
}, 180_000);
