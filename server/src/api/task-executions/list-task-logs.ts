import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { cutPage, errorResponses, setListHeaders, Uuid, Words } from '../wire/index.ts';
import { createLogStreams } from './follow-task-logs.ts';
import { countTaskLogs, findLoggedTask, listTaskLogs as listLines } from './task-log.queries.ts';
import { LOG_LEVELS, TaskLogLine, toTaskLogLine } from './task-log.wire.ts';

const MAX_LIMIT = 1_000; // an attempt keeps no more lines

const ListTaskLogsQuery = Type.Object({
  level: Type.Optional(Words(LOG_LEVELS, { description: 'The least level: warn gives warn and error' })),
  attempt: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Of one attempt' })),
  limit: Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: 100, description: 'Most lines to return' }),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last line of the page before' })),
  order: Words(['asc', 'desc'], { default: 'asc', description: 'asc: oldest first' }),
});

const DESCRIPTION =
  'What the executor said while it worked, attempt by attempt. With `Accept: text/event-stream` the lines come as server-sent events (`log`), those ' +
  'that are there and then each new one, until the task has ended (`end`, with its processing_status); `limit` and `order` do not count then, and ' +
  '`Last-Event-ID` goes on where a broken stream ended.';

/** GET /api/task-executions/{task_execution_id}/logs: a page of lines, or a stream that follows. Lines are deleted after FLOW_TASK_LOG_DAYS. */
export function listTaskLogs(app: FlowApp, deps: ApiDeps): void {
  const streams = createLogStreams(app, deps);
  app.get(
    '/api/task-executions/:task_execution_id/logs',
    {
      config: { operation: 'list_task_logs' },
      schema: {
        tags: ['task-executions'],
        summary: 'The log of a task execution',
        description: DESCRIPTION,
        params: Type.Object({ task_execution_id: Uuid() }),
        querystring: ListTaskLogsQuery,
        response: { 200: Type.Array(TaskLogLine), ...errorResponses(401, 404, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const filters = { taskExecutionId: params.task_execution_id, level: query.level, attempt: query.attempt };
      if (wantsStream(request)) return (await streams.follow(request, reply, filters, query.starting_after)) as never;
      const page = { order: query.order as 'asc' | 'desc', after: query.starting_after, limit: query.limit + 1 };
      const { counted, rows } = await request.tenant(
        async (tx) => {
          const task = await findLoggedTask(tx, principal, filters.taskExecutionId);
          if (!task) throw notFound('Task execution', filters.taskExecutionId);
          return {
            counted: await countTaskLogs(tx, principal, filters, countUpTo(query.limit)),
            rows: await listLines(tx, principal, filters, page),
          };
        },
        { readOnly: true },
      );
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const { shown, nextUrl } = cutPage(rows, { limit: query.limit, markOf: ({ id }) => id }, address);
      setListHeaders(reply, { total: toTotal(counted, query.limit), nextUrl });
      return shown.map(toTaskLogLine);
    },
  );
}

/** A HEAD has no stream. */
const wantsStream = ({ method, headers }: FastifyRequest): boolean =>
  method === 'GET' && headers.accept?.split(',').some((type) => type.trim().startsWith('text/event-stream')) === true;
