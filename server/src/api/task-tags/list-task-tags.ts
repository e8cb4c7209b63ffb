import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { errorResponses, Nullable, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
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
export function listTaskTags(app: FlowApp): void {
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
      const total = toTotal(counted, query.limit);
      if (total !== undefined) setListHeaders(reply, { total });
      const take = () => (query.limit === undefined ? unlimited.take(organizationId) : () => {});
      return (await sendPages(reply, { pages: readPages(request, query), around: ['[', ']'], take })) as never;
    },
  );
}

const toFilters = (query: Query) => ({ flowExecutionId: query.flow_execution_id, taskName: query.task_name ?? undefined });

/** The list page by page, each page in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(request: FastifyRequest, query: Query): AsyncGenerator<TaskTagWire[], void> {
  let after = query.starting_after;
  for (let left = query.limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
    const page = { after, limit: Math.min(PAGE_ROWS, left) };
    const rows = await request.tenant((tx) => listActiveTags(tx, request.principal.organizationId, toFilters(query), page), {
      readOnly: true,
    });
    left -= rows.length;
    yield rows.map(toTaskTagWire);
    if (rows.length < page.limit) return;
    after = rows.at(-1)?.id;
  }
}
