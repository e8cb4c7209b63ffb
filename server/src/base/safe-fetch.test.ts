import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressRule } from './address-rule.ts';
import { createSafeFetch, type SafeFetch } from './safe-fetch.ts';

let hits = 0;
let seen: IncomingMessage[] = [];
let respond: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('canary');
const servers: Server[] = [];
let port = 0;
let otherPort = 0;

async function listen(): Promise<number> {
  const server = createServer((request, response) => {
    hits++;
    seen.push(request);
    respond(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  port = await listen();
  otherPort = await listen();
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const withFetch = async <T>(options: Parameters<typeof createSafeFetch>[0], work: (safe: SafeFetch) => Promise<T>): Promise<T> => {
  const safe = createSafeFetch(options);
  try {
    return await work(safe);
  } finally {
    await safe.close();
  }
};
const loopback = { allowPrivateNetworks: ['127.0.0.0/8'] };
const answer = (work: typeof respond) => {
  respond = work;
  seen = [];
};

describe('addresses', () => {
  const refusedAddresses = [
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2001:0:7f00:1::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '100::1',
    'not an address',
    '',
  ];
  test.each(refusedAddresses)('%s is refused', (address) => {
    expect(addressRule([])(address)).toBe(false);
  });
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '64:ff9b::808:808',
    '93.184.216.34',
    '2606:4700:4700::1111',
    '2a00:1450:4001:81b::200e',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => {
    expect(addressRule([])(address)).toBe(true);
  });
  test('an allowed network is allowed, and no more than it', () => {
    const rule = addressRule(['10.1.0.0/16', 'fd00::/8']);
    expect([rule('10.1.2.3'), rule('::ffff:10.1.2.3'), rule('10.2.0.1'), rule('fd00::5'), rule('fc00::5')]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
  test('a CIDR that is none is refused at once', () => {
    expect(() => addressRule(['10.0.0.0/99'])).toThrow();
  });
});

describe('every spelling of loopback, and what is no http', () => {
  const spellings = (p: number) => [
    `http://127.0.0.1:${p}/`,
    `http://127.1:${p}/`,
    `http://2130706433:${p}/`,
    `http://0x7f000001:${p}/`,
    `http://0x7f.1:${p}/`,
    `http://0177.0.0.1:${p}/`,
    `http://017700000001:${p}/`,
    `http://127.0.0.1.:${p}/`,
    `http://localhost:${p}/`,
    `http://localhost.:${p}/`,
    `http://LOCALHOST:${p}/`,
    `http://[::1]:${p}/`,
    `http://[::ffff:127.0.0.1]:${p}/`,
    `http://[::ffff:7f00:1]:${p}/`,
    `http://[0:0:0:0:0:ffff:7f00:0001]:${p}/`,
    `http://0.0.0.0:${p}/`,
    `http://0:${p}/`,
    `http://[::]:${p}/`,
    `http://127.0.0.1%00.example:${p}/`,
    `http://①②⑦.⓪.⓪.①:${p}/`,
    `http://127。0。0。1:${p}/`,
    `http://user:pass@127.0.0.1:${p}/`,
    `http://example.com@127.0.0.1:${p}/`,
    `http://127.0.0.1:${p}\\@example.com/`,
    `https://127.0.0.1:${p}/`,
    `http://[64:ff9b::7f00:1]:${p}/`,
    `http://[2002:7f00:1::]:${p}/`,
    `ftp://127.0.0.1:${p}/`,
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'data:text/plain,x',
    'javascript:1',
    '',
    '//x',
  ];
  test('none reaches the listener', async () => {
    hits = 0;
    await withFetch({ connectTimeoutMs: 500, timeoutMs: 2000 }, async (safe) => {
      for (const url of spellings(port)) {
        await expect(safe.fetch(url), url).rejects.toMatchObject({ name: 'EgressError' });
      }
    });
    expect(hits).toBe(0);
  });
  test('a name that resolves to loopback is refused as such', async () => {
    await withFetch({}, async (safe) => {
      await expect(safe.fetch(`http://localhost:${port}/`)).rejects.toMatchObject({ code: 'address_refused' });
    });
  });
  test("the operator's own origin is reached, its neighbour is not", async () => {
    answer((_, response) => response.end('mine'));
    await withFetch({ allowOrigins: [`http://127.0.0.1:${port}/v1`] }, async (safe) => {
      expect(await (await safe.fetch(`http://127.0.0.1:${port}/v1/chat`)).text()).toBe('mine');
      await expect(safe.fetch(`http://127.0.0.1:${otherPort}/`)).rejects.toMatchObject({ code: 'address_refused' });
    });
  });
});

describe('redirects', () => {
  test('to a refused address is refused, though the start is allowed', async () => {
    answer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${otherPort}/` }).end());
    await withFetch({ allowOrigins: [`http://127.0.0.1:${port}`] }, async (safe) => {
      await expect(safe.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'address_refused' });
    });
  });
  test('credentials stay with their origin; a POST becomes a GET without its body after 302', async () => {
    answer((request, response) =>
      request.headers.host === `127.0.0.1:${port}`
        ? response.writeHead(302, { location: `http://127.0.0.1:${otherPort}/next` }).end()
        : response.end('arrived'),
    );
    await withFetch(loopback, async (safe) => {
      const headers = {
        authorization: 'Bearer canary',
        'x-api-key': 'canary',
        cookie: 'a=canary',
        'content-type': 'text/plain',
        accept: 'text/plain',
      };
      const response = await safe.fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'payload', headers });
      expect(await response.text()).toBe('arrived');
    });
    const second = seen[1];
    expect(second?.method).toBe('GET');
    expect(JSON.stringify(second?.headers)).not.toContain('canary');
    expect(second?.headers['content-type']).toBeUndefined();
    expect(second?.headers.accept).toBe('text/plain');
  });
  test('307 sends method and body again, credentials within one origin', async () => {
    answer((request, response) =>
      request.url === '/' ? response.writeHead(307, { location: '/again' }).end() : response.end(request.method),
    );
    await withFetch(loopback, async (safe) => {
      const response = await safe.fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        body: 'x',
        headers: { authorization: 'Bearer kept' },
      });
      expect(await response.text()).toBe('POST');
    });
    expect(seen[1]?.headers.authorization).toBe('Bearer kept');
  });
  test('no more than five', async () => {
    answer((_, response) => response.writeHead(302, { location: '/' }).end());
    await withFetch(loopback, async (safe) => {
      await expect(safe.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'redirect_refused' });
    });
    expect(seen).toHaveLength(6);
  });
});

