import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import { toFileUri } from '#files';
import { toWireTime } from '../wire/index.ts';

/** A row of `files`. */
export interface FileRecord {
  id: Id;
  flowId: Id;
  fileKey: string;
  filename: string | null;
  contentType: string;
  sizeBytes: number | null;
  sha256: Buffer | null;
  metadata: Record<string, unknown>;
  createdAt: Date;
  /** Null: a URL was given out, nothing has arrived. */
  uploadedAt: Date | null;
}

export const ResolveUriRequest = Type.Object(
  { uri: Type.String({ description: 'gs://{bucket}/flows/{flow_id}/documents/{id}' }) },
  { title: 'ResolveUriRequest' },
);

export const ResolveUriResponse = Type.Object(
  {
    download_url: Type.String({ description: 'Needs no credentials' }),
    expires_at: Type.String(),
    expires_in_seconds: Type.Integer(),
  },
  { title: 'ResolveUriResponse' },
);
export type ResolvedUri = Static<typeof ResolveUriResponse>;

/** A file as GET /flows/{id}/files lists it, and as an upload answers it. */
export const toFileWire = (file: FileRecord, bucket: string) => ({
  id: file.id,
  file_key: file.fileKey,
  uri: toFileUri(bucket, file.fileKey),
  filename: file.filename,
  size: file.sizeBytes,
  content_type: file.contentType,
  metadata: file.metadata,
  created_at: toWireTime(file.createdAt),
  updated_at: toWireTime(file.uploadedAt ?? file.createdAt),
});
