import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRequestId, newId } from '#base';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ACCOUNTS = '/api/service-accounts';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let platform: TestPlatform;
let admin: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  admin = await platform.as('org_admin');
});
afterAll(() => platform.close());

describe('the envelope', () => {
  test('carries message, code and the request id of the header', async () => {
    const answer = await admin.get(`${ACCOUNTS}/${newId()}`);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      error: { message: expect.stringContaining('not found'), code: 'not_found' },
      request_id: answer.headers.get('x-request-id'),
    });
    expect(isRequestId(answer.body.request_id)).toBe(true);
  });

  test('every answer has a request id; a caller may give one if it is a ULID', async () => {
    const given = '01K8KABR6S16YETA2SZPVBS9SP';
    expect((await admin.get(ACCOUNTS, { 'X-Request-ID': given })).headers.get('x-request-id')).toBe(given);
    for (const bad of ['abc', given.toLowerCase(), `${given}0`, '81K8KABR6S16YETA2SZPVBS9SP']) {
      const id = (await admin.get(ACCOUNTS, { 'X-Request-ID': bad })).headers.get('x-request-id');
      expect(id).not.toBe(bad);
      expect(isRequestId(id ?? '')).toBe(true);
    }
  });

  test('an unknown path is 404, another method 405 with Allow', async () => {
    expect(await admin.get('/api/nothing/here')).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
    const wrong = await admin.put(ACCOUNTS, {});
    expect(wrong).toMatchObject({ status: 405, body: { error: { code: 'method_not_allowed' } } });
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, POST');
  });

  test('a trailing slash is the same path, without a redirect', async () => {
    expect((await admin.get(`${ACCOUNTS}/`)).status).toBe(200);
  });

  test('HEAD answers as GET without a body', async () => {
    const response = await admin.fetch(ACCOUNTS, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});

describe('a validation error', () => {
  test('C2: has the form of the envelope and of FastAPI at once', async () => {
    const answer = await admin.post(ACCOUNTS, { name: 5, description: 7 });
    expect(answer.status).toBe(422);
    expect(answer.body.error).toMatchObject({ message: 'Request validation failed', code: 'validation_error' });
    expect(answer.body.detail).toEqual(answer.body.error.details);
    expect(answer.body.detail).toEqual([
      { type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 5 },
      { type: 'string_type', loc: ['body', 'description'], msg: 'Input should be a valid string', input: 7 },
    ]);
  });

  test('a malformed id in the path is uuid_parsing; upper case and bare hex are ids', async () => {
    const bad = await admin.get(`${ACCOUNTS}/not-a-uuid`);
    expect(bad.body.detail).toEqual([
      { type: 'uuid_parsing', loc: ['path', 'service_account_id'], msg: 'Input should be a valid UUID', input: 'not-a-uuid' },
    ]);
    const { id } = (await admin.post(ACCOUNTS, { name: 'named in three ways' })).body;
    for (const form of [id, id.toUpperCase(), id.replaceAll('-', '')]) expect((await admin.get(`${ACCOUNTS}/${form}`)).body.id).toBe(id);
  });

  test('a missing body, a missing field and a query out of range say so', async () => {
    expect((await admin.post(ACCOUNTS)).body.detail).toMatchObject([{ type: 'missing', loc: ['body'] }]);
    expect((await admin.post(ACCOUNTS, {})).body.detail).toMatchObject([{ type: 'missing', loc: ['body', 'name'] }]);
    expect((await admin.get(`${ACCOUNTS}?limit=1001`)).body.detail).toMatchObject([
      { type: 'less_than_equal', loc: ['query', 'limit'], input: 1001 },
    ]);
    expect((await admin.get(`${ACCOUNTS}?limit=ten`)).body.detail).toMatchObject([
      { type: 'int_parsing', loc: ['query', 'limit'], input: 'ten' },
    ]);
    expect((await admin.get(`${ACCOUNTS}?limit=&offset=`)).status).toBe(200);
  });

  test('credentials and rights come before the schema', async () => {
    expect((await (await platform.as('anonymous')).post(ACCOUNTS, { name: 5 })).status).toBe(401);
    expect((await (await platform.as('worker')).post(ACCOUNTS, { name: 5 })).status).toBe(403);
  });
});

describe('a body', () => {
  test.each(['{', '{"name": "x",}', "{'name': 'x'}", 'name=x'])('C3: that is not JSON (%s) is a bad request', async (text) => {
    expect(await admin.post(ACCOUNTS, text, JSON_TYPE)).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } });
  });

  test('of another type is 415', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/yaml',
    ]) {
      const answer = await admin.post(ACCOUNTS, 'name: x', { 'Content-Type': type });
      expect([type, answer.status, answer.body.error.code]).toEqual([type, 415, 'unsupported_media_type']);
    }
  });

  test('may name a charset and a JSON dialect', async () => {
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/problem+json']) {
      expect((await admin.post(ACCOUNTS, '{"name": "x"}', { 'Content-Type': type })).status).toBe(201);
    }
  });

  test('with a content type made to confuse is refused, or read as what it says', async () => {
    const types = [
      'application/json\ta',
      'application/json a',
      'application/jsonx',
      'application/json,text/plain',
      'text/plain; application/json',
      '*/*',
      'json',
    ];
    for (const type of types) {
      const { status } = await admin.post(ACCOUNTS, '{"name": 5}', { 'Content-Type': type });
      expect([type, [400, 415, 422].includes(status)]).toEqual([type, true]);
    }
    expect((await admin.post(ACCOUNTS, '{"name": "first", "name": "last"}', JSON_TYPE)).body.name).toBe('last');
  });

  test('of an operation that reads JSON and YAML is missing, or of a dialect that nothing checks', async () => {
    expect((await admin.post('/api/flows')).body.detail).toMatchObject([{ type: 'missing', loc: ['body'] }]);
    expect((await admin.post('/api/flows', '{"display_name": 5}', { 'Content-Type': 'application/problem+json' })).status).toBe(415);
    expect((await admin.post('/api/flows', '{"display_name": 5}', { 'Content-Type': 'Application/JSON; charset=utf-8' })).status).toBe(422);
  });

  test('over the limit is 413', async () => {
    const answer = await admin.post(ACCOUNTS, `{"name": "${'x'.repeat(11 * 1024 * 1024)}"}`, JSON_TYPE);
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'payload_too_large' } } });
  });

  test('G7: nested too deep, with __proto__, NUL or half a character is refused with its place', async () => {
    expect((await admin.post(ACCOUNTS, `{"name": "x", "y": ${'['.repeat(100)}${']'.repeat(100)}}`, JSON_TYPE)).status).toBe(400);
    expect((await admin.post(ACCOUNTS, '{"name": "x", "__proto__": {"role": "org_admin"}}', JSON_TYPE)).status).toBe(400);
    expect((await admin.post(ACCOUNTS, '{"name": "a\\u0000b"}', JSON_TYPE)).body.detail).toMatchObject([{ loc: ['body', 'name'] }]);
    expect((await admin.post(ACCOUNTS, '{"name": "\\ud800"}', JSON_TYPE)).body.detail).toMatchObject([{ loc: ['body', 'name'] }]);
  });

  test('with unknown fields is accepted, and they do nothing', async () => {
    const answer = await admin.post(ACCOUNTS, { name: 'x', version: 1, id: newId(), organization_id: platform.b.id, status: 'inactive' });
    expect(answer).toMatchObject({ status: 201, body: { status: 'active', organization_id: platform.a.id } });
  });

  test('of a DELETE is read', async () => {
    const { id } = (await admin.post(ACCOUNTS, { name: 'to be deleted' })).body;
    expect((await admin.delete(`${ACCOUNTS}/${id}`, '{', JSON_TYPE)).status).toBe(400);
    expect((await admin.delete(`${ACCOUNTS}/${id}`, { user_ids: [] })).status).toBe(204);
  });
});

describe('requests that are hardly HTTP', () => {
  function sendRaw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(platform.url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.setTimeout(5_000, () => socket.destroy());
    });
  }

  test.each([
    ['no HTTP at all', 'HELLO\r\n\r\n'],
    ['both lengths', 'POST /api/service-accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'POST /api/service-accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['a bare line feed', 'GET /health/live HTTP/1.1\nHost: x\nX: y\n\n'],
  ])('%s is 400 in the envelope, and the connection ends', async (_name, text) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"bad_request"');
  });

  test('a path that cannot be decoded is 400 in the envelope', async () => {
    const answer = await sendRaw('GET /api/service-accounts/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toContain('"request_id"');
  });

  test('a method that a header overrides stays what it is', async () => {
    const { id } = (await admin.post(ACCOUNTS, { name: 'kept' })).body;
    await admin.send('POST', `${ACCOUNTS}/${id}/activate`, undefined, { 'X-HTTP-Method-Override': 'DELETE' });
    expect((await admin.get(`${ACCOUNTS}/${id}`)).status).toBe(200);
  });

  test('headers too large are refused', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(`${platform.url}/health/live`, { headers: { 'X-Long': 'x'.repeat(40_000) } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end();
    });
    expect(status).toBe(400);
  });
});
