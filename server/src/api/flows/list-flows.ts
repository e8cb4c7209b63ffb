import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, Nullable, pageQuery, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { expandFlows } from './expand-flow.ts';
import { type FlowWire, PaginatedFlowResponse } from './flow.wire.ts';
import { countFlows, type FlowFilter, type FlowPage, listFlowIds, listFlowsById } from './flow-list.queries.ts';
import { expansionQuery, searchQuery } from './flow-query.wire.ts';
import { parseTagFilters } from './tag-filters.ts';

const PART = 20; // flows that lie in memory at once: a definition may have 5 MB

const Query = Type.Object({
  search: searchQuery('Part of the display name, in any case'),
  sort_field: Type.Optional(
    Nullable(Type.String({ pattern: '^(created_at|updated_at|display_name)$', description: 'Default: created_at' })),
  ),
  sort_direction: Type.Optional(Nullable(Type.String({ pattern: '^(asc|desc)$', description: 'Default: desc; asc for display_name' }))),
  ...pageQuery({ defaultSize: 20, maxSize: 100 }),
  tag_filters: Type.Optional(
    Nullable(Type.String({ description: 'JSON: [{mode: contains_any | not_contains_any, values}], joined by AND' })),
  ),
  is_cleanable: Type.Boolean({ default: false, description: 'Only flows without tasks that nobody has touched for 30 days' }),
  created_by_id: Type.Optional(Nullable(Type.String({ description: 'Only flows of this creator' }))),
  organization_id: Type.Optional(
    Nullable(Uuid({ description: 'Only flows of this organization; another than your own has none for you' })),
  ),
  include_latest_version_executions_count: Type.Boolean({ default: false, description: 'Adds latest_version_executions_count' }),
  ...expansionQuery,
});
type ListQuery = Static<typeof Query>;

const toFilter = (query: ListQuery): FlowFilter => ({
  search: query.search ?? undefined,
  tagFilters: query.tag_filters ? parseTagFilters(query.tag_filters) : [],
  createdById: query.created_by_id ?? undefined,
  isCleanable: query.is_cleanable,
});

function toPage(query: ListQuery): FlowPage {
  const sortField = (query.sort_field ?? 'created_at') as FlowPage['sortField'];
  const sortDirection = (query.sort_direction ?? (sortField === 'display_name' ? 'asc' : 'desc')) as FlowPage['sortDirection'];
  return { sortField, sortDirection, page: query.page, pageSize: query.page_size };
}

/** GET /api/flows: a page of the flows that the caller sees, each in its latest version. */
export function listFlows(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flows',
    {
      config: { operation: 'list_flows' },
      schema: {
        tags: ['flows'],
        summary: 'Flows, newest first',
        querystring: Query,
        response: { 200: PaginatedFlowResponse, ...errorResponses(400, 401, 422, 500) },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { ids, total } = await findPage(request, query);
      const hasMore = query.page * query.page_size < total;
      setListHeaders(reply, {
        total,
        ...(hasMore ? { nextUrl: changedUrl(deps.publicUrl(), request.url, { page: query.page + 1 }) } : {}),
      });
      const tail = `],"total":${total},"page":${query.page},"page_size":${query.page_size}}`;
      return (await sendPages(reply, {
        pages: readPages(request, ids, query, deps),
        around: ['{"flows":[', tail],
        take: () => () => {},
      })) as never;
    },
  );
}

/** Another organization has no flows for the caller; its own id restricts nothing. */
async function findPage(request: FastifyRequest, query: ListQuery): Promise<{ ids: Id[]; total: number }> {
  const { principal } = request;
  const filter = toFilter(query);
  if ((query.organization_id ?? principal.organizationId) !== principal.organizationId) return { ids: [], total: 0 };
  return request.tenant(
    async (tx) => ({ ids: await listFlowIds(tx, principal, filter, toPage(query)), total: await countFlows(tx, principal, filter) }),
    { readOnly: true },
  );
}

/** The page in parts, so that a hundred large definitions never lie in memory at once. */
async function* readPages(request: FastifyRequest, ids: Id[], query: ListQuery, deps: ApiDeps): AsyncGenerator<FlowWire[], void> {
  const options = { latestVersionExecutionsCount: query.include_latest_version_executions_count };
  for (let start = 0; start < ids.length; start += PART) {
    const part = ids.slice(start, start + PART);
    const flows = await request.tenant((tx) => listFlowsById(tx, request.principal, part, options), { readOnly: true });
    yield expandFlows(flows, query, deps.catalogue);
  }
}
