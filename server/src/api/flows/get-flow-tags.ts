import { Type } from 'typebox';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Nullable, setListHeaders, Uuid } from '../wire/index.ts';
import { getVisibleFlowId } from './flow.queries.ts';
import { listRunTags } from './run-facts.queries.ts';

/** GET /api/flows/{flow_id}/tags: the distinct tags of what the flow's runs brought out. */
export function getFlowTags(app: FlowApp): void {
  app.get(
    '/api/flows/:flow_id/tags',
    {
      config: { operation: 'get_flow_tags' },
      schema: {
        tags: ['flows'],
        summary: 'Get tags of the runs of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({ task_name: Type.Optional(Nullable(Type.String({ description: 'Only of this task; case-sensitive' }))) }),
        response: { 200: Type.Array(Type.String()), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const tags = await request.tenant(
        async (tx) => {
          const flowId = await getVisibleFlowId(tx, request.principal, request.params.flow_id);
          return listRunTags(tx, flowId, request.query.task_name ?? undefined);
        },
        { readOnly: true },
      );
      setListHeaders(reply, { total: tags.length });
      return tags;
    },
  );
}
