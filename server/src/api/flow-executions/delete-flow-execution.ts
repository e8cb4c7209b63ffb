import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { hideRun } from './run-actions.ts';

/**
 * DELETE /api/flow-executions/{flow_execution_id}: hides the run for good; a second call is 204 as well (core.md 3, C24). It neither stops
 * the run nor frees its slot, and leaves what the run made readable.
 */
export function deleteFlowExecution(app: FlowApp, deps: ApiDeps): void {
  app.delete(
    '/api/flow-executions/:flow_execution_id',
    {
      config: { operation: 'delete_flow_execution' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Hide a run for good',
        params: Type.Object({ flow_execution_id: Uuid() }),
        response: { 204: Type.Null({ description: 'Deleted' }), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      await hideRun(request, deps, request.params.flow_execution_id);
      return reply.code(204).send(null);
    },
  );
}
