import { Type } from 'typebox';
import { stringify } from 'yaml';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { expandFlow } from './expand-flow.ts';
import { getFlowVersion as getVersion } from './flow.queries.ts';
import { FlowResponse, toFlowWire } from './flow.wire.ts';
import { wantsYaml } from './flow-body.ts';
import { expansionQuery } from './flow-query.wire.ts';

/**
 * GET /api/flows/{flow_id}/versions/{version}. With `Accept: application/yaml` the text that the version was written in, byte for byte,
 * comments included; a version that came as an object is written out.
 */
export function getFlowVersion(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flows/:flow_id/versions/:version',
    {
      config: { operation: 'get_flow_version' },
      schema: {
        tags: ['flows'],
        summary: 'Retrieve a version of a flow',
        params: Type.Object({ flow_id: Uuid(), version: Type.Integer() }),
        querystring: Type.Object(expansionQuery),
        response: { 200: FlowResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { flow_id, version } = request.params;
      const flow = await request.tenant((tx) => getVersion(tx, request.principal, flow_id, version), { readOnly: true });
      reply.header('Vary', 'Accept');
      if (!wantsYaml(request.headers.accept)) return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
      const text = flow.source ?? stringify(flow.definition);
      return reply
        .type('application/yaml; charset=utf-8')
        .serializer(String)
        .send(text as never);
    },
  );
}
