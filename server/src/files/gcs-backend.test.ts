import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { CRC32C } from '@google-cloud/storage';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFileStore } from './create-file-store.ts';
import type { FileStore } from './file-store.ts';

// As much of the JSON API of Google Cloud Storage as the client calls: upload (multipart), metadata, media, delete.
const objects = new Map<string, { bytes: Buffer; contentType: string }>();
const uploads: string[] = [];

const metadataOf = (name: string) => {
  const object = objects.get(name);
  if (!object) return undefined;
  const checksum = new CRC32C();
  checksum.update(object.bytes);
  return {
    kind: 'storage#object',
    name,
    bucket: 'documents',
    size: String(object.bytes.length),
    contentType: object.contentType,
    crc32c: checksum.toString(),
    etag: '1',
    updated: new Date(0).toISOString(),
  };
};

async function receive(request: IncomingMessage, name: string) {
  const body = await buffer(request);
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(request.headers['content-type'] ?? '');
  const [, , media] = splitParts(body, `--${boundary?.[1] ?? boundary?.[2]}`);
  const at = media?.indexOf('\r\n\r\n') ?? 0;
  const contentType = /content-type: *([^\r\n]+)/i.exec(media?.subarray(0, at).toString() ?? '')?.[1] ?? '';
  objects.set(name, { bytes: (media ?? Buffer.alloc(0)).subarray(at + 4, -2), contentType });
  uploads.push(name);
}

function splitParts(body: Buffer, mark: string): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start <= body.length; ) {
    const found = body.indexOf(mark, start);
    const end = found === -1 ? body.length : found;
    parts.push(body.subarray(start, end));
    start = end + mark.length;
  }
  return parts;
}

function sendMedia(request: IncomingMessage, response: ServerResponse, bytes: Buffer) {
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '');
  const end = range?.[2] ? Number(range[2]) + 1 : bytes.length;
  response
    .writeHead(range ? 206 : 200, { 'Content-Type': 'application/octet-stream' })
    .end(range ? bytes.subarray(Number(range[1]), end) : bytes);
}

async function answer(request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '', 'http://localhost');
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  if (url.pathname.startsWith('/upload/')) {
    const name = url.searchParams.get('name') ?? '';
    await receive(request, name);
    return json(200, metadataOf(name));
  }
  const name = decodeURIComponent(url.pathname.split('/o/')[1] ?? '');
  const metadata = metadataOf(name);
  if (!metadata) return json(404, { error: { code: 404, message: `No such object: documents/${name}` } });
  if (request.method === 'DELETE') {
    objects.delete(name);
    return response.writeHead(204).end();
  }
  return url.searchParams.get('alt') === 'media' ? sendMedia(request, response, objects.get(name)?.bytes as Buffer) : json(200, metadata);
}

let server: Server;
let store: FileStore;
beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  store = await createFileStore(`gs://documents/prod?endpoint=http://127.0.0.1:${port}`, { log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  await store.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

test('what is put is read back, whole and by range, under the prefix and the type that was said', async () => {
  const bytes = randomBytes(300_000);
  const put = await store.put('flows/a/documents/b', bytes, { contentType: 'application/pdf' });
  expect(put.sha256.equals(createHash('sha256').update(bytes).digest())).toBe(true);
  expect(uploads).toEqual(['prod/flows/a/documents/b']);
  expect(objects.get('prod/flows/a/documents/b')?.contentType).toBe('application/pdf');
  expect((await store.read('flows/a/documents/b')).equals(bytes)).toBe(true);
  const part = await buffer(await store.stream('flows/a/documents/b', { start: 10, end: 19 }));
  expect(part.equals(bytes.subarray(10, 20))).toBe(true);
  expect(await store.stat('flows/a/documents/b')).toEqual({ sizeBytes: 300_000 });
});

test('a missing object is not_found, also as a stream; deleting is repeatable', async () => {
  await store.put('gone', Buffer.from('x'), { contentType: 'text/plain' });
  await store.delete('gone');
  await store.delete('gone');
  expect(await store.stat('gone')).toBeUndefined();
  await expect(store.read('gone')).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.stream('gone')).rejects.toMatchObject({ code: 'not_found' });
});
