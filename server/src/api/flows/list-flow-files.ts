import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import type { ApiDeps } from '../deps.ts';
import { countFiles, listFiles } from '../files/file.queries.ts';
import { toFileWire } from '../files/file.wire.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyObject, type CutPage, cutPage, errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages, toPages } from '../wire/send-pages.ts';
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
      const cut = query.limit === undefined ? undefined : await readPage(request, params.flow_id, query, query.limit, deps);
      setListHeaders(reply, { total, nextUrl: cut?.nextUrl });
      const pages = cut ? toPages(cut.shown, PAGE_ROWS) : readPages(request, params.flow_id, query, deps);
      const take = () => (cut ? () => {} : unlimited.take(principal.organizationId));
      return (await sendPages(reply, { pages, around: ['[', ']'], take })) as never;
    },
  );
}

type FileWire = ReturnType<typeof toFileWire>;

async function readPage(
  request: FastifyRequest,
  flowId: Id,
  query: Static<typeof Query>,
  limit: number,
  deps: ApiDeps,
): Promise<CutPage<FileWire>> {
  const page = { startingAfter: query.starting_after, limit: limit + 1 };
  const files = await request.tenant((tx) => listFiles(tx, flowId, page), { readOnly: true });
  const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
  return cutPage(
    files.map((file) => toFileWire(file, deps.files.bucket)),
    { limit, markOf: ({ id }) => id },
    address,
  );
}

/** The whole list page by page, each in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  flowId: Id,
  query: Static<typeof Query>,
  deps: ApiDeps,
): AsyncGenerator<FileWire[], void> {
  let startingAfter = query.starting_after;
  for (;;) {
    const page = { startingAfter, limit: PAGE_ROWS };
    const files = await request.tenant((tx) => listFiles(tx, flowId, page), { readOnly: true });
    yield files.map((file) => toFileWire(file, deps.files.bucket));
    if (files.length < page.limit) return;
    startingAfter = files.at(-1)?.id;
  }
}
