import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { notFound } from '#base';
import { type ByteRange, verifyChecksum } from '#files';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { findFile } from './file.queries.ts';
import type { FileRecord } from './file.wire.ts';
import { toDisposition } from './file-name.ts';
import { CONTENT_PATH, createFileUrlSigner } from './file-urls.ts';
import { readRange } from './read-range.ts';
import { signedScope } from './signed-scope.ts';

/** What keeps a stranger's document from acting as a page of ours: it is saved, never shown, never guessed at, never kept by a cache. */
function setHeaders(reply: FastifyReply, file: FileRecord): void {
  reply.headers({
    'Content-Type': file.contentType,
    'Content-Disposition': toDisposition(file),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cache-Control': 'no-store',
    'Accept-Ranges': 'bytes',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
}

/**
 * GET and HEAD of a signed URL. The URL is the whole credential: Authorization and X-API-Key are not looked at, since curl -L forwards them.
 * A whole download is checked against the stored SHA-256 on its way and breaks off where the bytes are damaged.
 */
export function getSignedFile(app: FlowApp, deps: ApiDeps): void {
  const signer = createFileUrlSigner(deps);
  app.route<{ Params: { '*': string }; Querystring: Record<string, unknown> }>({
    method: ['GET', 'HEAD'],
    url: `${CONTENT_PATH}/*`,
    config: { operation: 'get_signed_file' },
    schema: { hide: true },
    handler: async (request, reply) => {
      const grant = signer.verify('GET', request.params['*'], request.query);
      const file = await deps.tenant.transaction(signedScope(grant.organizationId), (tx) => findFile(tx, grant.key), { readOnly: true });
      if (!file?.uploadedAt) throw notFound('File');
      const size = file.sizeBytes ?? 0;
      const range = readRange(request.headers.range, size);
      setHeaders(reply, file);
      if (range === 'unsatisfiable') return reply.code(416).header('Content-Range', `bytes */${size}`).send();
      if (range) reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
      reply.header('Content-Length', range ? range.end - range.start + 1 : size);
      return reply.send(request.method === 'HEAD' ? '' : await openFile(deps, file, range));
    },
  });
}

async function openFile(deps: ApiDeps, file: FileRecord, range: ByteRange | undefined): Promise<Readable> {
  const stream = await deps.files.stream(file.fileKey, range);
  if (range || file.sha256 === null) return stream;
  const checked = verifyChecksum(file.sha256);
  stream.once('error', (error) => checked.destroy(error));
  checked.once('close', () => stream.destroy());
  return stream.pipe(checked);
}
