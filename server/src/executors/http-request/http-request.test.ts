import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSafeFetch, type JsonObject } from '#base';
import { checkDefinition } from '#language';
import { catalogue } from '../catalog.ts';
import type { ExecutorContext } from '../contract.ts';
import { contextOf, filesOf } from '../testing/executor-context.ts';
import { httpRequest } from './http-request.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
let seen: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
const server = createServer(async (request, response) => {
  seen.push({ method: request.method, url: request.url, headers: request.headers, body: await text(request) });
  answer(request, response);
});
const wayOut = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'] });
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await wayOut.close();
  server.closeAllConnections();
  server.close();
});

const json = (status: number, body: unknown, headers = {}) => {
  answer = (_, response) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const run = (parameters: JsonObject = {}, given: Partial<ExecutorContext> = {}) => {
  seen = [];
  return httpRequest.run({ url: `${base}/path`, ...parameters }, contextOf({ callOut: wayOut.share('o'), ...given }));
};

describe('what is sent', () => {
  test.each<[string, JsonObject, object]>([
    ['nothing but the URL', {}, { method: 'GET', url: '/path', body: '' }],
    [
      'a query, encoded',
      { query: { q: 'a&b=c d', n: 5, yes: true, list: ['x', 'y'], none: null } },
      { url: '/path?q=a%26b%3Dc+d&n=5&yes=true&list=x&list=y' },
    ],
    [
      'JSON',
      { method: 'POST', json: { a: [1, null] } },
      { method: 'POST', body: '{"a":[1,null]}', headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' } },
    ],
    [
      'a form',
      { method: 'PUT', form: { a: 'x y&z', n: 1 } },
      { method: 'PUT', body: 'a=x+y%26z&n=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'text of its own type',
      { method: 'PATCH', text: '<a/>', headers: { 'Content-Type': 'application/xml', 'Idempotency-Key': 'mine' } },
      { body: '<a/>', headers: { 'content-type': 'application/xml', 'idempotency-key': 'mine' } },
    ],
    ['a bearer token', { auth: { type: 'bearer', token: 't' } }, { headers: { authorization: 'Bearer t' } }],
    [
      'a user and a password',
      { auth: { type: 'basic', username: 'ü', password: 'p:q' } },
      { headers: { authorization: `Basic ${Buffer.from('ü:p:q').toString('base64')}` } },
    ],
    ['a header of its own', { auth: { type: 'header', name: 'X-API-Key', value: 'k' } }, { headers: { 'x-api-key': 'k' } }],
  ])('%s', async (_, parameters, expected) => {
    json(200, {});
    expect(await run(parameters)).toMatchObject({ status: 'completed' });
    expect(seen).toMatchObject([expected]);
    if (!parameters['method']) expect(seen[0]?.headers['idempotency-key']).toBeUndefined();
  });

  test.each<[string, JsonObject]>([
    ['two bodies', { method: 'POST', json: 1, text: 'x' }],
    ['a body in a GET', { json: 1 }],
    ['a timeout that is too long', { timeout: '6m' }],
    ['a timeout that is none', { timeout: 'soon' }],
    ['bearer without its token', { auth: { type: 'bearer' } }],
    ['basic without its user', { auth: { type: 'basic', password: 'x' } }],
    ['header without its name', { auth: { type: 'header', value: 'x' } }],
    ['another method', { method: 'CONNECT' }],
    ['a URL that is none', { url: 'example' }],
    ['an unknown parameter', { body: 'x' }],
  ])('nothing, for %s', async (_, parameters) => {
    expect(await run(parameters)).toMatchObject({ status: 'failed', error: { code: 'invalid_parameters', retryable: false } });
    expect(seen).toEqual([]);
  });

  test('nothing, for a header that would split the message; the value is not repeated', async () => {
    const outcome = await run({ headers: { 'X-A': 'zq-canary\r\nX-B: c' } });
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'request_refused' } });
    expect(JSON.stringify(outcome)).not.toContain('zq-canary');
    expect(await run({ headers: { Host: 'internal' } })).toMatchObject({ error: { code: 'request_refused' } });
    expect(seen).toEqual([]);
  });
});

