import { Type } from 'typebox';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders } from '../wire/index.ts';
import { listAvailableTags } from './flow-list.queries.ts';
import { searchQuery } from './flow-query.wire.ts';

/** GET /api/flows/available-tags: the distinct tags of the flows that the caller sees. */
export function getFlowAvailableTags(app: FlowApp): void {
  app.get(
    '/api/flows/available-tags',
    {
      config: { operation: 'get_flow_available_tags' },
      schema: {
        tags: ['flows'],
        summary: 'Tags that flows bear',
        querystring: Type.Object({ search: searchQuery('Part of the tag, in any case') }),
        response: { 200: Type.Array(Type.String()), ...errorResponses(401, 422, 500) },
      },
    },
    async (request, reply) => {
      const search = request.query.search ?? undefined;
      const tags = await request.tenant((tx) => listAvailableTags(tx, request.principal, search), { readOnly: true });
      setListHeaders(reply, { total: tags.length });
      return tags;
    },
  );
}
