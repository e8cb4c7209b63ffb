import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSafeFetch, type JsonObject } from '#base';
import type { ExecutorContext, TaskDelivery } from '../contract.ts';
import { type ExampleServer, signingSecret, startExampleServer } from '../testing/example-server.ts';
import { contextOf } from '../testing/executor-context.ts';
import { webhookNotification } from './webhook-notification.ts';

const SECRET = signingSecret('a');
const wayOut = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
let server: ExampleServer;
beforeAll(async () => {
  server = await startExampleServer();
});
afterAll(() => Promise.all([wayOut.close(), server.close()]));

const firstStartedAt = new Date('2026-03-14T09:00:00Z');
async function run(parameters: JsonObject = {}, given: Partial<ExecutorContext> = {}) {
  const recorded: TaskDelivery[] = [];
  server.asked.length = 0;
  const context = contextOf({
    callOut: wayOut.share('o'),
    deliveries: { record: async (delivery) => void recorded.push(delivery) },
    firstStartedAt,
    ...given,
  });
  const base = { url: `${server.url}/hook`, type: 'invoice.read', data: { n: 1 }, secrets: [SECRET] };
  return { outcome: await webhookNotification.run({ ...base, ...parameters }, context), recorded, asked: [...server.asked] };
}

test('sends type, time and data, signed, and keeps a record', async () => {
  const { outcome, recorded, asked } = await run();
  expect(outcome).toMatchObject({
    status: 'completed',
    output: { response_status: 200, message_id: expect.stringMatching(/^msg_[\w-]{27}$/) },
  });
  const [sent] = asked;
  expect(new Webhook(SECRET).verify(sent?.body ?? '', sent?.headers as Record<string, string>)).toEqual({
    type: 'invoice.read',
    timestamp: '2026-03-14T09:00:00.000Z',
    data: { n: 1 },
  });
  expect(recorded).toEqual([
    {
      messageId: sent?.headers['webhook-id'],
      url: `${server.url}/hook`,
      payload: sent?.body,
      status: 'delivered',
      responseStatus: 200,
      responseExcerpt: '{"ok":true}',
      error: null,
      durationMs: expect.any(Number),
    },
  ]);
});

test('another attempt is the same message, another task is another', async () => {
  const first = await run();
  const again = await run({}, { attempt: 3 });
  const other = await run({}, { idempotencyKey: 'key-2' });
  const ids = [first, again, other].map(({ asked }) => asked[0]?.headers['webhook-id']);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).not.toBe(ids[2]);
  expect(again.asked[0]?.body).toBe(first.asked[0]?.body);
  expect(again.recorded[0]?.messageId).toBe(first.recorded[0]?.messageId);
});

test('a failure says what came back, and is on record too', async () => {
  const { outcome, recorded } = await run({ url: 'http://10.0.0.1/' });
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { code: 'address_refused', retryable: false, details: { response_status: null } },
  });
  expect(recorded).toMatchObject([{ status: 'failed', responseStatus: null, error: expect.stringContaining('not a public address') }]);
});

test.each<[string, JsonObject, string]>([
  ['no secret', { secrets: [] }, 'invalid_parameters'],
  ['a secret that is none', { secrets: ['hunter2hunter2'] }, 'invalid_secret'],
  ['a type with spaces', { type: 'it happened' }, 'invalid_parameters'],
  ['a timeout that is too long', { timeout: '2m' }, 'invalid_parameters'],
  ['too much data', { data: 'x'.repeat(1_100_000) }, 'payload_too_large'],
])('%s: nothing is sent', async (_, parameters, code) => {
  const { outcome, asked } = await run(parameters);
  expect(outcome).toMatchObject({ status: 'failed', error: { code } });
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
  expect(asked).toEqual([]);
});
