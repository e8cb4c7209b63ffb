import type { Readable } from 'node:stream';
import type { ByteRange } from './file-store.ts';
import type { LocalBody } from './stage-body.ts';

/**
 * What differs between disk, S3 and GCS. Keys are checked and hold the prefix already. Failures are thrown as the platform below makes them;
 * `isMissing` tells an absent object from a store that is down.
 */
export interface Backend {
  /** Where bodies are received before they become an object. */
  stagingFolder: string;
  /** Makes the local file the object of `key`, whole or not at all. The local file may be moved or left. */
  publish(body: LocalBody, key: string, contentType: string): Promise<void>;
  stream(key: string, range?: ByteRange): Promise<Readable>;
  sizeOf(key: string): Promise<number>;
  delete(key: string): Promise<void>;
  isMissing(error: unknown): boolean;
  close(): Promise<void>;
}
