import { Type } from 'typebox';
import { notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { type OutputSources, readTaskOutputs } from '../task-outputs/read-task-outputs.ts';
import { toTaskOutputWire } from '../task-outputs/task-output.wire.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { findVisibleExecution } from './flow-execution.queries.ts';
import { FlowExecutionResponseWithRunNumber, toNumberedExecutionWire } from './flow-execution.wire.ts';

/** Outputs that one answer carries; a run of more is read by GET /task-outputs, page by page. */
const MAX_OUTPUTS = 1_000;

/** GET /api/flow-executions/{flow_execution_id} (core.md 3, C14). */
export function getFlowExecution(app: FlowApp, sources: OutputSources): void {
  app.get(
    '/api/flow-executions/:flow_execution_id',
    {
      config: { operation: 'get_flow_execution' },
      schema: {
        tags: ['flow-executions'],
        summary: 'One run',
        params: Type.Object({ flow_execution_id: Uuid() }),
        querystring: Type.Object({
          include_run_number: Type.Boolean({ default: false }),
          include_credits: Type.Boolean({ default: false }),
          include_task_outputs: Type.Boolean({ default: false, description: `The newest ${MAX_OUTPUTS} outputs of the run, beside it` }),
        }),
        response: { 200: FlowExecutionResponseWithRunNumber, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, query } = request;
      const id = request.params.flow_execution_id;
      return request.tenant(
        async (tx) => {
          const row = await findVisibleExecution(tx, principal, id);
          if (!row) throw notFound('Flow execution', id);
          const wire = toNumberedExecutionWire(row, { includeRunNumber: query.include_run_number });
          if (!query.include_task_outputs) return wire;
          const page = { limit: MAX_OUTPUTS, withValues: true };
          const outputs = await readTaskOutputs(tx, principal, sources, { flowExecutionId: id }, page);
          return { ...wire, task_outputs: outputs.map(toTaskOutputWire) };
        },
        { readOnly: true },
      );
    },
  );
}
