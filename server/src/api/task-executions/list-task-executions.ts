import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Principal } from '#access';
import { type Id, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { listTagsOf } from '../task-tags/task-tag.queries.ts';
import { toTaskTagWire } from '../task-tags/task-tag.wire.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { cutPage, errorResponses, Nullable, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages, toPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { readTaskExecutions, type TaskExecutionSources } from './read-task-executions.ts';
import { findReport } from './reported-task.queries.ts';
import { countTaskExecutions, findTaskExecution, listTaskExecutionIds, type TaskExecutionFilters } from './task-execution.queries.ts';
import { type TaskExecutionWire, TaskExecutionWithTags } from './task-execution.wire.ts';

/** Rows a transaction of a long list: each may carry 256 kB, and a page lies in memory. */
const PAGE_ROWS = 100;

const ListTaskExecutionsQuery = Type.Object({
  flow_execution_id: Type.Optional(Nullable(Uuid())),
  task_name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 200 }), { description: 'Exact, case-sensitive' })),
  task_execution_idx: Type.Optional(Nullable(Type.Integer({ minimum: 0 }), { description: 'The item of a fan-out' })),
  include_credits: Type.Boolean({ default: false, description: 'Takes effect with flow_execution_id only' }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most task executions to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last task execution of the page before' })),
});

export const ListTaskExecutionsResponse = Type.Object(
  { task_executions: Type.Array(TaskExecutionWithTags) },
  { title: 'ListTaskExecutionsResponse' },
);

/** GET /api/task-executions: the filters are AND-ed; none reads the whole organization, newest first (core.md 4). */
export function listTaskExecutions(app: FlowApp, deps: ApiDeps, sources: TaskExecutionSources): void {
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
      const filters = {
        flowExecutionId: query.flow_execution_id ?? undefined,
        taskName: query.task_name ?? undefined,
        taskExecutionIdx: query.task_execution_idx ?? undefined,
      };
      const { limit, starting_after: after } = query;
      const { counted, ids } = await request.tenant(
        async (tx) => {
          if (after !== undefined && !(await findTaskExecution(tx, principal, after)) && !(await findReport(tx, principal, after)))
            throw notFound('Task execution', after);
          return {
            counted: await countTaskExecutions(tx, principal, filters, countUpTo(limit)),
            ids: limit === undefined ? [] : await listTaskExecutionIds(tx, principal, filters, { after, limit: limit + 1 }),
          };
        },
        { readOnly: true },
      );
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const cut = limit === undefined ? undefined : cutPage(ids, { limit, markOf: (id) => id }, address);
      setListHeaders(reply, { total: toTotal(counted, limit), nextUrl: cut?.nextUrl });
      const pages = cut ? readThese(request, sources, filters, cut.shown) : readPages(request, sources, filters, after);
      const take = () => (cut ? () => {} : unlimited.take(principal.organizationId));
      return (await sendPages(reply, { pages, around: ['{"task_executions":[', ']}'], take })) as never;
    },
  );
}

type Wire = TaskExecutionWire & Pick<Static<typeof TaskExecutionWithTags>, 'tags'>;

/** The whole list page by page, each page in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  startingAfter: Id | undefined,
): AsyncGenerator<Wire[], void> {
  for (let after = startingAfter; ; ) {
    const read = await readPart(request, sources, filters, { after, limit: PAGE_ROWS });
    yield read;
    if (read.length < PAGE_ROWS) return;
    after = read.at(-1)?.id;
  }
}

/** The rows of a page, which were found first, so that its end is known before it is sent: part by part, since each may be large. */
async function* readThese(
  request: FastifyRequest,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  ids: readonly Id[],
): AsyncGenerator<Wire[], void> {
  for await (const part of toPages(ids, PAGE_ROWS))
    yield await readPart(request, sources, { ...filters, ids: part }, { limit: part.length });
}

const readPart = (
  request: FastifyRequest,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<Wire[]> =>
  request.tenant(async (tx) => withTags(tx, request.principal, await readTaskExecutions(tx, request.principal, sources, filters, page)), {
    readOnly: true,
  });

/** The active tags of a task stand on each of its items (core.md 4). */
async function withTags(tx: TenantTransaction, principal: Principal, read: readonly TaskExecutionWire[]): Promise<Wire[]> {
  const places = read.map((wire) => ({ flowExecutionId: wire.flow_execution_id, taskName: wire.task_name }));
  const rows = await listTagsOf(tx, principal.organizationId, places);
  const tags = Map.groupBy(rows.map(toTaskTagWire), (tag) => placeOf(tag));
  return read.map((wire) => ({ ...wire, tags: tags.get(placeOf(wire)) ?? [] }));
}

const placeOf = (thing: { flow_execution_id: Id; task_name: string }): string => `${thing.flow_execution_id}/${thing.task_name}`;
