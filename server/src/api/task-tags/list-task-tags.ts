import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { type CutPage, cutPage, errorResponses, Nullable, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages, toPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { countActiveTags, isExecutionOpen, listActiveTags } from './task-tag.queries.ts';
import { FlowTaskTag, type TaskTagWire, toTaskTagWire } from './task-tag.wire.ts';

const PAGE_ROWS = 500;

const Query = Type.Object({
  flow_execution_id: Uuid(),
  task_name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200 }), { description: 'Exact, case-sensitive' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most tags to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last tag of the page before' })),
});
type Query = Static<typeof Query>;

/** GET /api/task-tags: the active tags of a run, oldest first (core.md 7). A task that is not there has none. */
export function listTaskTags(app: FlowApp, deps: ApiDeps): void {
  const unlimited = new UnlimitedReads();
  app.get(
    '/api/task-tags',
    {
      config: { operation: 'list_task_tags' },
      schema: {
        tags: ['task-tags'],
        summary: 'Active tags of a run',
        querystring: Query,
        response: { 200: Type.Array(FlowTaskTag), ...errorResponses(401, 404, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { principal, query } = request;
      const { organizationId } = principal;
      const counted = await request.tenant(
        async (tx) => {
          if (!(await isExecutionOpen(tx, principal, query.flow_execution_id))) throw notFound('Flow execution', query.flow_execution_id);
          return countActiveTags(tx, organizationId, toFilters(query), countUpTo(query.limit));
        },
        { readOnly: true },
      );
      const cut = query.limit === undefined ? undefined : await readPage(request, deps, query, query.limit);
      setListHeaders(reply, { total: toTotal(counted, query.limit), nextUrl: cut?.nextUrl });
      const pages = cut ? toPages(cut.shown, PAGE_ROWS) : readPages(request, query);
      const take = () => (cut ? () => {} : unlimited.take(organizationId));
      return (await sendPages(reply, { pages, around: ['[', ']'], take })) as never;
    },
  );
}

const toFilters = (query: Query) => ({ flowExecutionId: query.flow_execution_id, taskName: query.task_name ?? undefined });

async function readPage(request: FastifyRequest, deps: ApiDeps, query: Query, limit: number): Promise<CutPage<TaskTagWire>> {
  const page = { after: query.starting_after, limit: limit + 1 };
  const rows = await request.tenant((tx) => listActiveTags(tx, request.principal.organizationId, toFilters(query), page), {
    readOnly: true,
  });
  const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
  return cutPage(rows.map(toTaskTagWire), { limit, markOf: ({ id }) => id }, address);
}

/** The whole list page by page, each page in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(request: FastifyRequest, query: Query): AsyncGenerator<TaskTagWire[], void> {
  let after = query.starting_after;
  for (;;) {
    const page = { after, limit: PAGE_ROWS };
    const rows = await request.tenant((tx) => listActiveTags(tx, request.principal.organizationId, toFilters(query), page), {
      readOnly: true,
    });
    yield rows.map(toTaskTagWire);
    if (rows.length < page.limit) return;
    after = rows.at(-1)?.id;
  }
}
