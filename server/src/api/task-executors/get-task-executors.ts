import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders } from '../wire/index.ts';
import { TaskExecutorResponse, toTaskExecutorWire } from './task-executor.wire.ts';

const CACHE_SECONDS = 300; // the catalogue changes with a release only

/** GET /api/task-executors: the whole catalogue, sorted by name (core.md 5). */
export function getTaskExecutors(app: FlowApp, deps: ApiDeps): void {
  const executors = deps.catalogue.list().map(toTaskExecutorWire);

  app.get(
    '/api/task-executors',
    {
      config: { operation: 'get_task_executors' },
      schema: {
        tags: ['task-executors'],
        summary: 'Every executor that a task can use',
        response: {
          200: Type.Array(TaskExecutorResponse, { description: 'Every task executor, sorted by name' }),
          304: Type.Null({ description: 'Unchanged since the ETag of If-None-Match' }),
          ...errorResponses(401, 500),
        },
      },
    },
    async (_request, reply) => {
      setListHeaders(reply, { total: executors.length });
      reply.header('Cache-Control', `private, max-age=${CACHE_SECONDS}`); // its ETag is the plugin's (conditional-get.ts)
      return executors;
    },
  );
}
