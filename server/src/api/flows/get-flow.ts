import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { expandFlow } from './expand-flow.ts';
import { getVisibleFlow } from './flow.queries.ts';
import { FlowResponse, toFlowWire } from './flow.wire.ts';
import { expansionQuery } from './flow-query.wire.ts';

/** GET /api/flows/{flow_id}: the latest version. */
export function getFlow(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flows/:flow_id',
    {
      config: { operation: 'get_flow' },
      schema: {
        tags: ['flows'],
        summary: 'One flow, at its latest version',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object(expansionQuery),
        response: { 200: FlowResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const flow = await request.tenant((tx) => getVisibleFlow(tx, request.principal, request.params.flow_id), { readOnly: true });
      return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
    },
  );
}
