import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { createDocuments, PDF, put } from './documents.ts';

type Documents = Awaited<ReturnType<typeof createDocuments>>;

let platform: TestPlatform;
let user: TestClient;
let flowId: string;
let uploadUrl: Documents['uploadUrl'];
let upload: Documents['upload'];
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  ({ flowId, uploadUrl, upload } = await createDocuments(user));
});
afterAll(() => platform.close());

describe('an upload URL', () => {
  test('is absolute, names key and gs:// URI, and lasts an hour', async () => {
    const { status, body } = await user.post(`/api/flows/${flowId}/upload-url?content_type=application/pdf`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ method: 'PUT', content_type: 'application/pdf', expires_in_seconds: 3600 });
    expect(body.upload_url.startsWith(`${platform.url}/`)).toBe(true);
    expect(body.file_key).toMatch(new RegExp(`^flows/${flowId}/documents/[0-9a-f-]{36}$`));
    expect(body.uri).toMatch(new RegExp(`^gs://[^/]+/${body.file_key}$`));
    const left = Date.parse(body.expires_at) - Date.now();
    expect(left).toBeGreaterThan(3_590_000);
    expect(left).toBeLessThanOrEqual(3_600_000);
  });

  test.each(['text/css', 'application/x-msdownload', 'image/svg+xml', 'nonsense'])('of type %s is 400', async (type) => {
    const { status, body } = await user.post(`/api/flows/${flowId}/upload-url?content_type=${encodeURIComponent(type)}`);
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
  });

  test('takes other spellings of a type, and its parameters', async () => {
    expect((await uploadUrl('?content_type=image/jpg')).content_type).toBe('image/jpeg');
    expect((await uploadUrl(`?content_type=${encodeURIComponent('Text/CSV; charset=utf-8')}`)).content_type).toBe('text/csv');
  });

  test('is 404 for another organization’s flow, 403 for a worker', async () => {
    const other = await platform.as('org_admin', platform.b);
    expect((await other.post(`/api/flows/${flowId}/upload-url`)).status).toBe(404);
    expect((await (await platform.as('worker')).post(`/api/flows/${flowId}/upload-url`)).status).toBe(403);
    expect((await (await platform.as('publisher')).post(`/api/flows/${flowId}/upload-url`)).status).toBe(404);
  });
});

describe('a signed PUT', () => {
  test('stores the bytes with their checksum, and is usable at once', async () => {
    const { file_key, file } = await upload();
    expect(file).toMatchObject({ file_key, size: PDF.length, content_type: 'application/pdf' });
    const [row] = await platform.engineDb.query<{ sha256: Buffer }>('file-row', 'select sha256 from files where file_key = $1', [file_key]);
    expect(row?.sha256.equals(createHash('sha256').update(PDF).digest())).toBe(true);
    const { body } = await user.post('/api/flows/download-url', { file_key });
    expect(Buffer.from(await (await fetch(body.download_url)).arrayBuffer()).equals(PDF)).toBe(true);
  });

  test('of the same bytes again is 200, of others 409, and the first stay', async () => {
    const { upload_url, file_key } = await upload();
    expect((await put(upload_url, PDF)).status).toBe(200);
    const { status, body } = await put(upload_url, 'other bytes');
    expect([status, body.error.code]).toEqual([409, 'conflict']);
    const { body: url } = await user.post('/api/flows/download-url', { file_key });
    expect(Buffer.from(await (await fetch(url.url)).arrayBuffer()).equals(PDF)).toBe(true);
  });

  test('of different bytes at once lets exactly one win, and its bytes are what is read', async () => {
    const { upload_url, file_key } = await uploadUrl();
    const bodies = Array.from({ length: 5 }, (_, i) => Buffer.from(`body ${i}`));
    const answers = await Promise.all(bodies.map((bytes) => put(upload_url, bytes)));
    const won = answers.flatMap((answer, i) => (answer.status === 200 ? [i] : []));
    expect(won).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(4);
    const { body } = await user.post('/api/flows/download-url', { file_key });
    expect(await (await fetch(body.url)).text()).toBe(`body ${won[0]}`);
  });

  test('needs no credentials and minds none', async () => {
    const { upload_url } = await uploadUrl();
    expect((await put(upload_url, PDF, { Authorization: 'Bearer nonsense', 'X-API-Key': 'nonsense' })).status).toBe(200);
  });

  test('takes JSON, forms and text as bytes like any others', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      const record = '{"file_key": "../../etc/passwd", "files": {"a": {"filepath": "/etc/passwd"}}}';
      const { file, file_key } = await upload(record, '?content_type=application/pdf', { 'Content-Type': type });
      expect(file).toMatchObject({ size: record.length, content_type: 'application/pdf', file_key });
      const { body } = await user.post('/api/flows/download-url', { file_key });
      expect(await (await fetch(body.url)).text()).toBe(record);
    }
  });

  test.each<[string, Buffer | string, Record<string, string>, string]>([
    ['its bytes', PDF, {}, 'application/pdf'],
    ['its bytes, since octet-stream says nothing', PDF, { 'Content-Type': 'application/octet-stream' }, 'application/pdf'],
    ['the request', 'a,b', { 'Content-Type': 'text/csv; charset=utf-8' }, 'text/csv'],
    ['its name', 'a,b', { 'Content-Disposition': 'attachment; filename="rows.csv"' }, 'text/csv'],
    ['nothing', Buffer.from([0, 1, 2]), {}, 'application/octet-stream'],
  ])('without a type is known by %s', async (_by, bytes, headers, expected) => {
    expect((await upload(bytes, '', headers)).file.content_type).toBe(expected);
  });

  test.each<[string, Record<string, string>, string | null, Record<string, string>]>([
    ['?filename=..%2F..%2Finvoice%200.pdf', {}, 'invoice 0.pdf', {}],
    ['', { 'Content-Disposition': 'attachment; filename="a \\"b\\".pdf"' }, 'a "b".pdf', {}],
    ['', { 'Content-Disposition': "attachment; filename=x.pdf; filename*=UTF-8''R%C3%A9sum%C3%A9.pdf" }, 'Résumé.pdf', {}],
    ['', { 'Content-Disposition': 'attachment; filename="C:\\\\temp\\\\x.pdf"' }, 'x.pdf', {}],
    ['', { 'x-goog-meta-filename': 'y.pdf', 'x-goog-meta-customer': 'acme' }, 'y.pdf', { filename: 'y.pdf', customer: 'acme' }],
    ['', {}, null, {}],
  ])('with %s %j is named %j', async (query, headers, filename, metadata) => {
    const { file } = await upload(PDF, query, headers);
    expect(file).toMatchObject({ filename, metadata });
  });

  test('of an empty file works', async () => {
    const { file_key, file } = await upload('', '?content_type=text/plain');
    expect(file.size).toBe(0);
    const { body } = await user.post('/api/flows/download-url', { file_key });
    const answer = await fetch(body.url);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});
