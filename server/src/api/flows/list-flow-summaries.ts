import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { countEngineOutputs, type OutputCursor, type OutputFilters } from '../task-outputs/engine-output.queries.ts';
import { type OutputSources, readTaskOutputs } from '../task-outputs/read-task-outputs.ts';
import { countReportedOutputs } from '../task-outputs/reported-output.queries.ts';
import { countPostedOutputs } from '../task-outputs/task-output.queries.ts';
import { VersionPlans } from '../version-plans.ts';
import { errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { getFlowVersion } from './flow.queries.ts';
import { TaskSummaryResponse, toTaskSummaryWire } from './task-summary.wire.ts';

const PAGE_ROWS = 200;

const Query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most summaries to return; without it all are' })),
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
      const total = await request.tenant(
        async (tx) => {
          await getFlowVersion(tx, principal, params.flow_id, params.version);
          const [posted, made] = [await countPostedOutputs(tx, principal, filters), await countEngineOutputs(tx, principal, filters)];
          return posted + made + (await countReportedOutputs(tx, principal, filters, Number.MAX_SAFE_INTEGER));
        },
        { readOnly: true },
      );
      setListHeaders(reply, { total });
      const take = () => (query.limit === undefined ? unlimited.take(principal.organizationId) : () => {});
      return (await sendPages(reply, { pages: readPages(request, sources, filters, query), around: ['[', ']'], take })) as never;
    },
  );
}

/** Page by page, each in a transaction of its own. */
async function* readPages(request: FastifyRequest, sources: OutputSources, filters: OutputFilters, query: Static<typeof Query>) {
  let after: OutputCursor | undefined;
  for (let left = query.limit ?? Number.POSITIVE_INFINITY; left > 0; left -= PAGE_ROWS) {
    const page = { after, limit: Math.min(PAGE_ROWS, left), withValues: false };
    const read = await request.tenant((tx) => readTaskOutputs(tx, request.principal, sources, filters, page), { readOnly: true });
    yield read.map(toTaskSummaryWire);
    if (read.length < page.limit) return;
    after = read.at(-1);
  }
}
