import type { Readable } from 'node:stream';

/** Bytes by key, on disk, S3 or GCS. Knows no tenant: keys come from the `files` table, read under row-level security. */
export interface FileStore {
  /** The bucket of our gs:// URIs, whatever the store below is. */
  bucket: string;
  put(
    key: string,
    body: Buffer | Readable,
    options: { contentType: string; maxBytes?: number },
  ): Promise<{ sizeBytes: number; sha256: Buffer }>;
  /** Throws FlowError not_found where the object is missing. */
  read(key: string): Promise<Buffer>;
  stream(key: string, range?: { start: number; end: number }): Promise<Readable>;
  stat(key: string): Promise<{ sizeBytes: number } | undefined>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}