describe('limits', () => {
  test('a body beyond the limit fails, announced or not', async () => {
    answer((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': 5000 });
      response.end(Buffer.alloc(5000, 'a'));
    });
    await withFetch({ ...loopback, maxBytes: 1000 }, async (safe) => {
      await expect(safe.fetch(`http://127.0.0.1:${port}/announced`)).rejects.toMatchObject({ code: 'response_too_large' });
      const response = await safe.fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);
      if (response instanceof Response) await expect(response.text()).rejects.toMatchObject({ code: 'response_too_large' });
      else expect(response).toMatchObject({ code: 'response_too_large' });
    });
  });
  test('a packed bomb is counted unpacked', async () => {
    answer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000))));
    await withFetch({ ...loopback, maxBytes: 100_000 }, async (safe) => {
      const response = await safe.fetch(`http://127.0.0.1:${port}/`);
      await expect(response.text()).rejects.toMatchObject({ code: 'response_too_large' });
    });
  });
  test('a hang and a drip end by the total timeout', async () => {
    answer((request, response) => {
      if (request.url === '/drip') response.write('a');
    });
    await withFetch({ ...loopback, timeoutMs: 150 }, async (safe) => {
      await expect(safe.fetch(`http://127.0.0.1:${port}/hang`)).rejects.toMatchObject({ code: 'timeout' });
      const response = await safe.fetch(`http://127.0.0.1:${port}/drip`);
      await expect(response.text()).rejects.toMatchObject({ code: 'timeout' });
    });
  });
  test("the caller's signal ends it with its own reason", async () => {
    answer(() => undefined);
    await withFetch(loopback, async (safe) => {
      const controller = new AbortController();
      const call = safe.fetch(`http://127.0.0.1:${port}/`, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(call).rejects.toThrow('enough');
    });
  });
  test('headers beyond 16 KiB are refused', async () => {
    answer((_, response) => response.writeHead(200, { 'x-large': 'a'.repeat(15_000), 'x-more': 'b'.repeat(15_000) }).end());
    await withFetch(loopback, async (safe) => {
      await expect(safe.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'response_too_large' });
    });
  });
});
