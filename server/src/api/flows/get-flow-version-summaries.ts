import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, pageQuery, setListHeaders, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { searchQuery } from './flow-query.wire.ts';
import { countVersions, listVersionPage } from './flow-version.queries.ts';
import { PaginatedFlowVersionSummaryResponse, toVersionSummaryWire } from './flow-version.wire.ts';

/** GET /api/flows/{flow_id}/versions/summary: a page of versions without their definitions, newest first. */
export function getFlowVersionSummaries(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flows/:flow_id/versions/summary',
    {
      config: { operation: 'get_flow_version_summaries' },
      schema: {
        tags: ['flows'],
        summary: 'List version summaries of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({
          ...pageQuery({ defaultSize: 20, maxSize: 100 }),
          search: searchQuery("Part of the version's name, in any case, or its exact number"),
          favourites_only: Type.Boolean({ default: false }),
        }),
        response: { 200: PaginatedFlowVersionSummaryResponse, ...errorResponses(401, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { page, page_size, search, favourites_only } = request.query;
      const filter = { search: search ?? undefined, favouritesOnly: favourites_only };
      const { versions, total } = await request.tenant(
        async (tx) => {
          const flowId = await getVisibleFlowId(tx, request.principal, request.params.flow_id);
          const versions = await listVersionPage(tx, flowId, filter, { page, pageSize: page_size });
          return { versions, total: await countVersions(tx, flowId, filter) };
        },
        { readOnly: true },
      );
      const hasMore = page * page_size < total;
      setListHeaders(reply, { total, ...(hasMore ? { nextUrl: changedUrl(deps.publicUrl(), request.url, { page: page + 1 }) } : {}) });
      return { versions: versions.map(toVersionSummaryWire), total, page, page_size };
    },
  );
}
