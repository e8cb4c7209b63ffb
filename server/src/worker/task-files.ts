import { createHash } from 'node:crypto';
import { badRequest, FlowError, type Id, type JsonObject, notFound } from '#base';
import type { EngineDatabase } from '#db';
import type { StoredFile, TaskFiles } from '#executors';
import { type FileStore, flowOfKey, parseFileKey, parseFileUri, toFileUri } from '#files';

interface FileRow {
  file_key: string;
  filename: string | null;
  content_type: string;
  size_bytes: number;
  sha256: Buffer;
  metadata: JsonObject;
  flow_execution_id: Id | null;
}

export interface TaskFilesOptions {
  db: EngineDatabase;
  store: FileStore;
  organizationId: Id;
  flowId: Id;
  flowExecutionId: Id;
  /** Whether what the task writes goes with its run when that is purged (core.md G3), unless another run has read it. */
  isOwn: boolean;
  idempotencyKey: string;
}

/**
 * The files that one task may read and write. The engine's role sees every organization, so each statement names the task's own: another
 * organization's file is not found, exactly as one that never was.
 */
export function createTaskFiles(options: TaskFilesOptions): TaskFiles {
  const { db, store, organizationId, flowId, flowExecutionId } = options;
  const find = async (uri: string): Promise<FileRow> => {
    const { bucket, key } = uri.startsWith('gs://') ? parseFileUri(uri) : { bucket: store.bucket, key: parseFileKey(uri) }; // the file_key of an upload names it, too
    if (bucket !== store.bucket || flowOfKey(key) === undefined) throw badRequest(`The file ${uri} is not in this platform's storage`);
    const [row] = await db.query<FileRow>('task_file', FIND, [organizationId, key]);
    if (!row) throw notFound('File', uri);
    if (row.flow_execution_id !== null && row.flow_execution_id !== flowExecutionId)
      await db.query('task_file_share', SHARE, [organizationId, key]);
    return row;
  };
  return {
    async describe(uri) {
      return describe(store, await find(uri));
    },
    async read(uri) {
      const row = await find(uri);
      const bytes = await store.read(row.file_key);
      if (!createHash('sha256').update(bytes).digest().equals(row.sha256))
        throw new FlowError('internal_error', `The stored bytes of ${uri} do not match their checksum: restore the object from a backup`);
      return bytes;
    },
    async write(bytes, { filename, contentType }) {
      const id = fileIdOf(options.idempotencyKey, filename);
      const key = `flows/${flowId}/documents/${id}`;
      const { sizeBytes, sha256 } = await store.put(key, bytes, { contentType }); // the object first: a row never points at nothing
      await db.query('task_file_insert', INSERT, [
        organizationId,
        id,
        flowId,
        key,
        filename,
        contentType,
        sizeBytes,
        sha256,
        options.isOwn ? flowExecutionId : null,
      ]);
      return { uri: toFileUri(store.bucket, key), filename, contentType, sizeBytes, metadata: {} };
    },
  };
}

const describe = (store: FileStore, row: FileRow): StoredFile => ({
  uri: toFileUri(store.bucket, row.file_key),
  filename: row.filename,
  contentType: row.content_type,
  sizeBytes: row.size_bytes,
  metadata: row.metadata,
});

/** The same for each attempt of a task, so that a repeated write replaces itself: a UUID v8 made of the key and the name (RFC 9562, 5.8). */
function fileIdOf(idempotencyKey: string, filename: string): Id {
  const hex = createHash('sha256').update(idempotencyKey).update('\0').update(filename).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

// Served by the unique key (organization_id, file_key).
const FIND = `select file_key, filename, content_type, size_bytes, sha256, metadata, flow_execution_id from files
  where organization_id = $1 and file_key = $2 and uploaded_at is not null`;

// Two runs know of it: it no longer goes with the one that wrote it.
const SHARE = 'update files set flow_execution_id = null where organization_id = $1 and file_key = $2';

// A repeated write has the same id and finds its row there.
const INSERT = `insert into files (organization_id, id, flow_id, file_key, filename, content_type, size_bytes, sha256, flow_execution_id, modified_by, uploaded_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'system', now())
  on conflict (organization_id, id) do update set size_bytes = excluded.size_bytes, sha256 = excluded.sha256, uploaded_at = now()`;
