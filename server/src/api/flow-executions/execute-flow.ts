import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { rerunRun } from './run-actions.ts';
import type { RunChecks } from './run-checks.ts';

/**
 * POST /api/flow-executions/{flow_execution_id}/execute: runs it again under the flow's latest version, with the same id, input and run
 * number (core.md 3, C20, C21). All of it, or with only_stale what is stale, failed, never ran or was changed, and what follows from that.
 */
export function executeFlow(app: FlowApp, deps: ApiDeps, checks: RunChecks): void {
  app.post(
    '/api/flow-executions/:flow_execution_id/execute',
    {
      config: { operation: 'execute_flow' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Run it again, whole or only what is stale',
        params: Type.Object({ flow_execution_id: Uuid() }),
        querystring: Type.Object({
          only_stale: Type.Boolean({ default: false, description: 'Keep good results, run the rest again' }),
        }),
        response: { 204: Type.Null({ description: 'It runs again' }), ...errorResponses(400, 401, 402, 403, 404, 409, 422, 500) },
      },
    },
    async (request, reply) => {
      await rerunRun(request, deps, checks, { id: request.params.flow_execution_id, onlyStale: request.query.only_stale });
      return reply.code(204).send(null);
    },
  );
}
