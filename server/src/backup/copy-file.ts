import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform, type TransformCallback, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const CHUNK_BYTES = 1024 * 1024;

export interface Copied {
  sizeBytes: number;
  sha256: string;
}

/** Passes bytes on and knows their checksum in the end. */
class Meter extends Transform {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.length;
    done(null, chunk);
  }

  result(): Copied {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex') };
  }
}

/** Copies and tells what was written; durable where `isDurable`, else the caller flushes many at once (sync-folder.ts). `as`: gzip compresses, gunzip unpacks; the checksum is always of the smaller side, what lies in the archive. */
export async function copyFile(
  from: string,
  to: string,
  options: { as?: 'gzip' | 'gunzip'; isDurable?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<Copied> {
  const meter = new Meter();
  await mkdir(dirname(to), { recursive: true });
  const draft = `${to}.${process.pid}.draft`;
  const source = createReadStream(from, { highWaterMark: CHUNK_BYTES });
  const sink = createWriteStream(draft, { flush: options.isDurable ?? false, mode: 0o600 });
  const through = options.as === 'gzip' ? [createGzip({ level: 1 }), meter] : options.as === 'gunzip' ? [meter, createGunzip()] : [meter];
  await pipeline([source, ...through, sink], options.signal ? { signal: options.signal } : {});
  await rename(draft, to);
  return meter.result();
}

/** Reads a file to its end for its checksum. */
export async function measureFile(path: string): Promise<Copied> {
  const meter = new Meter();
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), meter, nothing);
  return meter.result();
}

/** Does the work for each, `width` at a time; the first failure ends it once what runs has ended. */
export async function forEachOf<T>(items: Iterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failed = false;
  const lane = async () => {
    for (let next = rest.next(); !next.done && !failed; next = rest.next()) {
      await work(next.value).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, lane));
  const fault = ends.find((end) => end.status === 'rejected');
  if (fault) throw fault.reason;
}
