import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders } from '../wire/index.ts';
import { TaskExecutorResponse, toTaskExecutorWire } from './task-executor.wire.ts';

const CACHE_SECONDS = 300; // the catalogue changes with a release only

/** If-None-Match is a list; what a proxy marked as weak is as good here (RFC 9110, 13.1.2). */
const isKnown = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);

/** GET /api/task-executors: the whole catalogue, sorted by name (core.md 5). */
export function getTaskExecutors(app: FlowApp, deps: ApiDeps): void {
  const executors = deps.catalogue.list().map(toTaskExecutorWire);
  const etag = `"${createHash('sha256').update(JSON.stringify(executors)).digest('base64url').slice(0, 22)}"`;

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
    async (request, reply) => {
      setListHeaders(reply, { total: executors.length });
      reply.header('ETag', etag).header('Cache-Control', `private, max-age=${CACHE_SECONDS}`);
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send(null);
      return executors;
    },
  );
}