describe('what comes back', () => {
  const output = async (parameters: JsonObject = {}, given: Partial<ExecutorContext> = {}) => {
    const outcome = await run(parameters, given);
    expect(outcome.status, JSON.stringify(outcome)).toBe('completed');
    return (outcome as { output: JsonObject }).output;
  };
  const bytes = (type: string, body: Buffer | string, headers = {}) => {
    answer = (_, response) => response.writeHead(200, { 'content-type': type, ...headers }).end(body);
  };

  test('JSON, with headers but no cookies', async () => {
    json(201, { id: 7 }, { 'X-Trace': 'abc', 'Set-Cookie': 'session=zq' });
    expect(await output()).toEqual({
      status: 201,
      headers: expect.objectContaining({ 'content-type': 'application/json', 'x-trace': 'abc' }),
      body: { id: 7 },
      file: null,
      url: `${base}/path`,
      duration_ms: expect.any(Number),
    });
    expect(JSON.stringify(await output())).not.toContain('session');
  });

  test('text, by its charset', async () => {
    bytes('text/plain; charset=iso-8859-1', Buffer.from('Grüße', 'latin1'));
    expect((await output())['body']).toBe('Grüße');
    bytes('text/csv; charset=no-such', 'a;ü');
    expect((await output())['body']).toBe('a;ü');
  });

  test('JSON that is none is text, unless JSON was asked for', async () => {
    bytes('application/json', '<html>');
    expect((await output())['body']).toBe('<html>');
    expect(await run({ response: 'json' })).toMatchObject({ status: 'failed', error: { code: 'response_not_json' } });
    answer = (_, response) => response.writeHead(204).end();
    expect((await output({ response: 'json' }))['body']).toBeNull();
  });

  test.each([
    ['attachment; filename="Report 1.pdf"', 'Report 1.pdf'],
    ["attachment; filename=x.pdf; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf", 'Grüße.pdf'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment; filename="..\\..\\boot.ini"', 'boot.ini'],
    ['attachment; filename=".."', 'path'],
    ["attachment; filename*=UTF-8''%E0%A4%A", 'path'],
    ['', 'path'],
  ])('a file under the name of "%s"', async (disposition, filename) => {
    bytes('application/pdf', '%PDF-1.7', disposition === '' ? {} : { 'content-disposition': disposition });
    const files = filesOf({});
    const { file, body } = await output({}, { files });
    expect([body, file]).toMatchObject([null, { filename, mime_type: 'application/pdf', size_bytes: 8 }]);
    expect((await files.read((file as { document_url: string }).document_url)).toString()).toBe('%PDF-1.7');
  });

  test('a file where one is asked for, whatever its type', async () => {
    bytes('text/plain', 'hello');
    expect(await output({ response: 'file' })).toMatchObject({ body: null, file: { mime_type: 'text/plain', size_bytes: 5 } });
  });

  test('where it came from, after redirects; or the redirect itself', async () => {
    answer = (request, response) =>
      request.url === '/path' ? response.writeHead(302, { location: '/there' }).end() : response.end('arrived');
    expect((await output({ response: 'text' }))['url']).toBe(`${base}/there`);
    expect(await run({ follow_redirects: false })).toMatchObject({
      status: 'failed',
      error: { code: 'http_error', details: { status: 302 } },
    });
    expect(await output({ follow_redirects: false, expected_statuses: [302] })).toMatchObject({ status: 302 });
  });
});

describe('what fails, and whether it is worth another try', () => {
  test.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [409, false],
    [425, true],
    [429, true],
    [500, true],
    [501, true],
    [503, true],
  ])('%i', async (status, retryable) => {
    json(status, { why: 'x'.repeat(5000) }, { 'retry-after': '7' });
    const outcome = await run();
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'http_error', retryable, details: { status } }, retryAfterMs: 7000 });
    expect(JSON.stringify(outcome).length).toBeLessThan(3000);
    json(status, {});
    expect(await run({ expected_statuses: [status] })).toMatchObject({ status: 'completed' });
    expect(await run({ expected_statuses: [`${String(status)[0]}xx`] })).toMatchObject({ status: 'completed' });
  });

  test('no answer in time, no server, too much, and a bomb', async () => {
    answer = () => undefined;
    expect(await run({ timeout: '100ms' })).toMatchObject({ error: { code: 'timeout', retryable: true } });
    expect(await run({ url: 'http://127.0.0.1:1025/' })).toMatchObject({ error: { code: 'connect_failed', retryable: true } });
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
    expect(await run({ max_bytes: 1000 })).toMatchObject({ error: { code: 'response_too_large', retryable: false } });
  });

  test('an address that may not be called', async () => {
    expect(await run({ url: 'http://169.254.169.254/latest/meta-data/' })).toMatchObject({
      error: { code: 'address_refused', retryable: false },
    });
  });

  test('too many calls to one server: it comes back in a while, until it has waited an hour', async () => {
    const narrow = createSafeFetch({ allowPrivateNetworks: ['127.0.0.0/8'], callsPerOrigin: 1 });
    const callOut = narrow.share('o');
    answer = () => undefined;
    const held = run({ timeout: '5s' }, { callOut }).catch(() => undefined);
    await expect.poll(() => seen.length).toBe(1);
    const outcome = await httpRequest.run({ url: base }, contextOf({ callOut }));
    expect(outcome).toMatchObject({ status: 'scheduled' });
    if (outcome.status === 'scheduled') expect(outcome.until.getTime()).toBeGreaterThan(Date.now());
    const firstStartedAt = new Date(Date.now() - 3_700_000);
    expect(await httpRequest.run({ url: base }, contextOf({ callOut, firstStartedAt }))).toMatchObject({
      error: { code: 'endpoint_busy' },
    });
    await narrow.close();
    await held;
  });
});

