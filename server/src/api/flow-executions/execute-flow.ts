import { Type } from 'typebox';
import type { Principal } from '#access';
import { forbidden, type JsonObject, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { findLatestVersion, findTriggeredTask, findVisibleExecution, type LatestVersion } from './flow-execution.queries.ts';
import { chooseInputTask, type RunChecks } from './run-checks.ts';

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
      const { principal, query } = request;
      const id = request.params.flow_execution_id;
      const version = await request.tenant((tx) => prepareRerun(tx, principal, checks, id), { readOnly: true });
      await deps.engine.rerun(principal.organizationId, id, {
        onlyStale: query.only_stale,
        actor: principal.modifiedBy,
        flowVersionId: version.flowVersionId,
        flowVersion: version.version,
      });
      return reply.code(204).send(null);
    },
  );
}

/** As on create: visible and not deleted (404), the role (403), the latest definition can run and takes the stored input (400). */
async function prepareRerun(tx: TenantTransaction, principal: Principal, checks: RunChecks, id: string): Promise<LatestVersion> {
  const row = await findVisibleExecution(tx, principal, id);
  if (!row) throw notFound('Flow execution', id);
  const version = await findLatestVersion(tx, principal, row.flowId);
  if (!version) throw notFound('Flow', row.flowId);
  if (principal.role === 'publisher' && version.flowStatus !== 'published') throw forbidden('A publisher runs published flows only');
  const plan = await checks.plan(tx, principal, version);
  const triggered = await findTriggeredTask(tx, principal, id);
  const task = plan.inputTasks.length > 1 ? chooseInputTask(plan, triggered) : chooseInputTask(plan, undefined);
  await checks.input(tx, principal, task, row.input as JsonObject);
  return version;
}
