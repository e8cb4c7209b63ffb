import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { expandFlow } from './expand-flow.ts';
import { getVisibleFlow, lockVisibleFlow } from './flow.queries.ts';
import { updateFlow } from './flow.store.ts';
import { FlowResponse, PatchFlowRequest, toFlowWire } from './flow.wire.ts';
import { checkPublishable } from './flow-definition.ts';
import { readFlowFields } from './flow-fields.ts';
import { expansionQuery } from './flow-query.wire.ts';

/** PATCH /api/flows/{flow_id}: a flow's own fields; makes no version. Publishing needs a definition without faults. */
export function patchFlow(app: FlowApp, deps: ApiDeps): void {
  app.patch(
    '/api/flows/:flow_id',
    {
      config: { operation: 'patch_flow' },
      schema: {
        tags: ['flows'],
        summary: 'Change some of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object(expansionQuery),
        body: PatchFlowRequest,
        response: { 200: FlowResponse, ...errorResponses(400, 401, 403, 404, 409, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const fields = readFlowFields(request.body);
      const flow = await request.tenant(async (tx) => {
        const present = await lockVisibleFlow(tx, principal, params.flow_id);
        if (fields.status === 'published' && present.status !== 'published') checkPublishable(present, deps.catalogue);
        await updateFlow(tx, authorOf(request, deps), present.id, fields);
        return getVisibleFlow(tx, principal, present.id);
      });
      return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
    },
  );
}
