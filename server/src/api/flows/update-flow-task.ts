import { Type } from 'typebox';
import { invalidDefinition, type JsonObject } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyObject, errorResponses, Uuid } from '../wire/index.ts';
import { authorOf } from './author.ts';
import { withTask } from './definition-tasks.ts';
import { expandFlow } from './expand-flow.ts';
import { getVisibleFlow, lockDraft } from './flow.queries.ts';
import { appendVersion } from './flow.store.ts';
import { FlowResponse, toFlowWire } from './flow.wire.ts';
import { readDefinition } from './flow-definition.ts';
import { expansionQuery } from './flow-query.wire.ts';

function nameOf(task: Record<string, unknown>): string {
  const name = task['name'];
  if (typeof name !== 'string' || name === '') throw invalidDefinition(['name: Field required']);
  return name;
}

/** PUT /api/flows/{flow_id}/task: the next version of a draft, in which one task is replaced, in its place, or appended. */
export function updateFlowTask(app: FlowApp, deps: ApiDeps): void {
  app.put(
    '/api/flows/:flow_id/task',
    {
      config: { operation: 'update_flow_task' },
      schema: {
        tags: ['flows'],
        summary: 'Replace or add one task of a flow',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Type.Object(expansionQuery),
        body: AnyObject({ description: 'The task, known by its name' }),
        response: { 200: FlowResponse, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const name = nameOf(request.body);
      const flow = await request.tenant(async (tx) => {
        const draft = await lockDraft(tx, principal, params.flow_id);
        const read = readDefinition(withTask(draft.definition, name, request.body as JsonObject), deps.catalogue);
        await appendVersion(tx, authorOf(request, deps), draft, read);
        return getVisibleFlow(tx, principal, draft.id);
      });
      return toFlowWire(flow, expandFlow(flow, request.query, deps.catalogue));
    },
  );
}
