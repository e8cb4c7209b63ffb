/** No exit that takes a user's URL reaches what is not public (RELIABILITY attacks 16 to 18). The canaries count who connects: nobody. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSafeFetch, newId, type SafeFetch } from '#base';
import { catalogue } from '#executors';
import { signingSecret } from '../../src/executors/testing/example-server.ts';
import { contextOf } from '../../src/executors/testing/executor-context.ts';
import { type Canary, startCanary } from '../support/egress/canary.ts';
import { type NameServer, startNameServer } from '../support/egress/name-server.ts';
import { HOSTILE_NAMES, ssrfCorpus } from '../support/egress/ssrf-corpus.ts';
import { createFlow, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let canary: Canary;
let names: NameServer;
let redirector: Server;
let wayOut: SafeFetch;
let trusting: SafeFetch;
let urls: string[];
let byName: string[];
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  canary = await startCanary();
  names = await startNameServer((name, turn) => HOSTILE_NAMES[name]?.(turn) ?? []);
  redirector = createServer((request, response) => {
    const location = decodeURIComponent(request.url?.slice(1) ?? '');
    response.writeHead(302, { location: Buffer.from(location).toString('latin1') }).end();
  });
  await new Promise<void>((resolve) => redirector.listen(0, '127.0.0.1', resolve));
  wayOut = createSafeFetch({ lookup: names.lookup, connectTimeoutMs: 1000, timeoutMs: 2000, callsPerOrigin: 1000 });
  const allowOrigins = [`http://127.0.0.1:${portOf(redirector)}`];
  trusting = createSafeFetch({ lookup: names.lookup, allowOrigins, connectTimeoutMs: 1000, timeoutMs: 2000, callsPerOrigin: 1000 });
  urls = ssrfCorpus(canary.port);
  byName = Object.keys(HOSTILE_NAMES).map((name) => `http://${name}:${canary.port}/`);
});
afterAll(async () => {
  await Promise.all([wayOut.close(), trusting.close(), canary.close(), names.close()]);
  redirector.closeAllConnections();
  redirector.close();
});

test('the table has 80 URLs, each once', () => {
  expect(new Set(urls).size).toBe(80);
});

test('the canary hears whoever reaches it', async () => {
  const before = canary.connections();
  const open = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
  expect(
    await (await open.fetch(`http://localhost:${canary.port}/`).catch(() => open.fetch(`http://127.0.0.1:${canary.port}/`))).text(),
  ).toBe('canary');
  await open.close();
  expect(canary.connections()).toBeGreaterThan(before);
});

describe('each exit, with each URL', () => {
  const run = async (executor: string, parameters: object, fetch: SafeFetch) =>
    catalogue.get(executor)?.run(parameters as never, contextOf({ callOut: fetch.share('o') }));
  const webhook = { type: 'a.b', secrets: [signingSecret('x')] };
  const redirect = (url: string) => `http://127.0.0.1:${portOf(redirector)}/${encodeURIComponent(url.trim())}`;
  const exits: [string, (url: string) => Promise<unknown>][] = [
    ['http_request', (url) => run('http_request', { url }, wayOut)],
    ['http_request, posting', (url) => run('http_request', { url, method: 'POST', json: {} }, wayOut)],
    ['http_request, by a redirect', (url) => run('http_request', { url: redirect(url) }, trusting)],
    ['webhook_notification', (url) => run('webhook_notification', { url, ...webhook }, wayOut)],
    ['webhook_notification, by a redirect', (url) => run('webhook_notification', { url: redirect(url), ...webhook }, trusting)],
    ['doc_to_text', (url) => run('doc_to_text', { document_url: url }, wayOut)],
  ];

  test.each(exits)('%s', async (_, call) => {
    const before = canary.connections();
    const outcomes = await Promise.all([...urls, ...byName].map(async (url) => [url, await call(url)] as const));
    const wrong = outcomes.filter(([, outcome]) => (outcome as { status: string } | undefined)?.status !== 'failed');
    expect(wrong).toEqual([]);
    expect(canary.connections()).toBe(before);
    expect(JSON.stringify(outcomes)).not.toContain('"canary"');
  });
});

describe('without the defence', () => {
  const isHere = (url: string) => /^(127\.|0\.0\.0\.0$|localhost|\[::1?\]$|\[::ffff:7f00:1\]$)/.test(URL.parse(url)?.hostname ?? '');

  test('the same URLs do reach the canary, by the URL and by a redirect', async () => {
    const open = createSafeFetch({ allowPrivateNetworks: ['0.0.0.0/0', '::/0'], timeoutMs: 2000, callsPerOrigin: 1000 });
    const here = urls.filter((url) => isHere(url) && url.includes(String(canary.port)) && !/^(https|ftp|ws|gopher)/.test(url.trim()));
    expect(here.length).toBeGreaterThan(30);
    for (const via of ['', `http://127.0.0.1:${portOf(redirector)}/`]) {
      const before = canary.connections();
      for (const url of here) {
        const target = via === '' ? url : via + encodeURIComponent(url.trim());
        await open.fetch(target).then(
          (answer) => answer.text(),
          () => '',
        );
      }
      expect(canary.connections() - before).toBeGreaterThan(25);
    }
    await open.close();
  });
});

describe('through the platform', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startTestPlatform({ loops: 1, config: { modelBaseUrl: `http://127.0.0.1:${canary.port}/v1`, modelDefault: 'local' } });
  });
  afterAll(() => platform.close());

  test('a run over all of them fails item by item, also where the operator’s model listens', { timeout: 60_000 }, async () => {
    const user = await platform.as('app_user');
    const admin = await platform.as('org_admin');
    await admin.put('/api/secrets/SIGNING', { value: signingSecret('x') });
    const flow = await createFlow(user, [
      { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
      {
        name: 'call',
        task_executor_name: 'http_request',
        for_each: urls,
        on_item_failure: 'continue',
        depends_on: ['receive'],
        retry: { max_attempts: 1 },
        parameters: { url: '{{item}}' },
      },
      {
        name: 'notify',
        task_executor_name: 'webhook_notification',
        for_each: urls,
        on_item_failure: 'continue',
        depends_on: ['receive'],
        retry: { max_attempts: 1 },
        parameters: { url: '{{item}}', type: 'a.b', secrets: ['{{secrets.SIGNING}}'] },
      },
    ]);
    const before = canary.connections();
    const { id } = await startRun(user, flow, { file_key: (await uploadText(user, flow)).file_key });
    await reachEnd(user, id);
    for (const name of ['call', 'notify']) {
      const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=${name}`);
      expect(body.task_executions).toHaveLength(80);
      expect(new Set(body.task_executions.map((task: { processing_status: string }) => task.processing_status))).toEqual(
        new Set(['failed']),
      );
    }
    expect(canary.connections()).toBe(before);
    expect((await user.get('/api/webhook-deliveries?status=delivered')).body).toEqual([]);
  });

  test('a delivery to each of them that is sent again', async () => {
    const admin = await platform.as('org_admin');
    const tasks = [
      { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
      {
        name: 'notify',
        task_executor_name: 'webhook_notification',
        depends_on: ['receive'],
        parameters: { url: 'https://x.example', type: 'a.b', secrets: [signingSecret('x')] },
      },
    ];
    const flow = await seedFlow(platform.engineDb, platform.a.id, {
      definition: { name: 'f', tasks },
      tasks: [{ name: 'receive' }, { name: 'notify' }],
    });
    const flowExecutionId = await seedExecution(platform.engineDb, flow);
    const input = JSON.stringify(tasks[1]?.parameters);
    const taskExecutionId = await seedTask(platform.engineDb, flow, flowExecutionId, { task: 1, input });
    const before = canary.connections();
    for (const url of urls) {
      const id = newId();
      await platform.engineDb.kysely
        .insertInto('webhookDeliveries')
        .values({
          organizationId: platform.a.id,
          id,
          messageId: 'msg_x',
          flowExecutionId,
          taskExecutionId,
          taskName: 'notify',
          url,
          payload: '{}',
          try: 1,
          status: 'failed',
          durationMs: 1,
        } as never)
        .execute();
      const answer = await admin.post(`/api/webhook-deliveries/${id}/redeliver`);
      expect(answer.body, url).toMatchObject({ status: 'failed', response_status: null, redelivery: true });
    }
    expect(canary.connections()).toBe(before);
  });
});
