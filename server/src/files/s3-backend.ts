import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { S3Driver } from 'flydrive/drivers/s3';
import type { Backend } from './backend.ts';
import { temporaryStagingFolder } from './staging-folder.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 120_000; // 100 MB at 1 MB/s, with room
const RETRIED_BYTES = 8 * 1024 * 1024; // the SDK repeats a failed PUT of a buffer, never of a stream
const IDLE_TIMEOUT_MS = 30_000;

export interface S3Options {
  bucket: string;
  region?: string;
  /** Of an S3-compatible store; absent: AWS. */
  endpoint?: string;
  pathStyle?: boolean;
  /** Absent: the usual places of the AWS SDK (environment, shared files, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

/** S3 and what speaks its protocol. An object appears whole when its PUT is answered. */
export function createS3Backend(options: S3Options): Backend {
  const client = new S3Client({
    region: options.region ?? 'us-east-1',
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.pathStyle ?? options.endpoint !== undefined,
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    maxAttempts: 3,
    // Compatible stores refuse the trailing checksums that the SDK adds by default; we keep a SHA-256 of our own.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_TIMEOUT_MS,
    },
  });
  const driver = new S3Driver({ client, bucket: options.bucket, visibility: 'private', supportsACL: false });
  return {
    stagingFolder: temporaryStagingFolder(),
    async publish(body, key, contentType) {
      if (body.sizeBytes <= RETRIED_BYTES) return driver.put(key, await readFile(body.path), { contentType });
      await driver.putStream(key, createReadStream(body.path), { contentType, contentLength: body.sizeBytes });
    },
    async stream(key, range) {
      const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` };
      const answer = await client.send(new GetObjectCommand({ Bucket: options.bucket, Key: key, ...part }));
      return answer.Body as Readable;
    },
    sizeOf: async (key) => (await driver.getMetaData(key)).contentLength,
    delete: (key) => driver.delete(key),
    isMissing: (error) => statusOf(error) === 404 && (error as Error).name !== 'NoSuchBucket',
    close: async () => client.destroy(),
  };
}

const statusOf = (error: unknown) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
