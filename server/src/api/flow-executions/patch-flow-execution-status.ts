import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { conflict, type Id, isJsonObject, notFound } from '#base';
import type { Decree } from '#engine';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid, Words } from '../wire/index.ts';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../wire/statuses.ts';
import { findVisibleExecution } from './flow-execution.queries.ts';
import { FlowExecutionResponse, type FlowExecutionRow, toExecutionStatus, toFlowExecutionWire } from './flow-execution.wire.ts';
import { cancelRun, getRun, hideRun } from './run-actions.ts';

const StatusQuery = Type.Object({
  status: Words(EXECUTION_STATUSES, { description: 'May stand as {status} in a JSON body instead' }),
});

/**
 * PATCH /api/flow-executions/{flow_execution_id}/status: moves a run by decree, as far as the moves of core.md 1.6 go; any other is 409 with the
 * present status. Repeating the present status changes nothing. The answer has the status reached: cancel_requested where cancelled was asked
 * of what still runs, queued where running was asked of what has no slot yet.
 */
export function patchFlowExecutionStatus(app: FlowApp, deps: ApiDeps): void {
  app.patch(
    '/api/flow-executions/:flow_execution_id/status',
    {
      config: { operation: 'patch_flow_execution_status' },
      preValidation: takeStatusOfBody,
      schema: {
        tags: ['flow-executions'],
        summary: 'Change the status of a run',
        params: Type.Object({ flow_execution_id: Uuid() }),
        querystring: StatusQuery,
        response: { 200: FlowExecutionResponse, ...errorResponses(401, 403, 404, 409, 422, 500) },
      },
    },
    async (request) => {
      const { principal } = request;
      const id = request.params.flow_execution_id;
      const wanted = request.query.status;
      const row = await getRun(request, id);
      if (toExecutionStatus(row) !== wanted) await changeStatus(request, deps, { id, row, wanted });
      const reached = await request.tenant((tx) => findVisibleExecution(tx, principal, id, { includeDeleted: true }), { readOnly: true });
      if (!reached) throw notFound('Flow execution', id);
      return toFlowExecutionWire(reached);
    },
  );
}

/** A word in the body is as good as one in the query, which wins. The body is optional, so it has no schema: what it says is checked as the query. */
async function takeStatusOfBody(request: FastifyRequest): Promise<void> {
  const query = request.query as Record<string, unknown>;
  if (query['status'] !== undefined || !isJsonObject(request.body)) return;
  const { status } = request.body;
  if (status !== undefined) query['status'] = String(status);
}

async function changeStatus(
  request: FastifyRequest,
  deps: ApiDeps,
  change: { id: Id; row: FlowExecutionRow; wanted: ExecutionStatus },
): Promise<void> {
  const { principal } = request;
  const { id, row, wanted } = change;
  if (wanted === 'deleted') return hideRun(request, deps, id);
  if (wanted === 'cancelled' || wanted === 'cancel_requested') return cancelRun(request, deps, id);
  const decree = toDecree(row, wanted);
  const status = toExecutionStatus(row);
  if (decree === undefined)
    throw conflict(`A run that is ${status} cannot be made ${wanted}${wanted === 'running' ? '; POST execute runs it again' : ''}`, {
      status,
    });
  await deps.engine.decree(principal.organizationId, id, decree, principal.modifiedBy);
}

/** What leads from here to there by decree; undefined where nothing does: what waits, what is edited and what is stale follows from what people do. */
function toDecree(row: FlowExecutionRow, wanted: ExecutionStatus): Decree | undefined {
  const present = toExecutionStatus(row);
  if (present === 'queued' && wanted === 'running') return 'running';
  if (present === 'running' && (wanted === 'completed' || wanted === 'failed')) return wanted;
  if ((present === 'stale' || present === 'edited') && wanted === row.status) return 'acknowledged';
  return undefined;
}
