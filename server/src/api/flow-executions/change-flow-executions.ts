import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { FlowError, type Id } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { aboutRequest } from '../plugins/about-request.ts';
import { errorResponses, Nullable, Uuid, Words } from '../wire/index.ts';
import { cancelRun, hideRun, rerunRun } from './run-actions.ts';
import type { RunChecks } from './run-checks.ts';

const BulkRequest = Type.Object(
  {
    action: Words(['delete', 'cancel', 'execute']),
    flow_execution_ids: Type.Array(Uuid(), { minItems: 1, maxItems: 100 }),
    only_stale: Type.Boolean({ default: false, description: 'Of execute: keep good results, run the rest again' }),
  },
  { title: 'FlowExecutionBulkRequest' },
);

const BulkResult = Type.Object(
  {
    flow_execution_id: Uuid(),
    status: Words(['done', 'refused']),
    error: Nullable(Type.Object({ code: Type.String(), message: Type.String() }, { title: 'FlowExecutionBulkError' })),
  },
  { title: 'FlowExecutionBulkResult' },
);

/**
 * POST /api/flow-executions/bulk: deletes, cancels or runs again up to a hundred runs, one after the other (core.md G11). Each is a request of
 * its own: one that is refused says why in its place, the others are done.
 */
export function changeFlowExecutions(app: FlowApp, deps: ApiDeps, checks: RunChecks): void {
  app.post(
    '/api/flow-executions/bulk',
    {
      config: { operation: 'change_flow_executions' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Delete, cancel or run again several runs',
        body: BulkRequest,
        response: {
          200: Type.Object(
            { results: Type.Array(BulkResult, { description: 'In the order of the request' }) },
            { title: 'FlowExecutionBulkResponse' },
          ),
          ...errorResponses(400, 401, 403, 422, 500),
        },
      },
    },
    async (request) => {
      const { action, only_stale: onlyStale, flow_execution_ids: ids } = request.body;
      const change = {
        delete: (id: Id) => hideRun(request, deps, id),
        cancel: (id: Id) => cancelRun(request, deps, id),
        execute: (id: Id) => rerunRun(request, deps, checks, { id, onlyStale }),
      }[action];
      const results: Static<typeof BulkResult>[] = [];
      for (const id of ids) results.push(await attempt(request, id, change));
      return { results };
    },
  );
}

/** What nobody expected ends the whole call: the rest would meet it too. */
async function attempt(request: FastifyRequest, id: Id, change: (id: Id) => Promise<void>): Promise<Static<typeof BulkResult>> {
  try {
    await change(id);
    return { flow_execution_id: id, status: 'done', error: null };
  } catch (error) {
    if (!(error instanceof FlowError) || error.status >= 500) throw error;
    request.log.debug({ err: error, ...aboutRequest(request), flow_execution_id: id }, 'one of several runs was refused');
    return { flow_execution_id: id, status: 'refused', error: { code: error.code, message: error.message } };
  }
}
