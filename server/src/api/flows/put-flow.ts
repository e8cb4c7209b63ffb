import { type Static, Type } from 'typebox';
import { badRequest } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { expandFlow } from './expand-flow.ts';
import { readFlatHeader } from './flat-header.ts';
import { getVisibleFlow, lockVisibleFlow } from './flow.queries.ts';
import { appendVersion, updateFlow } from './flow.store.ts';
import { FlowResponse, PutFlowRequest, toFlowWire } from './flow.wire.ts';
import { jsonOrYaml } from './flow-body.ts';
import { checkPublishable, readDefinition } from './flow-definition.ts';
import { readFlowFields } from './flow-fields.ts';
import { expansionQuery } from './flow-query.wire.ts';

type Body = Static<typeof PutFlowRequest> | string;

/** PUT /api/flows/{flow_id}: PATCH and PUT definition in one transaction (core.md C23). A definition needs a draft, before or by this call. */
export function putFlow(app: FlowApp, deps: ApiDeps): void {
  app.put(
    '/api/flows/:flow_id',
    {
      config: { operation: 'put_flow', acceptsYaml: true },
      schema: {
        tags: ['flows'],
        summary: 'Update a flow and its definition',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object(expansionQuery),
        body: jsonOrYaml(PutFlowRequest),
        response: { 200: FlowResponse, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const body = request.body as Body;
      const sent = typeof body === 'string' ? body : (body.definition ?? undefined);
      const read = sent === undefined ? undefined : readDefinition(sent, deps.catalogue);
      const fields = readFlowFields(typeof body === 'string' ? readFlatHeader(read?.definition ?? {}) : body);
      const author = authorOf(request, deps);
      const flow = await request.tenant(async (tx) => {
        const present = await lockVisibleFlow(tx, principal, params.flow_id);
        const isDraft = present.status === 'draft' || fields.status === 'draft';
        if (read && !isDraft) throw badRequest('The definition of a published flow cannot be changed; set its status to draft first');
        if (fields.status === 'published') checkPublishable(read ?? present, deps.catalogue);
        if (read) await appendVersion(tx, author, present, read);
        await updateFlow(tx, author, present.id, fields);
        return getVisibleFlow(tx, principal, present.id);
      });
      return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
    },
  );
}
