import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import type { ApiDeps } from '../deps.ts';
import { countFiles, listFiles } from '../files/file.queries.ts';
import { toFileWire } from '../files/file.wire.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyObject, errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { getVisibleFlowId } from './flow.queries.ts';

const PAGE_ROWS = 500;

const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most files to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last file of the page before' })),
});

/** GET /api/flows/{flow_id}/files: documents whose upload has finished, newest first. */
export function listFlowFiles(app: FlowApp, deps: ApiDeps): void {
  const unlimited = new UnlimitedReads();
  app.get(
    '/api/flows/:flow_id/files',
    {
      config: { operation: 'list_flow_files' },
      schema: {
        tags: ['flows'],
        summary: 'Files that were uploaded to a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Query,
        response: {
          200: Type.Array(AnyObject({ description: 'id, file_key, uri, filename, size, content_type, metadata, created_at, updated_at' })),
          ...errorResponses(401, 404, 422, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const total = await request.tenant(async (tx) => countFiles(tx, await getVisibleFlowId(tx, principal, params.flow_id)), {
        readOnly: true,
      });
      setListHeaders(reply, { total });
      const take = () => (query.limit === undefined ? unlimited.take(principal.organizationId) : () => {});
      return (await sendPages(reply, { pages: readPages(request, params.flow_id, query, deps), around: ['[', ']'], take })) as never;
    },
  );
}

/** Page by page, each in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(request: FastifyRequest, flowId: Id, query: Static<typeof Query>, deps: ApiDeps) {
  let startingAfter = query.starting_after;
  for (let left = query.limit ?? Number.POSITIVE_INFINITY; left > 0; left -= PAGE_ROWS) {
    const page = { startingAfter, limit: Math.min(PAGE_ROWS, left) };
    const files = await request.tenant((tx) => listFiles(tx, flowId, page), { readOnly: true });
    yield files.map((file) => toFileWire(file, deps.files.bucket));
    if (files.length < page.limit) return;
    startingAfter = files.at(-1)?.id;
  }
}