describe('when a flow is written', () => {
  const faults = (parameters: JsonObject) =>
    checkDefinition(
      {
        name: 'f',
        tasks: [
          { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
          { name: 'call', task_executor_name: 'http_request', parameters },
        ],
      },
      catalogue,
    ).faults.map(({ message }) => message);

  test.each([
    ['ftp://example.com', 'must begin with http:// or https://'],
    ['example.com', 'is not a URL'],
    ['https://user:pass@example.com/', 'no user name and no password'],
    ['http://example.com:22/', 'names port 22'],
    ['http://example.com:6379/', 'names port 6379'],
    ['javascript:alert(1)', 'must begin with'],
  ])('the literal URL %s is a fault', (url, words) => {
    expect(faults({ url })).toEqual([expect.stringContaining(words)]);
  });

  test('what only the run knows is left to the run, and secrets stand where they may', () => {
    expect(faults({ url: '{{receive.metadata.url}}' })).toEqual([]);
    expect(faults({ url: 'https://{{receive.filename}}.example.com/{{secrets.PATH}}' })).toEqual([]);
    const secret = '{{secrets.KEY}}';
    const everywhere = {
      url: 'https://example.com',
      method: 'POST',
      query: { a: secret, b: [secret] },
      headers: { 'X-A': `x ${secret}` },
      auth: { type: 'basic', username: secret, password: secret },
      json: { client_secret: secret },
    };
    expect(faults(everywhere)).toEqual([]);
    expect(faults({ url: 'https://example.com', method: 'POST', form: { a: secret } })).toEqual([]);
    expect(faults({ url: 'https://example.com', method: 'POST', text: secret })).toEqual([]);
    expect(faults({ url: 'https://example.com', method: secret })).not.toEqual([]);
    expect(faults({ url: 'https://example.com', method: 'POST', json: { a: { b: secret } } })).not.toEqual([]);
  });
});
