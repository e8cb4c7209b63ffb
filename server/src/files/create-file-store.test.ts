import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
// @ts-expect-error it brings no types
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileStore } from './create-file-store.ts';
import type { FileStore } from './file-store.ts';
import { sweepStagingFolder } from './staging-folder.ts';

const log = pino({ level: 'silent' });
const text = { contentType: 'text/plain' };
const key = (name: string) => `flows/0190b8f2-7c1a-7000-8000-000000000001/documents/${name}`;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

let folder: string;
let s3: { run(): Promise<{ port: number }>; close(): Promise<void> };
let s3Url: string;
const stores = new Map<string, FileStore>();
const store = (kind: string) => stores.get(kind) as FileStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-store-'));
  s3 = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: 'documents', configs: [] }],
  });
  s3Url = `http://127.0.0.1:${(await s3.run()).port}`;
  stores.set('disk', await createFileStore(pathToFileURL(join(folder, 'disk')).href, { log }));
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  stores.set('s3', await createFileStore(`s3://documents/prod/eu?endpoint=${s3Url}`, { log, credentials }));
});

afterAll(async () => {
  for (const one of stores.values()) await one.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(['disk', 's3'])('%s', (kind) => {
  test('what is put is read back, whole, streamed and by range', async () => {
    const bytes = randomBytes(300_000);
    const put = await store(kind).put(key('a'), Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]), text);
    expect(put).toEqual({ sizeBytes: bytes.length, sha256: sha256(bytes) });
    expect((await store(kind).read(key('a'))).equals(bytes)).toBe(true);
    expect(await store(kind).stat(key('a'))).toEqual({ sizeBytes: bytes.length });
    const part = await buffer(await store(kind).stream(key('a'), { start: 10, end: 19 }));
    expect(part.equals(bytes.subarray(10, 20))).toBe(true);
  });

  test('a file over the size that the SDK repeats, and an empty one', async () => {
    const large = randomBytes(9 * 1024 * 1024);
    await store(kind).put(key('large'), large, text);
    expect(sha256(await store(kind).read(key('large'))).equals(sha256(large))).toBe(true);
    await store(kind).put(key('empty'), Buffer.alloc(0), text);
    expect(await store(kind).read(key('empty'))).toHaveLength(0);
  });

  test('a body over the limit is refused at its first byte too many, and leaves nothing', async () => {
    let taken = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          taken += 1000;
          yield Buffer.alloc(1000);
        }
      })(),
    );
    const put = store(kind).put(key('endless'), endless, { ...text, maxBytes: 10_000 });
    await expect(put).rejects.toMatchObject({ code: 'payload_too_large' });
    expect(taken).toBeLessThan(50_000);
    expect(await store(kind).stat(key('endless'))).toBeUndefined();
    endless.destroy();
  });

  test('a source that breaks leaves nothing and keeps its own error', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('connection lost');
      })(),
    );
    await expect(store(kind).put(key('broken'), broken, text)).rejects.toThrow('connection lost');
    expect(await store(kind).stat(key('broken'))).toBeUndefined();
  });

  test('staged bytes are nobody’s until they are committed', async () => {
    const kept = await store(kind).stage(Buffer.from('kept'));
    const dropped = await store(kind).stage(Buffer.from('dropped'));
    expect(kept).toMatchObject({ sizeBytes: 4, head: Buffer.from('kept') });
    expect(await store(kind).stat(key('staged'))).toBeUndefined();
    await kept.commit(key('staged'), text);
    await dropped.discard();
    expect((await store(kind).read(key('staged'))).toString()).toBe('kept');
  });

  test('a missing object is not_found, also as a stream; deleting it is no error', async () => {
    await expect(store(kind).read(key('none'))).rejects.toMatchObject({ code: 'not_found' });
    await expect(store(kind).stream(key('none'))).rejects.toMatchObject({ code: 'not_found' });
    await store(kind).delete(key('none'));
    await store(kind).put(key('gone'), Buffer.from('x'), text);
    await store(kind).delete(key('gone'));
    expect(await store(kind).stat(key('gone'))).toBeUndefined();
  });

  test.each(['../escape', 'a/../../b', '/etc/passwd', 'a//b', 'a\\b', 'a\0b', '.incoming/x', '', 'a/'])(
    'the key %j is refused',
    async (bad) => {
      await expect(store(kind).put(bad, Buffer.from('x'), text)).rejects.toMatchObject({ code: 'bad_request' });
      await expect(async () => store(kind).read(bad)).rejects.toMatchObject({ code: 'bad_request' });
    },
  );
});

test('after all of that no part of a body lies around', async () => {
  expect(await readdir(join(folder, 'disk', '.incoming'))).toEqual([]);
});

test('what a killed process left is removed a day later, what is under way is not', async () => {
  const [old, young] = ['old.part', 'young.part'].map((name) => join(folder, 'disk', '.incoming', name)) as [string, string];
  await writeFile(old, 'x');
  await writeFile(young, 'x');
  const yesterday = Date.now() / 1000 - 25 * 3600;
  await utimes(old, yesterday, yesterday);
  await sweepStagingFolder(join(folder, 'disk', '.incoming'));
  expect(await readdir(join(folder, 'disk', '.incoming'))).toEqual(['young.part']);
  await sweepStagingFolder(join(folder, 'nowhere'));
});

test('a store that is down says so, with when to try again', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as { port: number };
  await new Promise((resolve) => closed.close(resolve));
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const down = await createFileStore(`s3://documents?endpoint=http://127.0.0.1:${port}`, { log, credentials });
  await expect(down.read(key('a'))).rejects.toMatchObject({ code: 'service_unavailable', headers: { 'Retry-After': '5' } });
  await expect(down.put(key('a'), Buffer.from('x'), text)).rejects.toMatchObject({ code: 'service_unavailable' });
  await down.close();
});

test('a bucket that does not exist is a store that is down, not a missing file', async () => {
  const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  const wrong = await createFileStore(`s3://nothing-here?endpoint=${s3Url}`, { log, credentials });
  await expect(wrong.read(key('a'))).rejects.toMatchObject({ code: 'service_unavailable' });
  await wrong.close();
});

test('a location of another kind is refused at the start', async () => {
  await expect(createFileStore('ftp://host/x', { log })).rejects.toThrow(/FLOW_FILES/);
});
