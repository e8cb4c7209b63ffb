/** A receiver on loopback, a flow that tells it something, and what is on record of it. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { signingSecret } from '../../src/executors/testing/example-server.ts';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const [OLD, NEW] = [signingSecret('old'), signingSecret('new')];
const TOKEN = 'zq-canary-token';

let platform: TestPlatform;
let admin: TestClient;
let receiver: Server;
let url: string;
let seen: { headers: IncomingHttpHeaders; body: string }[] = [];
let answers: ((response: ServerResponse) => void)[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await text(request) });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    (answer ?? (() => response.end('thank you')))(response);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
  admin = await platform.as('org_admin');
});
afterAll(async () => {
  await platform.close();
  receiver.closeAllConnections();
  receiver.close();
});
beforeEach(async () => {
  seen = [];
  answers = [];
  await admin.put('/api/secrets/SIGNING', { value: OLD });
  await admin.put('/api/secrets/TOKEN', { value: TOKEN });
});

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end(`answered ${code}`);

async function notify(more: Record<string, unknown> = {}) {
  const flow = await createFlow(admin, [
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    {
      name: 'notify',
      task_executor_name: 'webhook_notification',
      retry: { max_attempts: 4, initial_interval: '20ms', backoff: 1 },
      parameters: {
        url,
        type: 'document.received',
        data: { name: '{{receive.filename}}' },
        secrets: ['{{secrets.SIGNING}}'],
        headers: { Authorization: 'Bearer {{secrets.TOKEN}}' },
        ...more,
      },
    },
  ]);
  const input = { file_key: (await uploadText(admin, flow)).file_key, filename: 'a.txt' };
  const { id, status: ended } = await startRun(admin, flow, input, { waitSeconds: 25 });
  const { body } = await admin.get(`/api/task-executions?flow_execution_id=${id}&task_name=notify`);
  return { id, ended, task: body.task_executions[0], tries: (await admin.get(`/api/webhook-deliveries?flow_execution_id=${id}`)).body };
}

const verify = (secret: string, at: number) =>
  new Webhook(secret).verify(seen[at]?.body ?? '', seen[at]?.headers as Record<string, string>);

describe('a delivery', () => {
  test('is tried until it is taken, the same message each time, each try on record', async () => {
    answers = [status(503), status(302, { location: url }), status(200)];
    const { id, ended, task, tries } = await notify();
    expect(ended).toBe('completed');
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
    for (const at of [0, 1, 2]) expect(verify(OLD, at)).toMatchObject({ type: 'document.received', data: { name: 'a.txt' } });
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(task.output).toMatchObject({ message_id: seen[0]?.headers['webhook-id'], response_status: 200 });
    expect(
      tries.map((each: Record<string, unknown>) => [each['try'], each['status'], each['response_status'], each['redelivery']]),
    ).toEqual([
      [3, 'delivered', 200, false],
      [2, 'failed', 302, false],
      [1, 'failed', 503, false],
    ]);
    const one = await admin.get(`/api/webhook-deliveries/${tries[0].id}`);
    expect(one.body).toMatchObject({ ...tries[0], flow_execution_id: id, url, payload: JSON.parse(seen[0]?.body ?? '') });
    expect(task.input).toMatchObject({ secrets: ['{{secrets.SIGNING}}'], headers: { Authorization: 'Bearer {{secrets.TOKEN}}' } });
  });

  test('waits as long as the receiver asks for', async () => {
    answers = [status(429, { 'retry-after': '1' }), status(200)];
    const startedAt = performance.now();
    expect((await notify()).ended).toBe('completed');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  test('that the receiver wants no more of is not tried again', async () => {
    answers = [status(410)];
    const { ended, task, tries } = await notify();
    expect([ended, seen.length, tries.length]).toEqual(['failed', 1, 1]);
    expect(task.error).toMatchObject({ code: 'endpoint_gone', retryable: false });
  });

  test('fails when its policy ends', async () => {
    answers = [status(500)];
    const { ended, task, tries } = await notify();
    expect([ended, seen.length, tries.length]).toEqual(['failed', 4, 4]);
    expect(task.error).toMatchObject({ code: 'delivery_failed', details: { response_status: 500, response: 'answered 500' } });
  });

  test('is signed by each of two secrets during a rotation', async () => {
    await admin.put('/api/secrets/NEXT', { value: NEW });
    expect((await notify({ secrets: ['{{secrets.SIGNING}}', '{{secrets.NEXT}}'] })).ended).toBe('completed');
    for (const secret of [OLD, NEW]) expect(verify(secret, 0)).toBeDefined();
  });
});

describe('sending it again', () => {
  test('is the same message, signed anew with the secret as it is now, and one more try', async () => {
    answers = [status(410), status(200)];
    const { tries } = await notify();
    await admin.put('/api/secrets/SIGNING', { value: NEW });
    const answer = await admin.post(`/api/webhook-deliveries/${tries[0].id}/redeliver`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      message_id: tries[0].message_id,
      try: 2,
      status: 'delivered',
      response_status: 200,
      redelivery: true,
      triggered_by: admin.id,
    });
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen[1]?.headers).toMatchObject({ 'webhook-id': seen[0]?.headers['webhook-id'], authorization: `Bearer ${TOKEN}` });
    expect(verify(NEW, 1)).toBeDefined();
    expect(() => verify(OLD, 1)).toThrow();
  });

  test('that fails says so, and shows nothing of a secret that the receiver repeats', async () => {
    answers = [status(200), (response) => void response.writeHead(500).end(`you sent Bearer ${TOKEN}`)];
    const { tries } = await notify();
    const answer = await admin.post(`/api/webhook-deliveries/${tries[0].id}/redeliver`);
    expect(answer.body).toMatchObject({ status: 'failed', response_excerpt: 'you sent Bearer [secret:TOKEN]' });
  });

  test('needs its secrets', async () => {
    const { tries } = await notify();
    await admin.delete('/api/secrets/SIGNING');
    const answer = await admin.post(`/api/webhook-deliveries/${tries[0].id}/redeliver`);
    expect([answer.status, answer.body.error.code]).toEqual([409, 'conflict']);
    expect(answer.body.error.message).toContain("'SIGNING'");
    expect(seen).toHaveLength(1);
  });

  test('is for those who build flows, and of nobody else’s', async () => {
    const { tries } = await notify();
    const path = `/api/webhook-deliveries/${tries[0].id}`;
    for (const caller of ['worker', 'publisher'] as const) {
      const client = await platform.as(caller);
      for (const answer of [await client.get('/api/webhook-deliveries'), await client.get(path), await client.post(`${path}/redeliver`)])
        expect(answer.status).toBe(403);
    }
    const theirs = await platform.as('org_admin', platform.b);
    for (const answer of [
      await theirs.get(path),
      await theirs.post(`${path}/redeliver`),
      await admin.get(`/api/webhook-deliveries/${newId()}`),
    ])
      expect(answer.status).toBe(404);
    expect((await theirs.get('/api/webhook-deliveries')).body).toEqual([]);
    expect(seen).toHaveLength(1);
  });
});

test('the list is filtered and read in pages, newest first', async () => {
  answers = [status(500), status(500), status(200)];
  const { id } = await notify();
  const of = async (query: string) => (await admin.get(`/api/webhook-deliveries?flow_execution_id=${id}${query}`)).body;
  const all = await of('');
  expect(all).toHaveLength(3);
  expect((await of('&status=failed')).map((each: { id: string }) => each.id)).toEqual([all[1].id, all[2].id]);
  expect((await of('&limit=1')).map((each: { id: string }) => each.id)).toEqual([all[0].id]);
  expect((await of(`&limit=2&starting_after=${all[0].id}`)).map((each: { id: string }) => each.id)).toEqual([all[1].id, all[2].id]);
  expect((await admin.get(`/api/webhook-deliveries?starting_after=${newId()}`)).status).toBe(404);
  expect((await admin.get('/api/webhook-deliveries?status=lost')).status).toBe(422);
});
