import { Type } from 'typebox';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { searchQuery } from './flow-query.wire.ts';
import { MetadataValueResponse, metadataQuery } from './metadata.wire.ts';
import { listMetadataValues } from './run-facts.queries.ts';

/** GET /api/flows/{flow_id}/metadata/values: what the flow's runs say under one key (core.md G6). */
export function getFlowMetadataValues(app: FlowApp): void {
  app.get(
    '/api/flows/:flow_id/metadata/values',
    {
      config: { operation: 'get_flow_metadata_values' },
      schema: {
        tags: ['flows'],
        summary: 'Get metadata values of the runs of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({
          key: Type.String({ description: 'In any case' }),
          value_like: searchQuery('Part of the value, in any case'),
          ...metadataQuery,
        }),
        response: { 200: Type.Array(MetadataValueResponse), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { key, value_like, limit, order_direction: direction } = request.query;
      const { entries, total } = await request.tenant(
        async (tx) => {
          const flowId = await getVisibleFlowId(tx, request.principal, request.params.flow_id);
          return listMetadataValues(tx, flowId, key, { like: value_like ?? undefined, limit, direction });
        },
        { readOnly: true },
      );
      setListHeaders(reply, { total });
      return entries;
    },
  );
}
