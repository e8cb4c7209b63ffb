import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { badRequest, FlowError, type Id, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { aboutRequest } from '../plugins/about-request.ts';
import { errorResponses, Nullable, Uuid, Words } from '../wire/index.ts';
import { countExecutions, findExecutionPlace, isFlowListed, listExecutions } from './flow-execution.queries.ts';
import { cancelRun, hideRun, rerunRun } from './run-actions.ts';
import type { RunChecks } from './run-checks.ts';
import { RunFilter, toFilters } from './run-filter.ts';

/** Runs that one call changes: it stays within what a client waits for. A longer list is cut by the caller, a filter goes on with `starting_after`. */
const MOST = 100;

const BulkRequest = Type.Object(
  {
    action: Words(['delete', 'cancel', 'execute']),
    flow_execution_ids: Type.Optional(Type.Array(Uuid(), { minItems: 1, maxItems: MOST, description: 'These runs; or give filter' })),
    filter: Type.Optional(RunFilter),
    limit: Type.Integer({
      minimum: 1,
      maximum: MOST,
      default: MOST,
      description: 'Of filter: most runs that this call changes, the oldest first',
    }),
    starting_after: Type.Optional(Uuid({ description: 'Of filter: next_starting_after of the call before' })),
    dry_run: Type.Boolean({
      default: false,
      description: 'Of filter: changes nothing; matched says how many runs are meant, results which are next',
    }),
    only_stale: Type.Boolean({ default: false, description: 'Of execute: keep good results, run the rest again' }),
  },
  { title: 'FlowExecutionBulkRequest' },
);

const BulkResult = Type.Object(
  {
    flow_execution_id: Uuid(),
    status: Words(['done', 'refused', 'matched'], { description: 'matched: of a dry run' }),
    error: Nullable(Type.Object({ code: Type.String(), message: Type.String() }, { title: 'FlowExecutionBulkError' })),
  },
  { title: 'FlowExecutionBulkResult' },
);

/**
 * POST /api/flow-executions/bulk: deletes, cancels or runs again up to a hundred runs, one after the other (core.md G11): those that are named, or the
 * oldest that a filter matches, page by page. Each is a request of its own: one that is refused says why in its place, the others are done.
 */
export function changeFlowExecutions(app: FlowApp, deps: ApiDeps, checks: RunChecks): void {
  app.post(
    '/api/flow-executions/bulk',
    {
      config: { operation: 'change_flow_executions' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Delete, cancel or run again several runs',
        body: BulkRequest,
        response: {
          200: Type.Object(
            {
              results: Type.Array(BulkResult, { description: 'In the order of the request; of a filter the oldest run first' }),
              matched: Type.Optional(
                Type.Integer({ description: 'Of a filter: runs that it matched before this call, those of earlier pages left out' }),
              ),
              next_starting_after: Type.Optional(
                Nullable(Uuid({ description: 'Of a filter: where the next call goes on; null: none is left' })),
              ),
            },
            { title: 'FlowExecutionBulkResponse' },
          ),
          ...errorResponses(400, 401, 403, 404, 422, 500),
        },
      },
    },
    async (request) => {
      const { action, only_stale: onlyStale, dry_run: isDryRun } = request.body;
      const change = {
        delete: (id: Id) => hideRun(request, deps, id),
        cancel: (id: Id) => cancelRun(request, deps, id),
        execute: (id: Id) => rerunRun(request, deps, checks, { id, onlyStale }),
      }[action];
      const { ids, ...page } = await chooseRuns(request);
      const results: Static<typeof BulkResult>[] = [];
      for (const id of ids)
        results.push(isDryRun ? { flow_execution_id: id, status: 'matched', error: null } : await attempt(request, id, change));
      return { results, ...page };
    },
  );
}

interface ChosenRuns {
  ids: Id[];
  matched?: number;
  next_starting_after?: Id | null;
}

/** The runs that are named, or a page of those that the filter matches. Throws not_found for a flow that the caller does not see. */
async function chooseRuns(request: FastifyRequest & { body: Static<typeof BulkRequest> }): Promise<ChosenRuns> {
  const { principal, body } = request;
  const { flow_execution_ids: ids, filter, limit, starting_after: after } = body;
  if ((ids === undefined) === (filter === undefined)) throw badRequest('Give flow_execution_ids or filter, one of them');
  if (ids !== undefined || filter === undefined) {
    if (body.dry_run || after !== undefined) throw badRequest('dry_run and starting_after go with filter');
    return { ids: ids ?? [] };
  }
  const filters = toFilters(filter);
  return request.tenant(
    async (tx) => {
      const { organizationId } = principal;
      if (!(await isFlowListed(tx, principal, filters.flowId))) throw notFound('Flow', filters.flowId);
      const place = after === undefined ? undefined : await findExecutionPlace(tx, organizationId, filters.flowId, after);
      if (after !== undefined && !place) throw notFound('Flow execution', after);
      const oldestFirst = { field: 'created_at', direction: 'asc' } as const;
      const rows = await listExecutions(tx, organizationId, filters, { order: oldestFirst, after: place, offset: 0, limit: limit + 1 });
      const shown = rows.slice(0, limit).map(({ id }) => id);
      const matched = await countExecutions(tx, organizationId, { ...filters, ...(after === undefined ? {} : { afterId: after }) });
      return { ids: shown, matched, next_starting_after: rows.length > limit ? (shown.at(-1) ?? null) : null };
    },
    { readOnly: true },
  );
}

/** What nobody expected ends the whole call: the rest would meet it too. */
async function attempt(request: FastifyRequest, id: Id, change: (id: Id) => Promise<void>): Promise<Static<typeof BulkResult>> {
  try {
    await change(id);
    return { flow_execution_id: id, status: 'done', error: null };
  } catch (error) {
    if (!(error instanceof FlowError) || error.status >= 500) throw error;
    request.log.debug({ err: error, ...aboutRequest(request), flow_execution_id: id }, 'one of several runs was refused');
    return { flow_execution_id: id, status: 'refused', error: { code: error.code, message: error.message } };
  }
}
