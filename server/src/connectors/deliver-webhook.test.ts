import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSafeFetch } from '#base';
import { deliverWebhook, type WebhookMessage } from './deliver-webhook.ts';
import { readSigningKey, signMessage } from './sign-message.ts';

let answer: (response: ServerResponse) => void = (response) => response.end();
let seen: { headers: IncomingMessage['headers']; body: string }[] = [];
const server = createServer(async (request, response) => {
  seen.push({ headers: request.headers, body: await text(request) });
  answer(response);
});
const wayOut = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});
afterAll(async () => {
  await wayOut.close();
  server.closeAllConnections();
  server.close();
});

const secretOf = (bytes = 32) => `whsec_${randomBytes(bytes).toString('base64')}`;
const SECRET = secretOf();
const PAYLOAD = '{"type":"a.b","data":"ü"}';
const status = (code: number, headers = {}) => {
  answer = (response) => response.writeHead(code, headers).end('said so');
};
const send = (more: Partial<WebhookMessage> = {}, timeoutMs = 2000) => {
  seen = [];
  const message = { url, id: 'msg_1', payload: PAYLOAD, secrets: [SECRET], ...more };
  return deliverWebhook(wayOut.share('o'), message, { signal: new AbortController().signal, timeoutMs });
};
const headersSeen = () => seen[0]?.headers as Record<string, string>;

describe('the signature', () => {
  test('is one that the library of the standard verifies', async () => {
    status(204);
    expect(await send()).toMatchObject({ status: 'delivered', responseStatus: 204, error: undefined });
    expect(new Webhook(SECRET).verify(seen[0]?.body ?? '', headersSeen())).toEqual(JSON.parse(PAYLOAD));
    expect(headersSeen()).toMatchObject({ 'webhook-id': 'msg_1', 'content-type': 'application/json' });
  });

  test('comes once for each secret: old and new both verify, a third does not', async () => {
    const [old, fresh] = [SECRET, secretOf(24)];
    await send({ secrets: [old, fresh] });
    for (const secret of [old, fresh]) expect(() => new Webhook(secret).verify(seen[0]?.body ?? '', headersSeen())).not.toThrow();
    expect(() => new Webhook(secretOf()).verify(seen[0]?.body ?? '', headersSeen())).toThrow();
    await send({ secrets: [fresh] });
    expect(() => new Webhook(old).verify(seen[0]?.body ?? '', headersSeen())).toThrow();
  });

  test('does not fit a changed body, id or time', async () => {
    await send();
    const verify = (body: string, headers: Record<string, string>) => new Webhook(SECRET).verify(body, headers);
    const { body = '' } = seen[0] ?? {};
    expect(() => verify(`${body} `, headersSeen())).toThrow();
    expect(() => verify(body, { ...headersSeen(), 'webhook-id': 'msg_2' })).toThrow();
    const old = String(Number(headersSeen()['webhook-timestamp']) - 301);
    expect(() => verify(body, { ...headersSeen(), 'webhook-timestamp': old })).toThrow();
    const { 'webhook-signature': _, ...unsigned } = headersSeen();
    expect(() => verify(body, unsigned)).toThrow();
  });

  test('is the one of the standard’s own vector', () => {
    const key = readSigningKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') as Buffer;
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, payload: '{"test": 2432232314}' };
    expect(signMessage(key, message)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'not base64 at all, but long enough to be a key', secretOf(65), '{{secrets.KEY}}'])(
    'is not made with %s',
    async (secret) => {
      expect(await send({ secrets: [SECRET, secret] })).toMatchObject({
        status: 'failed',
        error: { code: 'invalid_secret', retryable: false },
      });
      expect(seen).toEqual([]);
    },
  );

  test('cannot be replaced by a header of the user’s', async () => {
    status(200);
    await send({ headers: { 'Webhook-Signature': 'v1,x', 'WEBHOOK-ID': 'y', 'Content-Type': 'text/plain', Authorization: 'Bearer z' } });
    expect(() => new Webhook(SECRET).verify(seen[0]?.body ?? '', headersSeen())).not.toThrow();
    expect(headersSeen()).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer z' });
  });
});

describe('what the receiver answers', () => {
  test.each([
    [200, 'delivered', undefined],
    [202, 'delivered', undefined],
    [301, 'failed', true],
    [400, 'failed', true],
    [410, 'failed', false],
    [429, 'failed', true],
    [503, 'failed', true],
  ])('%i', async (code, expected, retryable) => {
    status(code, { location: url, 'retry-after': '30' });
    const result = await send();
    expect(result).toMatchObject({ status: expected, responseStatus: code, responseExcerpt: 'said so' });
    expect(result.error?.retryable).toBe(retryable);
    if (retryable) expect(result.retryAfterMs).toBe(30_000);
    expect(seen).toHaveLength(1);
  });

  test('nothing, or nothing of it that is readable', async () => {
    answer = () => undefined;
    expect(await send({}, 100)).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: true } });
    expect(await send({ url: 'http://10.0.0.1/' })).toMatchObject({ error: { code: 'address_refused', retryable: false } });
    answer = (response) => void response.writeHead(200).write(`a\0${'b'.repeat(5000)}`);
    const result = await send();
    expect([result.status, result.responseExcerpt?.length]).toEqual(['delivered', 1999]);
    expect(result.responseExcerpt).not.toContain('\0');
  });
});
