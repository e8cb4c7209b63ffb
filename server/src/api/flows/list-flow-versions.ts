import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, setListHeaders, Uuid } from '../wire/index.ts';
import { sendPages } from '../wire/send-pages.ts';
import { UnlimitedReads } from '../wire/unlimited-reads.ts';
import { expandFlows } from './expand-flow.ts';
import { getVisibleFlowId, listFlowVersions as listVersions } from './flow.queries.ts';
import { FlowResponse, type FlowWire } from './flow.wire.ts';
import { expansionQuery } from './flow-query.wire.ts';
import { countVersions } from './flow-version.queries.ts';

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
      const total = await request.tenant(
        async (tx) => countVersions(tx, await getVisibleFlowId(tx, principal, params.flow_id), { favouritesOnly: false }),
        { readOnly: true },
      );
      setListHeaders(reply, { total });
      const take = () => (query.limit === undefined ? unlimited.take(principal.organizationId) : () => {});
      return (await sendPages(reply, { pages: readPages(request, params.flow_id, query, deps), around: ['[', ']'], take })) as never;
    },
  );
}

/** Part by part, each in a transaction of its own, so that none stays open while a slow client reads. */
async function* readPages(
  request: FastifyRequest,
  flowId: string,
  query: Static<typeof Query>,
  deps: ApiDeps,
): AsyncGenerator<FlowWire[], void> {
  let before = query.starting_after;
  for (let left = query.limit ?? Number.POSITIVE_INFINITY; left > 0; left -= PART) {
    const page = { before, limit: Math.min(PART, left) };
    const versions = await request.tenant((tx) => listVersions(tx, request.principal, flowId, page), { readOnly: true });
    yield expandFlows(versions, query, deps.catalogue);
    if (versions.length < page.limit) return;
    before = versions.at(-1)?.version;
  }
}
