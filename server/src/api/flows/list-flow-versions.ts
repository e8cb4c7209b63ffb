import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { cutPage, errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { expandFlows } from './expand-flow.ts';
import { getVisibleFlowId, listFlowVersions as listVersions } from './flow.queries.ts';
import { FlowResponse, type FlowWire } from './flow.wire.ts';
import { expansionQuery } from './flow-query.wire.ts';
import { countVersions, listVersionNumbers } from './flow-version.queries.ts';

const PART = 10; // versions that lie in memory at once: a definition may have 5 MB
const MAX_VERSION = 2_147_483_647;

const Query = Type.Object({
  ...expansionQuery,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Most versions to return; without it all are' })),
  starting_after: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_VERSION, description: 'The last version of the page before' })),
});

/** GET /api/flows/{flow_id}/versions: all of them, whole, newest first. */
export function listFlowVersions(app: FlowApp, deps: ApiDeps): void {
  const unlimited = new UnlimitedReads();
  app.get(
    '/api/flows/:flow_id/versions',
    {
      config: { operation: 'list_flow_versions' },
      schema: {
        tags: ['flows'],
        summary: 'Versions of a flow, newest first',
        params: Type.Object({ flow_id: Uuid() }),
        querystring: Query,
        response: { 200: Type.Array(FlowResponse), ...errorResponses(401, 403, 404, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const { limit, starting_after: before } = query;
      const { total, numbers } = await request.tenant(
        async (tx) => {
          const flowId = await getVisibleFlowId(tx, principal, params.flow_id);
          return {
            total: await countVersions(tx, flowId, { favouritesOnly: false }),
            numbers: limit === undefined ? [] : await listVersionNumbers(tx, flowId, { before, limit: limit + 1 }),
          };
        },
        { readOnly: true },
      );
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const cut = limit === undefined ? undefined : cutPage(numbers, { limit, markOf: (version) => version }, address);
      setListHeaders(reply, { total, nextUrl: cut?.nextUrl });
      const part = cut ? toRange(cut.shown) : { before, count: Number.POSITIVE_INFINITY };
      const pages = readPages(request, { flowId: params.flow_id, query }, part, deps);
      const take = () => (cut ? () => {} : unlimited.take(principal.organizationId));
      return (await sendPages(reply, { pages, around: ['[', ']'], take })) as never;
    },
  );
}

/** Versions from one on, downwards. */
interface Range {
  before: number | undefined;
  count: number;
}

/** The versions of a page, whichever have been made since it was found. */
const toRange = (numbers: number[]): Range => ({ before: numbers[0] === undefined ? undefined : numbers[0] + 1, count: numbers.length });

/** Part by part, each in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  { flowId, query }: { flowId: string; query: Static<typeof Query> },
  range: Range,
  deps: ApiDeps,
): AsyncGenerator<FlowWire[], void> {
  let { before } = range;
  for (let left = range.count; left > 0; left -= PART) {
    const page = { before, limit: Math.min(PART, left) };
    const versions = await request.tenant((tx) => listVersions(tx, request.principal, flowId, page), { readOnly: true });
    yield expandFlows(versions, query, deps.catalogue);
    if (versions.length < page.limit) return;
    before = versions.at(-1)?.version;
  }
}
