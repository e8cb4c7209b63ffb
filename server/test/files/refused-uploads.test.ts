import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { createDocuments, MEGABYTE, PDF, put } from './documents.ts';

const run = promisify(execFile);

type Documents = Awaited<ReturnType<typeof createDocuments>>;

let platform: TestPlatform;
let user: TestClient;
let uploadUrl: Documents['uploadUrl'];
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  ({ uploadUrl } = await createDocuments(user));
});
afterAll(() => platform.close());

describe('an upload that must not be kept', () => {
  const stored = async () =>
    (await readdir(join(platform.config.dataDir, 'files'), { recursive: true })).filter((name) => name.endsWith('.part'));

  /** Sends `bytes` zeroes, or until the server answers. */
  const pour = (url: string, bytes: number, headers: Record<string, string>) =>
    new Promise<{ status: number; sent: number }>((done, fail) => {
      let sent = 0;
      let answered = false;
      const sending = httpRequest(url, { method: 'PUT', headers }, (answer) => {
        answered = true;
        answer.resume().on('end', () => done({ status: answer.statusCode ?? 0, sent }));
      });
      sending.on('error', (error) => !answered && fail(error));
      const chunk = Buffer.alloc(MEGABYTE);
      const more = () => {
        while (!answered && sent < bytes) {
          sent += chunk.length;
          if (!sending.write(chunk)) return void sending.once('drain', more);
        }
        sending.end();
      };
      more();
    });

  test('200 MB that say so are refused before they are sent', async () => {
    const { upload_url } = await uploadUrl();
    const { status, sent } = await pour(upload_url, 200 * MEGABYTE, { 'Content-Length': String(200 * MEGABYTE) });
    expect(status).toBe(413);
    expect(sent).toBeLessThan(120 * MEGABYTE);
  });

  test('200 MB that do not say so are cut off after 100, the process lives, nothing is left', async () => {
    const { upload_url, file_key } = await uploadUrl();
    const { status } = await pour(upload_url, 200 * MEGABYTE, { 'Transfer-Encoding': 'chunked' });
    expect(status).toBe(413);
    expect(await stored()).toEqual([]);
    expect((await user.post('/api/flows/download-url', { file_key })).status).toBe(404);
    expect((await put(upload_url, PDF)).status).toBe(200);
  });

  test('curl sees the 413 too', async () => {
    const { upload_url } = await uploadUrl();
    const path = join(platform.config.dataDir, 'large');
    await writeFile(path, Buffer.alloc(101 * MEGABYTE));
    const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-T', path, upload_url]).catch((error) => error);
    expect(stdout).toBe('413');
    await rm(path);
  });

  test('a body that breaks off leaves nothing, and the URL still works', async () => {
    const { upload_url } = await uploadUrl();
    const sending = httpRequest(upload_url, { method: 'PUT', headers: { 'Content-Length': '1000000' } });
    sending.on('error', () => undefined); // that it breaks is the point
    sending.write(Buffer.alloc(1000));
    await expect.poll(stored, { timeout: 5000 }).toHaveLength(1);
    sending.destroy();
    await expect.poll(stored, { timeout: 5000 }).toEqual([]);
    expect((await put(upload_url, PDF)).status).toBe(200);
  });
});
