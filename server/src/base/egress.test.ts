/** The way out against those who answer it: name servers that change their mind, servers that misbehave, headers that smuggle. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Canary, startCanary } from '../../test/support/egress/canary.ts';
import { MISBEHAVIOURS, type MisbehavingServer, startMisbehavingServer } from '../../test/support/egress/misbehaving-server.ts';
import { type NameServer, startNameServer } from '../../test/support/egress/name-server.ts';
import { createSafeFetch } from './safe-fetch.ts';

const LOOPBACK = ['127.0.0.0/8'];

let canary: Canary;
let names: NameServer;
let server: MisbehavingServer;
const ADDRESSES: Record<string, (turn: number) => string[]> = {
  'loopback.example': () => ['127.0.0.1'],
  'loopback6.example': () => ['::1'],
  'metadata.example': () => ['169.254.169.254'],
  'both.example': () => ['203.0.112.9', '127.0.0.1'],
  'both-families.example': () => ['203.0.112.9', '::1'],
  'mapped.example': () => ['::ffff:7f00:1'],
  'rebinding.example': (turn) => (turn === 0 ? ['127.0.0.2'] : ['127.0.0.1']),
  'nothing.example': () => [],
};

beforeAll(async () => {
  canary = await startCanary();
  server = await startMisbehavingServer();
  names = await startNameServer((name, turn) => ADDRESSES[name]?.(turn) ?? []);
});
afterAll(() => Promise.all([canary.close(), names.close(), server.close()]));

describe('names', () => {
  test.each(Object.keys(ADDRESSES).filter((name) => name !== 'rebinding.example'))('%s reaches nobody', async (name) => {
    const safe = createSafeFetch({ lookup: names.lookup, connectTimeoutMs: 1000 });
    await expect(safe.fetch(`http://${name}:${canary.port}/`)).rejects.toMatchObject({ code: 'address_refused' });
    expect(names.asked.get(name)).toBeGreaterThan(0);
    expect(canary.connections()).toBe(0);
    await safe.close();
  });

  test('a name that answers otherwise the second time is called where the first answer said, or not at all', async () => {
    const arrived: IncomingMessage[] = [];
    const first = createServer((request, response) => {
      arrived.push(request);
      response.writeHead(200, { connection: 'close' }).end('first');
    });
    await new Promise<void>((resolve) => first.listen(canary.port, '127.0.0.2', resolve));
    const safe = createSafeFetch({ lookup: names.lookup, allowPrivateNetworks: ['127.0.0.2/32'] });
    const url = `http://rebinding.example:${(first.address() as AddressInfo).port}/`;
    expect(await (await safe.fetch(url)).text()).toBe('first');
    await expect(safe.fetch(url)).rejects.toMatchObject({ code: 'address_refused' });
    expect([arrived.length, canary.connections()]).toEqual([1, 0]);
    await safe.close();
    first.closeAllConnections();
    await new Promise((resolve) => first.close(resolve));
  });
});

describe('a server that misbehaves', () => {
  const MIB = 1024 * 1024;

  test.each(Object.entries(MISBEHAVIOURS))('%s ends with a code and costs no memory', { timeout: 15_000 }, async (path, { code }) => {
    const safe = createSafeFetch({ allowPrivateNetworks: LOOPBACK, maxBytes: 5 * MIB, timeoutMs: code === 'timeout' ? 300 : 5000 });
    const before = process.memoryUsage().rss;
    const read = async () => (await safe.fetch(`${server.url}/${path}`)).arrayBuffer();
    const failure = await read().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'EgressError', code });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
    await safe.close();
  });
});

describe('headers', () => {
  const safe = createSafeFetch({ allowPrivateNetworks: LOOPBACK });
  afterAll(() => safe.close());

  test.each([
    ['a line break', { 'x-a': 'b\r\nHost: internal' }],
    ['a line feed alone', { 'x-a': 'b\nx-b: c' }],
    ['a NUL', { 'x-a': 'b\0' }],
    ['a name with a space', { 'x a': 'b' }],
    ['a name with a colon', { 'x:a': 'b' }],
    ['Host', { Host: 'internal' }],
    ['Content-Length', { 'content-length': '5' }],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['Connection', { Connection: 'keep-alive, authorization' }],
    ['Upgrade', { Upgrade: 'websocket' }],
    ['Proxy-Authorization', { 'Proxy-Authorization': 'Basic x' }],
  ])('%s is refused, and its value is not told', async (_, headers) => {
    const failure = await safe
      .fetch(`http://127.0.0.1:${canary.port}/`, { headers: { ...headers } as Record<string, string> })
      .catch((e: Error) => e);
    expect(failure).toMatchObject({ code: 'request_refused' });
    expect((failure as Error).message).not.toContain('internal');
    expect(canary.connections()).toBe(0);
  });
});

describe('what a redirect to another origin takes along', () => {
  const listen = async (answer: (request: IncomingMessage) => string | undefined) => {
    const seen: { headers: IncomingMessage['headers']; method: string | undefined }[] = [];
    const made = createServer((request, response) => {
      seen.push({ headers: request.headers, method: request.method });
      const location = answer(request);
      if (location === undefined) response.end('arrived');
      else response.writeHead(Number(request.url?.slice(1)) || 302, { location }).end();
    });
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    return { seen, made, url: `http://127.0.0.1:${(made.address() as AddressInfo).port}` };
  };

  test('no header that could be a credential, whatever its name, and no body', async () => {
    const second = await listen(() => undefined);
    const first = await listen(() => second.url);
    const safe = createSafeFetch({ allowPrivateNetworks: LOOPBACK });
    const headers = { 'x-my-own-token': 'canary', 'idempotency-key': 'canary', cookie: 'canary', accept: 'text/plain' };
    await (await safe.fetch(`${first.url}/303`, { method: 'POST', body: 'canary', headers })).text();
    await (await safe.fetch(`${first.url}/307`, { headers })).text();
    expect(second.seen.map(({ method, headers: { accept } }) => [method, accept])).toEqual([
      ['GET', 'text/plain'],
      ['GET', 'text/plain'],
    ]);
    expect(JSON.stringify(second.seen)).not.toContain('canary');
    await expect(safe.fetch(`${first.url}/308`, { method: 'POST', body: 'canary', headers })).rejects.toMatchObject({
      code: 'redirect_refused',
    });
    expect(second.seen).toHaveLength(2);
    await safe.close();
    for (const { made } of [first, second]) made.close();
  });
});

describe('a share of the way out', () => {
  test('has so many calls to one origin under way, and another share its own', async () => {
    const open: (() => void)[] = [];
    const hanging = createServer((_, response) => {
      response.write('a');
      open.push(() => response.end());
    });
    await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`;
    const safe = createSafeFetch({ allowPrivateNetworks: LOOPBACK, callsPerOrigin: 2 });
    const [ours, theirs] = [safe.share('a'), safe.share('b')];
    const answers = [await ours(url), await ours(url)];
    await expect(ours(url)).rejects.toMatchObject({ code: 'endpoint_busy' });
    const other = await theirs(url);
    for (const end of open) end();
    expect(await Promise.all([...answers, other].map((answer) => answer.text()))).toEqual(['a', 'a', 'a']);
    const again = await ours(url);
    await again.body?.cancel(); // given up, not read
    const [cutShort, kept] = [await ours(url, { timeoutMs: 50 }), await ours(url)];
    await expect(cutShort.text()).rejects.toMatchObject({ code: 'timeout' });
    expect((await ours(url)).status).toBe(200);
    await kept.body?.cancel();
    await safe.close();
    hanging.closeAllConnections();
    hanging.close();
  });
});

test('a port on which no HTTP is spoken is not called, unless the operator named it', async () => {
  const safe = createSafeFetch({ allowPrivateNetworks: LOOPBACK, allowOrigins: ['http://127.0.0.1:6379'], connectTimeoutMs: 500 });
  for (const port of [22, 25, 110, 143, 1023, 2375, 3306, 5432, 6379, 11211, 27017])
    await expect(safe.fetch(`http://127.0.0.2:${port}/`)).rejects.toMatchObject({ code: 'address_refused' });
  await expect(safe.fetch('http://127.0.0.1:6379/')).rejects.toMatchObject({ code: 'connect_failed' });
  await safe.close();
});
