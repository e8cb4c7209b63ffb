import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { type Id, notFound } from '#base';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { readTaskExecutions, type TaskExecutionSources } from './read-task-executions.ts';
import { findReport } from './reported-task.queries.ts';
import { countTaskExecutions, findTaskExecution, type TaskExecutionFilters } from './task-execution.queries.ts';
import { type TaskExecutionWire, TaskExecutionWithTags } from './task-execution.wire.ts';

/** Rows a transaction of a long list: each may carry 256 kB, and a page lies in memory. */
const PAGE_ROWS = 100;

const ListTaskExecutionsQuery = Type.Object({
  flow_execution_id: Type.Optional(Uuid()),
  task_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Exact, case-sensitive' })),
  task_execution_idx: Type.Optional(Type.Integer({ minimum: 0, description: 'The item of a fan-out' })),
  include_credits: Type.Boolean({ default: false, description: 'Takes effect with flow_execution_id only' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most task executions to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last task execution of the page before' })),
});

export const ListTaskExecutionsResponse = Type.Object(
  { task_executions: Type.Array(TaskExecutionWithTags) },
  { title: 'ListTaskExecutionsResponse' },
);

/** GET /api/task-executions: the filters are AND-ed; none reads the whole organization, newest first (core.md 4). */
export function listTaskExecutions(app: FlowApp, sources: TaskExecutionSources): void {
  const unlimited = new UnlimitedReads();
  app.get(
    '/api/task-executions',
    {
      config: { operation: 'list_task_executions' },
      schema: {
        tags: ['task-executions'],
        summary: 'Task executions, filtered',
        querystring: ListTaskExecutionsQuery,
        response: { 200: ListTaskExecutionsResponse, ...errorResponses(401, 404, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { principal, query } = request;
      const filters = { flowExecutionId: query.flow_execution_id, taskName: query.task_name, taskExecutionIdx: query.task_execution_idx };
      const counted = await request.tenant(
        async (tx) => {
          const after = query.starting_after;
          if (after !== undefined && !(await findTaskExecution(tx, principal, after)) && !(await findReport(tx, principal, after)))
            throw notFound('Task execution', after);
          return countTaskExecutions(tx, principal, filters, countUpTo(query.limit));
        },
        { readOnly: true },
      );
      const total = toTotal(counted, query.limit);
      if (total !== undefined) setListHeaders(reply, { total });
      const pages = readPages(request, sources, filters, query);
      const take = () => (query.limit === undefined ? unlimited.take(principal.organizationId) : () => {});
      return (await sendPages(reply, { pages, around: ['{"task_executions":[', ']}'], take })) as never;
    },
  );
}

type Wire = TaskExecutionWire & Pick<Static<typeof TaskExecutionWithTags>, 'tags'>;

/** The list page by page, each page in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  query: { limit?: number; starting_after?: Id },
): AsyncGenerator<Wire[], void> {
  let left = query.limit ?? Number.POSITIVE_INFINITY;
  for (let after = query.starting_after; left > 0; ) {
    const page = { after, limit: Math.min(PAGE_ROWS, left) };
    const read = await request.tenant((tx) => readTaskExecutions(tx, request.principal, sources, filters, page), { readOnly: true });
    left -= read.length;
    yield read.map((wire) => ({ ...wire, tags: [] }));
    if (read.length < page.limit) return;
    after = read.at(-1)?.id;
  }
}
