import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// @ts-expect-error it brings no types
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { flatDefinition } from '../flows/definitions.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let folder: string;
let s3: { run(): Promise<{ port: number }>; close(): Promise<void> };
let platform: TestPlatform;
let user: TestClient;
let flowId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-s3-'));
  s3 = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'documents', configs: [] }],
  });
  const { port } = await s3.run();
  process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';
  platform = await startTestPlatform({ config: { files: `s3://documents/prod?endpoint=http://127.0.0.1:${port}` } });
  user = await platform.as('app_user');
  flowId = (await user.post('/api/flows', { display_name: 'Documents', definition: flatDefinition() })).body.id;
});
afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

const put = async (url: string, bytes: Buffer) => (await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })).status;

test('with FLOW_FILES=s3://... documents lie in the bucket, and all else is the same', async () => {
  const { body: url } = await user.post(`/api/flows/${flowId}/upload-url?content_type=text/plain`);
  expect(url.uri).toBe(`gs://documents/${url.file_key}`);
  expect(await put(url.upload_url, Buffer.alloc(101 * 1024 * 1024))).toBe(413);
  expect(await put(url.upload_url, Buffer.from('hello there'))).toBe(200);
  expect(await put(url.upload_url, Buffer.from('hello there'))).toBe(200);
  expect(await put(url.upload_url, Buffer.from('others'))).toBe(409);
  const objects = await readdir(join(folder, 'documents', 'prod', 'flows', flowId, 'documents'));
  expect(objects.filter((name) => name.endsWith('_object'))).toHaveLength(1);
  const { body } = await user.post('/api/files/resolve', { uri: url.uri });
  expect(await (await fetch(body.download_url)).text()).toBe('hello there');
  expect(await (await fetch(body.download_url, { headers: { Range: 'bytes=-5' } })).text()).toBe('there');
});

test('a store that is down is 503 with when to try again, and the upload can be repeated', async () => {
  const { body: url } = await user.post(`/api/flows/${flowId}/upload-url`);
  const { body: stored } = await user.get(`/api/flows/${flowId}/files`);
  await s3.close();
  const answer = await fetch(url.upload_url, { method: 'PUT', body: 'hello' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  const { status, body } = await user.post('/api/files/resolve', { uri: stored[0].uri });
  expect([status, body.error.code]).toEqual([503, 'service_unavailable']);
  expect((await user.get(`/api/flows/${flowId}/files`)).body).toHaveLength(1);
});
