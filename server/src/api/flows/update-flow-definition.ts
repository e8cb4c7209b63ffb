import { type Static, Type } from 'typebox';
import { conflict } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { expandFlow } from './expand-flow.ts';
import { getVisibleFlow, lockDraft } from './flow.queries.ts';
import { appendVersion } from './flow.store.ts';
import { FlowDefinitionUpdate, FlowResponse, toFlowWire } from './flow.wire.ts';
import { jsonOrYaml } from './flow-body.ts';
import { readDefinition } from './flow-definition.ts';
import { expansionQuery } from './flow-query.wire.ts';

type Body = Static<typeof FlowDefinitionUpdate> | string;

/** PUT /api/flows/{flow_id}/definition: the next version of a draft, even where nothing differs. */
export function updateFlowDefinition(app: FlowApp, deps: ApiDeps): void {
  app.put(
    '/api/flows/:flow_id/definition',
    {
      config: { operation: 'update_flow_definition', acceptsYaml: true },
      schema: {
        tags: ['flows'],
        summary: 'Update the definition of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object({
          expected_version: Type.Optional(Type.Integer({ description: '409 unless this is the latest version: for editors open twice' })),
          ...expansionQuery,
        }),
        body: jsonOrYaml(FlowDefinitionUpdate),
        response: { 200: FlowResponse, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params, query } = request;
      const body = request.body as Body;
      const flow = await request.tenant(async (tx) => {
        const draft = await lockDraft(tx, principal, params.flow_id);
        if (query.expected_version !== undefined && query.expected_version !== draft.latestVersion) {
          throw conflict('The flow has a newer version than the one expected', { latest_version: draft.latestVersion });
        }
        const read = readDefinition(typeof body === 'string' ? body : body.definition, deps.catalogue);
        await appendVersion(tx, authorOf(request, deps), draft, read);
        return getVisibleFlow(tx, principal, draft.id);
      });
      return toFlowWire(flow, expandFlow(flow, query, deps.catalogue));
    },
  );
}
