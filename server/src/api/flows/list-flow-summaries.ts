import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countEngineOutputs, type OutputCursor, type OutputFilters } from '../task-outputs/engine-output.queries.ts';
import { findOutputCursor } from '../task-outputs/find-output-cursor.ts';
import { type OutputSources, readTaskOutputs } from '../task-outputs/read-task-outputs.ts';
import { countReportedOutputs } from '../task-outputs/reported-output.queries.ts';
import { countPostedOutputs } from '../task-outputs/task-output.queries.ts';
import { VersionPlans } from '../version-plans.ts';
import { type CutPage, cutPage, errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages, toPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { getFlowVersion } from './flow.queries.ts';
import { TaskSummaryResponse, toTaskSummaryWire } from './task-summary.wire.ts';

const PAGE_ROWS = 200;

const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most summaries to return; without it all are' })),
  starting_after: Type.Optional(Uuid({ description: 'The id of the last summary of the page before' })),
});

/** GET /api/flows/{flow_id}/versions/{version}/summary: what every task did under that version, without the outputs, newest first. */
export function listFlowSummaries(app: FlowApp, deps: ApiDeps): void {
  const sources: OutputSources = { files: deps.files, log: deps.log, plans: new VersionPlans(deps.catalogue) };
  const unlimited = new UnlimitedReads();
  app.get(
    '/api/flows/:flow_id/versions/:version/summary',
    {
      config: { operation: 'list_flow_summaries' },
      schema: {
        tags: ['flows'],
        summary: 'List task summaries of a flow version',
        params: Type.Object({ flow_id: Uuid(), version: Type.Integer() }),
        querystring: Query,
        response: { 200: Type.Array(TaskSummaryResponse), ...errorResponses(401, 404, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const filters = { flowId: params.flow_id, flowVersion: params.version };
      const { limit } = query;
      const { total, after } = await request.tenant(
        async (tx) => {
          await getFlowVersion(tx, principal, params.flow_id, params.version);
          const [posted, made] = [await countPostedOutputs(tx, principal, filters), await countEngineOutputs(tx, principal, filters)];
          const reported = await countReportedOutputs(tx, principal, filters, Number.MAX_SAFE_INTEGER);
          return { total: posted + made + reported, after: await findOutputCursor(tx, principal, query.starting_after) };
        },
        { readOnly: true },
      );
      const cut = limit === undefined ? undefined : await readPage(request, deps, sources, { filters, limit, after });
      setListHeaders(reply, { total, nextUrl: cut?.nextUrl });
      const pages = cut ? toPages(cut.shown, PAGE_ROWS) : readPages(request, sources, filters, after);
      const take = () => (cut ? () => {} : unlimited.take(principal.organizationId));
      return (await sendPages(reply, { pages, around: ['[', ']'], take })) as never;
    },
  );
}

type SummaryWire = ReturnType<typeof toTaskSummaryWire>;

async function readPage(
  request: FastifyRequest,
  deps: ApiDeps,
  sources: OutputSources,
  { filters, limit, after }: { filters: OutputFilters; limit: number; after: OutputCursor | undefined },
): Promise<CutPage<SummaryWire>> {
  const page = { after, limit: limit + 1, withValues: false };
  const read = await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, filters, page), { readOnly: true });
  const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
  return cutPage(read.map(toTaskSummaryWire), { limit, markOf: ({ id }) => id }, address);
}

/** The whole list page by page, each in a transaction of its own. */
async function* readPages(
  request: FastifyRequest,
  sources: OutputSources,
  filters: OutputFilters,
  start: OutputCursor | undefined,
): AsyncGenerator<SummaryWire[], void> {
  for (let after = start; ; ) {
    const page = { after, limit: PAGE_ROWS, withValues: false };
    const read = await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, filters, page), { readOnly: true });
    yield read.map(toTaskSummaryWire);
    if (read.length < page.limit) return;
    after = read.at(-1);
  }
}
