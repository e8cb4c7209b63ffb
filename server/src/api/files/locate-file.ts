import type { FastifyRequest } from 'fastify';
import { forbidden, notFound } from '#base';
import { type FileStore, flowOfKey, parseFileKey, parseFileUri } from '#files';
import { findFile, isFlowOpen } from './file.queries.ts';
import type { FileRecord } from './file.wire.ts';

/**
 * The file that a URI or a bare key names, as the caller may read it (core.md 8): 400 for what is malformed or climbs, 403 for a place that is
 * not one of ours, 404 for a flow or file that the caller has not, with a message of its own where the bytes are missing in the store.
 */
export async function locateFile(request: FastifyRequest, files: FileStore, sent: { uri: string } | { key: string }): Promise<FileRecord> {
  const key = 'uri' in sent ? keyOfUri(sent.uri, files.bucket) : parseFileKey(sent.key);
  const flowId = flowOfKey(key);
  if (flowId === undefined && 'uri' in sent) throw forbidden('Access denied: the file is in an invalid storage location');
  const file = await request.tenant(
    async (tx) => {
      if (flowId !== undefined && !(await isFlowOpen(tx, request.principal, flowId))) throw notFound('Flow', flowId);
      const found = await findFile(tx, key);
      // a key names its flow, but the row decides
      return found && (await isFlowOpen(tx, request.principal, found.flowId)) ? found : undefined;
    },
    { readOnly: true },
  );
  if (!file?.uploadedAt) throw notFound('File');
  if ((await files.stat(file.fileKey)) === undefined) throw notFound('The content of the file', file.id);
  return file;
}

function keyOfUri(uri: string, bucket: string): string {
  const location = parseFileUri(uri);
  if (location.bucket !== bucket) throw forbidden('Access denied: the file is in an invalid storage location');
  return location.key;
}
