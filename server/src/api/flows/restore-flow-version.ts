import { Type } from 'typebox';
import { badRequest } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { expandFlow } from './expand-flow.ts';
import { getFlowVersion, getVisibleFlow, lockVisibleFlow } from './flow.queries.ts';
import { appendVersion } from './flow.store.ts';
import { FlowResponse, toFlowWire } from './flow.wire.ts';
import { checkPublishable, readDefinition } from './flow-definition.ts';
import { expansionQuery } from './flow-query.wire.ts';

/** POST /api/flows/{flow_id}/versions/{version}/restore: an old definition, its text too, becomes the newest version. Also of a published flow. */
export function restoreFlowVersion(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/flows/:flow_id/versions/:version/restore',
    {
      config: { operation: 'restore_flow_version' },
      schema: {
        tags: ['flows'],
        summary: 'Restore a version of a flow',
        params: Type.Object({ flow_id: Uuid(), version: Type.Integer() }),
        querystring: Type.Object(expansionQuery),
        response: { 200: FlowResponse, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const flow = await request.tenant(async (tx) => {
        const present = await lockVisibleFlow(tx, principal, params.flow_id);
        const old = await getFlowVersion(tx, principal, params.flow_id, params.version);
        if (old.version === present.latestVersion) throw badRequest(`Version ${old.version} is already the latest`);
        if (present.status === 'published') checkPublishable(old, deps.catalogue);
        await appendVersion(tx, authorOf(request, deps), present, readDefinition(old.source ?? old.definition, deps.catalogue));
        return getVisibleFlow(tx, principal, present.id);
      });
      return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
    },
  );
}
