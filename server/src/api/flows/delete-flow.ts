import { Type } from 'typebox';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { lockVisibleFlow } from './flow.queries.ts';
import { deleteFlowRow } from './flow.store.ts';

/** DELETE /api/flows/{flow_id}: hides all versions for good. Its runs and files stay, and what runs ends as usual (core.md 1.7). */
export function deleteFlow(app: FlowApp): void {
  app.delete(
    '/api/flows/:flow_id',
    {
      config: { operation: 'delete_flow' },
      schema: {
        tags: ['flows'],
        summary: 'Delete a flow with all its versions',
        params: Type.Object({ flow_id: Uuid() }),
        response: { 204: Type.Null({ description: 'Deleted' }), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { principal, params } = request;
      await request.tenant(async (tx) => {
        const flow = await lockVisibleFlow(tx, principal, params.flow_id);
        await deleteFlowRow(tx, flow.id, principal.modifiedBy);
      });
      return reply.code(204).send(null);
    },
  );
}
