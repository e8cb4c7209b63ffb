import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { createDocuments, PDF } from './documents.ts';

const run = promisify(execFile);

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

const resolve = (uri: string, client = user) => client.post('/api/files/resolve', { uri });

describe('a gs:// URI', () => {
  test('resolves to a URL that opens it without credentials', async () => {
    const { uri } = await upload();
    const { status, body, headers } = await resolve(uri);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['download_url', 'expires_at', 'expires_in_seconds']);
    expect(body.expires_in_seconds).toBe(3600);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(Buffer.from(await (await fetch(body.download_url)).arrayBuffer()).equals(PDF)).toBe(true);
  });

  test('downloads by redirect, or answers JSON', async () => {
    const { uri } = await upload();
    const redirect = await user.get(`/api/files/download?uri=${encodeURIComponent(uri)}`);
    expect(redirect.status).toBe(302);
    expect(redirect.headers.get('cache-control')).toBe('no-store');
    expect((await fetch(redirect.headers.get('location') ?? '')).status).toBe(200);
    const json = await user.get(`/api/files/download?uri=${uri}&redirect=false`);
    expect([json.status, json.body.expires_in_seconds]).toEqual([200, 3600]);
  });

  test('curl -f -L with the URI as it is, and a key, fetches the file', async () => {
    const { uri } = await upload();
    const key = await platform.as('service_account');
    const path = join(platform.config.dataDir, 'out.pdf');
    await run('curl', ['-f', '-s', '-L', '-H', `X-API-Key: ${key.token}`, `${platform.url}/api/files/download?uri=${uri}`, '-o', path]);
    expect((await readFile(path)).equals(PDF)).toBe(true);
    const bearer = await run('curl', [
      '-f',
      '-s',
      '-L',
      '-H',
      `Authorization: Bearer ${user.token}`,
      `${platform.url}/api/files/download?uri=${uri}`,
      '-o',
      path,
    ]);
    expect(bearer.stderr).toBe('');
  });

  test.each<[string, (uri: string) => string, number, string]>([
    ['another scheme', (uri) => uri.replace('gs:', 's3:'), 400, 'bad_request'],
    ['no path at all', () => 'gs://bucket', 400, 'bad_request'],
    ['an empty path', () => 'gs://bucket/', 400, 'bad_request'],
    ['a step upwards', (uri) => `${uri}/../x`, 400, 'bad_request'],
    ['an encoded step', (uri) => `${uri}/%2e%2e/x`, 400, 'bad_request'],
    ['a doubly encoded step', (uri) => `${uri}/%252e%252e/x`, 400, 'bad_request'],
    ['a backslash', (uri) => `${uri}\\x`, 400, 'bad_request'],
    ['an encoded NUL', (uri) => `${uri}%00`, 400, 'bad_request'],
    ['an empty segment', (uri) => uri.replace('/documents/', '//documents/'), 400, 'bad_request'],
    ['a foreign bucket', (uri) => uri.replace(/^gs:\/\/[^/]+/, 'gs://somebody-elses'), 403, 'forbidden'],
    ['a place outside flows', (uri) => uri.replace('/flows/', '/databases/'), 403, 'forbidden'],
    ['a flow that never was', (uri) => uri.replace(flowId, '00000000-0000-7000-8000-000000000000'), 404, 'not_found'],
    ['a file that never was', (uri) => `${uri.slice(0, -1)}${uri.endsWith('0') ? '1' : '0'}`, 404, 'not_found'],
  ])('with %s is refused', async (_what, change, status, code) => {
    const { uri } = await upload();
    const answers = [
      await resolve(change(uri)),
      await user.get(`/api/files/download?uri=${encodeURIComponent(change(uri))}&redirect=false`),
    ];
    for (const answer of answers) expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  test('the two 404s are told apart, and a URL that was never used is a missing file', async () => {
    const { uri, file_key } = await upload();
    await rm(join(platform.config.dataDir, 'files', file_key));
    const gone = await resolve(uri);
    const noFlow = await resolve(uri.replace(flowId, '00000000-0000-7000-8000-000000000000'));
    expect([gone.status, noFlow.status]).toEqual([404, 404]);
    expect(gone.body.error.message).not.toBe(noFlow.body.error.message);
    const unused = await uploadUrl();
    expect((await resolve(unused.uri)).status).toBe(404);
  });

  test('of another organization, and of a flow that is hidden from the caller, does not exist', async () => {
    const { uri, file_key } = await upload();
    for (const caller of ['org_admin', 'app_user', 'service_account'] as const) {
      const other = await platform.as(caller, platform.b);
      expect((await resolve(uri, other)).status).toBe(404);
      expect((await other.get(`/api/files/download?uri=${uri}`)).status).toBe(404);
      expect((await other.post('/api/flows/download-url', { file_key })).status).toBe(404);
    }
    expect((await resolve(uri, await platform.as('worker'))).status).toBe(404);
    const key = await platform.as('service_account');
    await user.patch(`/api/flows/${flowId}`, { visibility: 'private' });
    expect((await resolve(uri, key)).status).toBe(404);
    expect((await resolve(uri)).status).toBe(200);
    await user.patch(`/api/flows/${flowId}`, { visibility: 'organization' });
  });

  test('of a deleted flow stays readable', async () => {
    const { flowId: flow, upload: uploadHere } = await createDocuments(user, 'Short-lived');
    const { uri, file_key } = await uploadHere();
    await user.delete(`/api/flows/${flow}`);
    expect((await resolve(uri)).status).toBe(200);
    expect((await user.post('/api/flows/download-url', { file_key })).status).toBe(200);
  });

  test('is taken by download-url too; its keys are judged as paths are', async () => {
    const { uri, file_key } = await upload();
    const { status, body } = await user.post('/api/flows/download-url', { file_key: uri });
    expect([status, body.file_key, body.url]).toEqual([200, file_key, body.download_url]);
    for (const bad of ['../x', `${file_key}/../x`, `${file_key}%2f..%2fx`, 'a\\b', '/etc/passwd', '']) {
      expect([bad, (await user.post('/api/flows/download-url', { file_key: bad })).status]).toEqual([bad, 400]);
    }
    expect((await user.post('/api/flows/download-url', { file_key: 'flows/x/y' })).status).toBe(404);
    expect((await user.post('/api/flows/download-url', {})).status).toBe(422);
  });

  test('never reaches the log', async () => {
    const { uri } = await upload();
    await resolve(uri);
    await user.get(`/api/files/download?uri=${uri}`);
    expect(JSON.stringify(platform.logged)).not.toContain(uri);
  });
});
