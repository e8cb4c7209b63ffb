import { type Static, Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { creationOf } from '../plugins/idempotency.ts';
import { errorResponses } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { expandFlow } from './expand-flow.ts';
import { readFlatHeader } from './flat-header.ts';
import { getVisibleFlow, isFlowMade } from './flow.queries.ts';
import { insertFlow } from './flow.store.ts';
import { FlowCreateRequest, FlowResponse, toFlowWire } from './flow.wire.ts';
import { jsonOrYaml } from './flow-body.ts';
import { type ReadDefinition, readDefinition } from './flow-definition.ts';
import { type FlowFields, readFlowFields } from './flow-fields.ts';
import { expansionQuery } from './flow-query.wire.ts';
import { DEFAULT_SETTINGS } from './flow-settings.wire.ts';

type Body = Static<typeof FlowCreateRequest> | string;

/** POST /api/flows: version 1 of a new flow, a draft. A YAML body is the flow's flat form, whose `name` becomes the display name. */
export function createFlow(app: FlowApp, deps: ApiDeps): void {
  function read(body: Body): { fields: FlowFields & { displayName: string }; read: ReadDefinition } {
    const definition = readDefinition(typeof body === 'string' ? body : body.definition, deps.catalogue);
    const sent = typeof body === 'string' ? readFlatHeader(definition.definition) : body;
    return { fields: { settings: DEFAULT_SETTINGS, ...readFlowFields(sent), displayName: sent.display_name }, read: definition };
  }

  app.post(
    '/api/flows',
    {
      config: { operation: 'create_flow', acceptsYaml: true, idempotent: true },
      schema: {
        tags: ['flows'],
        summary: 'Create a flow, as version 1',
        querystring: Type.Object(expansionQuery),
        body: jsonOrYaml(FlowCreateRequest),
        response: { 201: FlowResponse, ...errorResponses(400, 401, 403, 409, 413, 415, 422, 500) },
      },
    },
    async (request, reply) => {
      const { fields, read: definition } = read(request.body as Body);
      const { id, isRepeated } = creationOf(request);
      const flow = await request.tenant(async (tx) => {
        if (!(isRepeated && (await isFlowMade(tx, id)))) await insertFlow(tx, authorOf(request, deps), { ...fields, id }, definition);
        return getVisibleFlow(tx, request.principal, id);
      });
      return reply.code(201).send(toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue)));
    },
  );
}
