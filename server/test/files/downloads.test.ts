import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { createDocuments, MEGABYTE, PDF, put } from './documents.ts';

type Documents = Awaited<ReturnType<typeof createDocuments>>;

let platform: TestPlatform;
let user: TestClient;
let upload: Documents['upload'];
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  ({ upload } = await createDocuments(user));
});
afterAll(() => platform.close());

describe('a signed URL opens one thing only', () => {
  test('any changed part is 403, and so is the other method', async () => {
    const { upload_url, file_key } = await upload();
    const { body } = await user.post('/api/flows/download-url', { file_key });
    const get = async (url: URL) => (await fetch(url)).status;
    const changed = (url: string, change: (copy: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return copy;
    };
    for (const name of new URL(body.url).searchParams.keys()) {
      const value = new URL(body.url).searchParams.get(name) ?? '';
      const flipped = `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
      expect([name, await get(changed(body.url, (copy) => copy.searchParams.set(name, flipped)))]).toEqual([name, 403]);
      expect([name, await get(changed(body.url, (copy) => copy.searchParams.delete(name)))]).toEqual([name, 403]);
      expect([name, await get(changed(body.url, (copy) => copy.searchParams.append(name, value)))]).toEqual([name, 403]);
    }
    const other = await upload();
    const moved = changed(body.url, (copy) => {
      copy.pathname = copy.pathname.replace(file_key, other.file_key);
    });
    expect(await get(moved)).toBe(403);
    expect(await get(new URL(upload_url))).toBe(403);
    expect((await put(body.url, PDF)).status).toBe(403);
    expect((await fetch(body.url, { method: 'POST' })).status).toBe(405);
    expect(await get(new URL(body.url))).toBe(200);
  });
});

describe('a download', () => {
  const download = async (init: RequestInit = {}) => {
    const { file_key } = await upload(PDF, '?content_type=application/pdf&filename=R%C3%A9sum%C3%A9%20"1".pdf');
    const { body } = await user.post('/api/flows/download-url', { file_key });
    return fetch(body.download_url, init);
  };

  test('is saved, not shown: its headers leave a browser nothing to run', async () => {
    const answer = await download();
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(PDF.length),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'accept-ranges': 'bytes',
    });
    expect(headers['content-security-policy']).toMatch(/sandbox/);
    expect(headers['content-disposition']).toBe(
      `attachment; filename="R_sum_ \\"1\\".pdf"; filename*=UTF-8''R%C3%A9sum%C3%A9%20%221%22.pdf`,
    );
    await answer.body?.cancel();
  });

  test('minds no credentials', async () => {
    expect((await download({ headers: { Authorization: 'Bearer nonsense', 'X-API-Key': 'nonsense' } })).status).toBe(200);
  });

  test('of HEAD has the headers and no body', async () => {
    const answer = await download({ method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, String(PDF.length), '']);
  });

  test.each<[string, number, [number, number] | undefined]>([
    ['bytes=0-9', 206, [0, 10]],
    ['bytes=100-', 206, [100, PDF.length]],
    ['bytes=-5', 206, [PDF.length - 5, PDF.length]],
    [`bytes=10-${PDF.length + 500}`, 206, [10, PDF.length]],
    ['bytes=9-3', 200, [0, PDF.length]],
    ['bytes=0-1,3-4', 200, [0, PDF.length]],
    ['lines=0-1', 200, [0, PDF.length]],
    [`bytes=${PDF.length}-`, 416, undefined],
    ['bytes=-0', 416, undefined],
  ])('with Range %s is %i', async (range, status, part) => {
    const answer = await download({ headers: { Range: range } });
    expect(answer.status).toBe(status);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (part) expect(bytes.equals(PDF.subarray(...part))).toBe(true);
    if (status === 206) expect(answer.headers.get('content-range')).toBe(`bytes ${part?.[0]}-${Number(part?.[1]) - 1}/${PDF.length}`);
    if (status === 416) expect(answer.headers.get('content-range')).toBe(`bytes */${PDF.length}`);
  });

  test.each<[string, number]>([
    ['is an error', 5000],
    ['breaks off before its end', 5 * MEGABYTE],
  ])('of bytes that were damaged in the store %s', async (_how, size) => {
    const bytes = randomBytes(size);
    const { file_key } = await upload(bytes);
    const path = join(platform.config.dataDir, 'files', file_key);
    bytes[size - 1] = (bytes[size - 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const { body } = await user.post('/api/flows/download-url', { file_key });
    const answer = await fetch(body.url);
    if (size < MEGABYTE)
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([500, 'internal_error']);
    else await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

describe('GET /flows/{id}/files', () => {
  test('lists what has arrived, newest first, of one flow', async () => {
    const { flowId: flow } = await createDocuments(user, 'Listed');
    const names = ['first.pdf', 'second.pdf', 'third.pdf'];
    const urls = [];
    for (const name of names) urls.push((await user.post(`/api/flows/${flow}/upload-url?filename=${name}`)).body);
    await put(urls[2].upload_url, PDF);
    await put(urls[0].upload_url, PDF);
    const { body, headers } = await user.get(`/api/flows/${flow}/files`);
    expect(body.map((file: { filename: string }) => file.filename)).toEqual(['third.pdf', 'first.pdf']);
    expect(headers.get('x-total-count')).toBe('2');
    expect(body[0]).toMatchObject({
      file_key: urls[2].file_key,
      uri: urls[2].uri,
      size: PDF.length,
      content_type: 'application/pdf',
      metadata: {},
    });
    const page = await user.get(`/api/flows/${flow}/files?limit=1&starting_after=${body[0].id}`);
    expect(page.body.map((file: { filename: string }) => file.filename)).toEqual(['first.pdf']);
    // what a task wrote has an id that says nothing of its time
    await platform.engineDb.query(
      'task-file',
      `insert into files (organization_id, id, flow_id, file_key, filename, modified_by, uploaded_at, size_bytes)
       select organization_id, '00000000-0000-8000-8000-000000000001', id, 'flows/' || id || '/documents/t', 'by-a-task.pdf', 'system', now(), 1 from flows where id = $1`,
      [flow],
    );
    const again = (await user.get(`/api/flows/${flow}/files`)).body.map((file: { filename: string }) => file.filename);
    expect(again).toEqual(['by-a-task.pdf', 'third.pdf', 'first.pdf']);
    const other = await platform.as('org_admin', platform.b);
    expect((await other.get(`/api/flows/${flow}/files`)).status).toBe(404);
  });
});
