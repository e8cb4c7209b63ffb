import { Type } from 'typebox';
import { notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { PATHS } from './paths.ts';
import { type OutputSources, readTaskOutputs } from './read-task-outputs.ts';
import { TaskOutputResponse, toTaskOutputWire } from './task-output.wire.ts';

/** GET /api/task-outputs/{task_output_id}: posted, or made by the engine. 404 where it is deleted or another organization's (core.md 6). */
export function getTaskOutput(app: FlowApp, sources: OutputSources): void {
  for (const { prefix, hide } of PATHS) {
    app.get(
      `${prefix}/:task_output_id`,
      {
        config: { operation: 'get_task_output' },
        schema: {
          hide,
          tags: ['task-outputs'],
          summary: 'One task output',
          params: Type.Object({ task_output_id: Uuid() }),
          response: { 200: TaskOutputResponse, ...errorResponses(401, 403, 404, 422, 500) },
        },
      },
      async (request) => {
        const id = request.params.task_output_id;
        const page = { limit: 1, withValues: true };
        const [found] = await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, { ids: [id] }, page), {
          readOnly: true,
        });
        if (!found) throw notFound('Task output', id);
        return toTaskOutputWire(found);
      },
    );
  }
}
