import { Type } from 'typebox';
import { notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { readTaskExecution, type TaskExecutionSources } from './read-task-executions.ts';
import { TaskExecutionResponse } from './task-execution.wire.ts';

/** GET /api/task-executions/{task_execution_id} (core.md 4). */
export function getTaskExecution(app: FlowApp, sources: TaskExecutionSources): void {
  app.get(
    '/api/task-executions/:task_execution_id',
    {
      config: { operation: 'get_task_execution' },
      schema: {
        tags: ['task-executions'],
        summary: 'One task execution',
        params: Type.Object({ task_execution_id: Uuid() }),
        querystring: Type.Object({ include_credits: Type.Boolean({ default: false }) }),
        response: { 200: TaskExecutionResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, params } = request;
      const found = await request.tenant((tx) => readTaskExecution(tx, principal, sources, params.task_execution_id), { readOnly: true });
      if (!found) throw notFound('Task execution', params.task_execution_id);
      return found;
    },
  );
}
