import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { payloadTooLarge } from '#base';

/** Enough to tell a Word file from a plain ZIP: its directory of parts begins near the front. */
export const HEAD_BYTES = 64 * 1024;

/** A body on this machine's disk: complete, synced, hashed. */
export interface LocalBody {
  path: string;
  sizeBytes: number;
  sha256: Buffer;
  head: Buffer;
}

async function* limited(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    if (seen > maxBytes) throw payloadTooLarge(`The file is larger than ${maxBytes} bytes`);
    yield chunk;
  }
}

/**
 * Writes a body to a fresh file of `folder` while hashing it, so that memory holds one chunk however large it is. Throws `payload_too_large`
 * at the first byte past `maxBytes`. After any failure the file is gone.
 */
export async function stageBody(folder: string, body: Buffer | Readable, maxBytes = Number.POSITIVE_INFINITY): Promise<LocalBody> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}.part`);
  const file = await open(path, 'wx', 0o600);
  try {
    const source = Buffer.isBuffer(body) ? Readable.from([body], { objectMode: false }) : body;
    const written = await copyInto(file, limited(source.iterator({ destroyOnReturn: false }), maxBytes));
    await file.datasync(); // a key that a row names must still have its bytes after a power cut
    await file.close();
    return { path, ...written };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

async function copyInto(file: FileHandle, chunks: AsyncIterable<Buffer>) {
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let headBytes = 0;
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    if (headBytes < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - headBytes)));
    headBytes += chunk.length;
    await writeAll(file, chunk);
  }
  return { sizeBytes, sha256: hash.digest(), head: Buffer.concat(head) };
}

/** One write of the operating system may take less than it was given. */
async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let rest = chunk; rest.length > 0; ) {
    const { bytesWritten } = await file.write(rest);
    rest = rest.subarray(bytesWritten);
  }
}
