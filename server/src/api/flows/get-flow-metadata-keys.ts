import { Type } from 'typebox';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { searchQuery } from './flow-query.wire.ts';
import { MetadataKeyResponse, metadataQuery } from './metadata.wire.ts';
import { listMetadataKeys } from './run-facts.queries.ts';

/** GET /api/flows/{flow_id}/metadata/keys: names under which the flow's runs carry metadata (core.md G6). */
export function getFlowMetadataKeys(app: FlowApp): void {
  app.get(
    '/api/flows/:flow_id/metadata/keys',
    {
      config: { operation: 'get_flow_metadata_keys' },
      schema: {
        tags: ['flows'],
        summary: 'Get metadata keys of the runs of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({ key_like: searchQuery('Part of the key, in any case'), ...metadataQuery }),
        response: { 200: Type.Array(MetadataKeyResponse), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { key_like, limit, order_direction: direction } = request.query;
      const { entries, total } = await request.tenant(
        async (tx) => {
          const flowId = await getVisibleFlowId(tx, request.principal, request.params.flow_id);
          return listMetadataKeys(tx, flowId, { like: key_like ?? undefined, limit, direction });
        },
        { readOnly: true },
      );
      setListHeaders(reply, { total });
      return entries;
    },
  );
}
