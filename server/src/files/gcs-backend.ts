import { createReadStream } from 'node:fs';
import { Storage } from '@google-cloud/storage';
import { GCSDriver } from 'flydrive/drivers/gcs';
import type { Backend } from './backend.ts';
import { temporaryStagingFolder } from './staging-folder.ts';

const REQUEST_TIMEOUT_MS = 120_000; // 100 MB at 1 MB/s, with room
const RETRY_TOTAL_SECONDS = 30;

export interface GcsOptions {
  bucket: string;
  /** Of a compatible store or an emulator; absent: Google. */
  endpoint?: string;
}

/** Google Cloud Storage, with the credentials of the machine (application default credentials). */
export function createGcsBackend(options: GcsOptions): Backend {
  const storage = new Storage({
    timeout: REQUEST_TIMEOUT_MS,
    retryOptions: { maxRetries: 3, totalTimeout: RETRY_TOTAL_SECONDS },
    ...(options.endpoint === undefined ? {} : { apiEndpoint: options.endpoint }),
  });
  const driver = new GCSDriver({ storage, bucket: options.bucket, visibility: 'private', usingUniformAcl: true });
  const bucket = storage.bucket(options.bucket);
  return {
    stagingFolder: temporaryStagingFolder(),
    publish: (body, key, contentType) => driver.putStream(key, createReadStream(body.path), { contentType }),
    async stream(key, range) {
      await driver.getMetaData(key); // a missing object must show before the first byte, not as an error of the stream
      return bucket.file(key).createReadStream({ ...range, validation: false });
    },
    sizeOf: async (key) => (await driver.getMetaData(key)).contentLength,
    delete: (key) => driver.delete(key),
    isMissing: (error) => Number((error as { code?: unknown }).code) === 404,
    close: async () => undefined,
  };
}
