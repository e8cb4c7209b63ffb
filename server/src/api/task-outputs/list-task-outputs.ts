import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countUpTo, toTotal } from '../wire/count-rows.ts';
import { type CutPage, cutPage, errorResponses, readWireTime, setListHeaders, Timestamp, Uuid } from '../wire/index.ts';
import { sendPages, toPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { countEngineOutputs, type OutputCursor, type OutputFilters } from './engine-output.queries.ts';
import { findOutputCursor } from './find-output-cursor.ts';
import { hasStatus, readStatusFilter, toStatusCandidates } from './output-status-filter.ts';
import { PATHS } from './paths.ts';
import { type OutputSources, readTaskOutputs } from './read-task-outputs.ts';
import { countReportedOutputs } from './reported-output.queries.ts';
import { countPostedOutputs } from './task-output.queries.ts';
import { type TaskOutputRecord, TaskOutputResponse, toTaskOutputWire } from './task-output.wire.ts';

/** Rows a transaction of a long list: each may carry 256 kB, and a page lies in memory. */
const PAGE_ROWS = 100;

const ListTaskOutputsQuery = Type.Object({
  flow_execution_id: Type.Optional(Uuid()),
  task_name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Exact, case-sensitive' })),
  status: Type.Optional(
    Type.Array(Type.String(), {
      'x-comma-separated': true,
      description: 'Any of these words, of processing_status or of the founding status, or edited, stale, skipped',
    }),
  ),
  created_after: Type.Optional(Timestamp({ description: 'Inclusive' })),
  created_before: Type.Optional(Timestamp({ description: 'Inclusive' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most outputs to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last output of the page before' })),
});

/** GET /api/task-outputs: what was posted and what the engine made, newest first, with the filters that the founding page plans (core.md 6). */
export function listTaskOutputs(app: FlowApp, deps: ApiDeps, sources: OutputSources): void {
  const unlimited = new UnlimitedReads();
  for (const { prefix, hide } of PATHS) {
    app.get(
      prefix,
      {
        config: { operation: 'list_task_outputs' },
        schema: {
          hide,
          tags: ['task-outputs'],
          summary: 'Task outputs, newest first',
          querystring: ListTaskOutputsQuery,
          response: { 200: Type.Array(TaskOutputResponse), ...errorResponses(400, 401, 404, 422, 429, 500) },
        },
      },
      async (request, reply) => {
        const list = readList(request.query);
        const after = await request.tenant((tx) => findOutputCursor(tx, request.principal, list.startingAfter), { readOnly: true });
        const counted = await countOutputs(request, sources, list);
        const cut = list.limit === undefined ? undefined : await findPage(request, deps, sources, { list, limit: list.limit, after });
        setListHeaders(reply, { total: toTotal(counted, list.limit), nextUrl: cut?.nextUrl });
        const records = cut
          ? readThese(request, sources, list.filters, cut.shown)
          : readPages(request, sources, list, { after, withValues: true });
        const pages = wirePages(records);
        const take = () => (cut ? () => {} : unlimited.take(request.principal.organizationId));
        return (await sendPages(reply, { pages, around: ['[', ']'], take })) as never;
      },
    );
  }
}

interface List {
  filters: OutputFilters;
  status: ReadonlySet<string> | undefined;
  limit: number | undefined;
  startingAfter: string | undefined;
}

const readTime = (text: string | undefined, name: string) => (text === undefined ? undefined : readWireTime(text, ['query', name]));

function readList(query: Static<typeof ListTaskOutputsQuery>): List {
  const status = readStatusFilter(query.status);
  return {
    filters: {
      flowExecutionId: query.flow_execution_id,
      taskName: query.task_name,
      createdAfter: readTime(query.created_after, 'created_after'),
      createdBefore: readTime(query.created_before, 'created_before'),
      candidates: status && toStatusCandidates(status),
    },
    status,
    limit: query.limit,
    startingAfter: query.starting_after,
  };
}

/**
 * The number of outputs that the filters let through, wherever the page starts; no further than `countUpTo`. A status is a sum over items,
 * so it is counted by reading.
 */
async function countOutputs(request: FastifyRequest, sources: OutputSources, list: List): Promise<number> {
  const max = countUpTo(list.limit);
  if (list.status) {
    let total = 0;
    for await (const page of readPages(request, sources, { ...list, limit: max }, { withValues: false })) total += page.length;
    return total;
  }
  const { principal } = request;
  return request.tenant(
    async (tx) =>
      (await countPostedOutputs(tx, principal, list.filters, max)) +
      (await countEngineOutputs(tx, principal, list.filters, max)) +
      (await countReportedOutputs(tx, principal, list.filters, max)),
    { readOnly: true },
  );
}

/** The outputs of a page, without their values: its end is told before it is sent. */
async function findPage(
  request: FastifyRequest,
  deps: ApiDeps,
  sources: OutputSources,
  { list, limit, after }: { list: List; limit: number; after: OutputCursor | undefined },
): Promise<CutPage<Id>> {
  const ids: Id[] = [];
  for await (const page of readPages(request, sources, { ...list, limit: limit + 1 }, { after, withValues: false }))
    ids.push(...page.map(({ id }) => id));
  return cutPage(ids, { limit, markOf: (id) => id }, { publicUrl: deps.publicUrl(), requestUrl: request.url });
}

/** The same with their values, part by part, since each may be large. */
async function* readThese(
  request: FastifyRequest,
  sources: OutputSources,
  filters: OutputFilters,
  ids: readonly Id[],
): AsyncGenerator<TaskOutputRecord[], void> {
  for await (const part of toPages(ids, PAGE_ROWS)) {
    const page = { limit: part.length, withValues: true };
    yield await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, { ...filters, ids: part }, page), {
      readOnly: true,
    });
  }
}

/** The list page by page, each page in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  sources: OutputSources,
  { filters, status, limit }: List,
  options: { after?: OutputCursor | undefined; withValues: boolean },
): AsyncGenerator<TaskOutputRecord[], void> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let after = options.after; left > 0; ) {
    const page = { after, limit: status ? PAGE_ROWS : Math.min(PAGE_ROWS, left), withValues: options.withValues };
    const read = await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, filters, page), { readOnly: true });
    const kept = (status ? read.filter((record) => hasStatus(record, status)) : read).slice(0, left);
    left -= kept.length;
    yield kept;
    if (read.length < page.limit) return;
    after = read.at(-1);
  }
}

async function* wirePages(pages: AsyncIterable<TaskOutputRecord[]>) {
  for await (const page of pages) yield page.map(toTaskOutputWire);
}
