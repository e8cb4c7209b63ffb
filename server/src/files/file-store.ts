import type { Readable } from 'node:stream';

/** A part of an object, both ends included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Bytes received in full and hashed, visible under no key yet. Exactly one of `commit` and `discard` ends it; neither may be left out. */
export interface StagedFile {
  sizeBytes: number;
  sha256: Buffer;
  /** The first 64 KiB (fewer where the file is smaller): enough to tell what it is. */
  head: Buffer;
  /** Makes the bytes the object of that key, at once and whole. The same bytes again are a repetition without effect. */
  commit(key: string, options: { contentType: string }): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Bytes by key, on disk, S3 or GCS. Knows no tenant: keys come from the `files` table, read under row-level security.
 * An object appears whole or not at all. Every method throws FlowError `service_unavailable` where the store cannot be reached.
 */
export interface FileStore {
  /** The bucket of our gs:// URIs, whatever the store below is. */
  bucket: string;
  /** Throws `payload_too_large` as soon as more than `maxBytes` have come, leaving nothing. The source is then destroyed or drained by its owner. */
  stage(body: Buffer | Readable, options?: { maxBytes?: number }): Promise<StagedFile>;
  /** `stage` and `commit` in one. */
  put(
    key: string,
    body: Buffer | Readable,
    options: { contentType: string; maxBytes?: number },
  ): Promise<{ sizeBytes: number; sha256: Buffer }>;
  /** Throws FlowError not_found where the object is missing, internal_error where its key has a checksum (`checkedKey`) and the bytes are others. */
  read(key: string): Promise<Buffer>;
  /** Throws FlowError not_found where the object is missing, before the first byte. */
  stream(key: string, range?: ByteRange): Promise<Readable>;
  stat(key: string): Promise<{ sizeBytes: number } | undefined>;
  /** A missing object is no error. */
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}
