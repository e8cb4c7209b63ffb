import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { cancelRun } from './run-actions.ts';

/**
 * POST /api/flow-executions/{flow_execution_id}/cancel: asks for the end; running tasks get a signal, what completed stays (core.md 3, G13).
 * Asking again is 204; a run that has ended otherwise is 409 with its status.
 */
export function cancelFlowExecution(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/flow-executions/:flow_execution_id/cancel',
    {
      config: { operation: 'cancel_flow_execution' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Ask a run to stop',
        params: Type.Object({ flow_execution_id: Uuid() }),
        response: { 204: Type.Null({ description: 'Cancellation was requested' }), ...errorResponses(401, 403, 404, 409, 422, 500) },
      },
    },
    async (request, reply) => {
      await cancelRun(request, deps, request.params.flow_execution_id);
      return reply.code(204).send(null);
    },
  );
}
