import { rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { FlowError, type Log, notFound, serviceUnavailable } from '#base';
import type { Backend } from './backend.ts';
import { checkBytes } from './checked-key.ts';
import { createDiskBackend } from './disk-backend.ts';
import type { FileStore, StagedFile } from './file-store.ts';
import { checkObjectKey } from './object-key.ts';
import { stageBody } from './stage-body.ts';
import { sweepStagingFolder } from './staging-folder.ts';

const DISK_BUCKET = 'flow-files'; // the bucket in gs:// URIs of a store that has none
const RETRY_AFTER_SECONDS = 5;

interface FileStoreOptions {
  log: Log;
  /** Told of each call that failed for the store's own reasons: which it was, in a word of ours. */
  onError?: (operation: string) => void;
  /** For S3; absent: the usual places of the AWS SDK. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/**
 * Opens the store that FLOW_FILES names. No other machine is contacted before the first use.
 *
 * - `file:///folder`: a folder of this machine (`?bucket=` names the bucket of its URIs).
 * - `s3://bucket/prefix?endpoint=https://...&region=...&path_style=true`: S3 or a compatible store; credentials as the AWS SDK finds them.
 * - `gs://bucket/prefix?endpoint=...`: Google Cloud Storage, application default credentials.
 */
export async function createFileStore(location: string, options: FileStoreOptions): Promise<FileStore> {
  const url = new URL(location);
  const prefix = url.protocol === 'file:' ? '' : url.pathname.replace(/^\/+|\/+$/g, '');
  const bucket = url.protocol === 'file:' ? (url.searchParams.get('bucket') ?? DISK_BUCKET) : url.hostname;
  const backend = await openBackend(url, bucket, options);
  void sweepStagingFolder(backend.stagingFolder);
  return new BackedFileStore(backend, bucket, prefix === '' ? '' : `${checkObjectKey(prefix)}/`, options);
}

async function openBackend(url: URL, bucket: string, options: FileStoreOptions): Promise<Backend> {
  const endpoint = url.searchParams.get('endpoint') ?? undefined;
  if (url.protocol === 'file:') return createDiskBackend(fileURLToPath(new URL(url.pathname, 'file://')));
  if (url.protocol === 's3:') {
    const { createS3Backend } = await import('./s3-backend.ts'); // the SDKs cost 100 ms and 40 MB: only where they are used
    const region = url.searchParams.get('region') ?? undefined;
    const pathStyle = url.searchParams.has('path_style') ? url.searchParams.get('path_style') === 'true' : undefined;
    return createS3Backend({ bucket, region, endpoint, pathStyle, credentials: options.credentials });
  }
  if (url.protocol === 'gs:') {
    const { createGcsBackend } = await import('./gcs-backend.ts');
    return createGcsBackend({ bucket, endpoint });
  }
  throw new Error(`FLOW_FILES must begin with file:, s3: or gs:, not ${url.protocol}`);
}

class BackedFileStore implements FileStore {
  readonly bucket: string;
  readonly #backend: Backend;
  readonly #prefix: string;
  readonly #log: Log;
  readonly #onError: FileStoreOptions['onError'];

  constructor(backend: Backend, bucket: string, prefix: string, { log, onError }: FileStoreOptions) {
    this.bucket = bucket;
    this.#backend = backend;
    this.#prefix = prefix;
    this.#log = log;
    this.#onError = onError;
  }

  async stage(body: Parameters<FileStore['stage']>[0], options: { maxBytes?: number } = {}): Promise<StagedFile> {
    const local = await this.#try('receive', () => stageBody(this.#backend.stagingFolder, body, options.maxBytes), 'source');
    const discard = () => rm(local.path, { force: true });
    return {
      sizeBytes: local.sizeBytes,
      sha256: local.sha256,
      head: local.head,
      commit: (key, { contentType }) =>
        this.#try('write', () => this.#backend.publish(local, this.#full(key), contentType)).finally(discard),
      discard,
    };
  }

  async put(key: string, body: Parameters<FileStore['put']>[1], options: { contentType: string; maxBytes?: number }) {
    const staged = await this.stage(body, options);
    await staged.commit(key, options);
    return { sizeBytes: staged.sizeBytes, sha256: staged.sha256 };
  }

  async read(key: string) {
    const stream = await this.stream(key);
    return checkBytes(key, await this.#try('read', () => buffer(stream)));
  }

  stream(key: string, range?: { start: number; end: number }) {
    return this.#try('read', () => this.#backend.stream(this.#full(key), range));
  }

  async stat(key: string) {
    try {
      return { sizeBytes: await this.#try('look up', () => this.#backend.sizeOf(this.#full(key))) };
    } catch (error) {
      if (error instanceof FlowError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async delete(key: string) {
    await this.#try('delete', () => this.#backend.delete(this.#full(key)));
  }

  close() {
    return this.#backend.close();
  }

  #full(key: string) {
    return this.#prefix + checkObjectKey(key);
  }

  /** Translates what the platform below throws. `blame: 'source'`: an error without a code came from whoever sends the body, and passes. */
  async #try<T>(what: string, work: () => Promise<T>, blame: 'store' | 'source' = 'store'): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FlowError) throw error;
      if (this.#backend.isMissing(error)) throw notFound('File');
      if (blame === 'source' && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.#onError?.(what.replaceAll(' ', '_'));
      this.#log.error({ err: error }, `file store: could not ${what} a file`);
      throw serviceUnavailable('The file store cannot be reached; try again', RETRY_AFTER_SECONDS, error);
    }
  }
}
