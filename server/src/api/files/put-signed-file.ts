import type { FastifyRequest } from 'fastify';
import { conflict, FlowError, notFound, payloadTooLarge } from '#base';
import { type StagedFile, sniffContentType, type UrlGrant } from '#files';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { findContentType, UNKNOWN_TYPE } from './content-types.ts';
import { type ArrivedFile, claimFile, findFile, finishFile } from './file.queries.ts';
import { type FileRecord, toFileWire } from './file.wire.ts';
import { readUploadHeaders } from './file-name.ts';
import { CONTENT_PATH, createFileUrlSigner } from './file-urls.ts';
import { signedScope } from './signed-scope.ts';

const LINGER_MS = 1_000; // for the client to read that it was refused, before the connection is cut

/** Of a refused upload: the rest of the body is thrown away for a moment, then the connection ends, however much the client still sends. */
function turnAway(request: FastifyRequest): void {
  request.raw.resume();
  setTimeout(() => {
    if (!request.raw.complete) request.raw.destroy();
  }, LINGER_MS).unref();
}

/** What the file is: as the URL was signed for; where that says nothing, as the request says; else as its bytes look. */
function typeOf(grant: UrlGrant, request: FastifyRequest, staged: StagedFile, filename: string | null): string {
  if (grant.contentType !== UNKNOWN_TYPE) return grant.contentType;
  const said = findContentType(request.headers['content-type']);
  return said !== undefined && said !== UNKNOWN_TYPE ? said : (sniffContentType(staged.head, filename) ?? UNKNOWN_TYPE);
}

function describe(grant: UrlGrant, request: FastifyRequest, staged: StagedFile, known: FileRecord): ArrivedFile {
  const { filename: said, metadata } = readUploadHeaders(request.headers);
  const filename = known.filename ?? said;
  const { sizeBytes, sha256 } = staged;
  return { sizeBytes, sha256, contentType: typeOf(grant, request, staged, filename), filename, metadata };
}

const otherBytes = () => conflict('Another file was uploaded to this URL already; ask for a new upload URL');

/**
 * PUT of raw bytes to a signed URL. Nothing is kept of a body that is too large or breaks off. The same bytes again are 200; other bytes are
 * 409, so that a file which a run has read never changes.
 */
export function putSignedFile(app: FlowApp, deps: ApiDeps): void {
  const signer = createFileUrlSigner(deps);

  async function store(grant: UrlGrant, request: FastifyRequest, known: FileRecord, staged: StagedFile): Promise<FileRecord> {
    const inTenant = <T>(work: Parameters<typeof deps.tenant.transaction<T>>[1]) =>
      deps.tenant.transaction(signedScope(grant.organizationId), work);
    if (known.uploadedAt) {
      if (!known.sha256?.equals(staged.sha256)) throw otherBytes();
      return known;
    }
    const arrived = describe(grant, request, staged, known);
    if (!(await inTenant((tx) => claimFile(tx, known.id, arrived)))) throw otherBytes();
    await staged.commit(known.fileKey, arrived);
    return inTenant(async (tx) => {
      await finishFile(tx, known.id);
      return (await findFile(tx, known.fileKey)) ?? known;
    });
  }

  app.put<{ Params: { '*': string }; Querystring: Record<string, unknown> }>(
    `${CONTENT_PATH}/*`,
    { config: { operation: 'put_signed_file' }, schema: { hide: true } },
    async (request) => {
      try {
        const grant = signer.verify('PUT', request.params['*'], request.query);
        const scope = signedScope(grant.organizationId);
        const known = await deps.tenant.transaction(scope, (tx) => findFile(tx, grant.key), { readOnly: true });
        if (!known) throw notFound('File');
        if (Number(request.headers['content-length'] ?? 0) > grant.maxBytes) {
          throw payloadTooLarge(`A file may have ${grant.maxBytes} bytes, not more`);
        }
        const staged = await deps.files.stage(request.raw, { maxBytes: grant.maxBytes });
        const file = await store(grant, request, known, staged).finally(() => staged.discard());
        return toFileWire(file, deps.files.bucket);
      } catch (error) {
        turnAway(request);
        if (error instanceof FlowError || !request.raw.destroyed) throw error;
        throw new FlowError('bad_request', 'The upload broke off', { cause: error });
      }
    },
  );
}
