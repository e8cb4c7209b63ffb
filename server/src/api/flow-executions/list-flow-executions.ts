import { type Static, Type } from 'typebox';
import { badRequest, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, Nullable, pageQuery, readWireTime, setListHeaders, Timestamp, Uuid } from '../wire/index.ts';
import { EXECUTION_STATUSES, type ExecutionStatus, PROCESSING_STATUSES } from '../wire/statuses.ts';
import {
  countExecutions,
  type ExecutionFilters,
  type ExecutionOrder,
  findExecutionPlace,
  isFlowListed,
  listExecutions,
} from './flow-execution.queries.ts';
import { FlowExecutionResponseWithRunNumber, toNumberedExecutionWire } from './flow-execution.wire.ts';
import { parseMetadataFilter } from './metadata-filter.ts';

const Words = (description: string) => Type.Optional(Nullable(Type.Array(Type.String()), { 'x-comma-separated': true, description }));
const Time = (description: string) => Type.Optional(Nullable(Timestamp(), { description }));

const ListFlowExecutionsQuery = Type.Object({
  flow_id: Uuid({ description: 'The flow whose runs are listed; a deleted one still is' }),
  sort_field: Type.Optional(Nullable(Type.String({ pattern: '^(created_at|updated_at)$' }), { description: 'Default: created_at' })),
  sort_direction: Type.Optional(Nullable(Type.String({ pattern: '^(asc|desc)$' }), { description: 'Default: desc' })),
  status: Words('Runs in any of these statuses'),
  status_exclude: Words('Runs in none of these statuses'),
  tags: Type.Optional(
    Nullable(Type.Array(Type.String()), { description: 'Runs with a task that has any of these tags; key:value for structured ones' }),
  ),
  task_status: Words('Runs with a task in any of these statuses'),
  metadata: Type.Optional(
    Nullable(Type.String({ description: 'JSON: [{key, values}], a run that has any of the values of each key, in any case' })),
  ),
  include_run_number: Type.Boolean({ default: false }),
  ...pageQuery({ defaultSize: 10, maxSize: 1000 }),
  start_from_execution_id: Type.Optional(Nullable(Uuid(), { description: 'Runs after this one in the order; pages count from there' })),
  created_after: Time('Inclusive'),
  created_before: Time('Inclusive'),
  updated_after: Time('Inclusive'),
  updated_before: Time('Inclusive'),
  include_credits: Type.Boolean({ default: false }),
});
type Query = Static<typeof ListFlowExecutionsQuery>;

/** GET /api/flow-executions: the runs of one flow, soft-deleted ones left out (core.md 3). */
export function listFlowExecutions(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/flow-executions',
    {
      config: { operation: 'list_flow_executions' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Runs of a flow, filtered and paged',
        querystring: ListFlowExecutionsQuery,
        response: { 200: Type.Array(FlowExecutionResponseWithRunNumber), ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { principal, query } = request;
      const filters = readFilters(query);
      const offset = (query.page - 1) * query.page_size;
      const { rows, total, hasMore } = await request.tenant(
        async (tx) => {
          if (!(await isFlowListed(tx, principal, query.flow_id))) throw notFound('Flow', query.flow_id);
          const start = query.start_from_execution_id;
          const after = start ? await findExecutionPlace(tx, principal.organizationId, query.flow_id, start) : undefined;
          if (start && !after) throw notFound('Flow execution', start);
          const page = { order: readOrder(query), after, offset, limit: query.page_size + 1 };
          const found = await listExecutions(tx, principal.organizationId, filters, page);
          return {
            rows: found.slice(0, query.page_size),
            hasMore: found.length > query.page_size,
            total: await countExecutions(tx, principal.organizationId, filters),
          };
        },
        { readOnly: true },
      );
      setListHeaders(reply, {
        total,
        ...(hasMore ? { nextUrl: changedUrl(deps.publicUrl(), request.url, { page: query.page + 1 }) } : {}),
      });
      return rows.map((row) => toNumberedExecutionWire(row, { includeRunNumber: query.include_run_number }));
    },
  );
}

const readOrder = (query: Query): ExecutionOrder => ({
  field: query.sort_field === 'updated_at' ? 'updated_at' : 'created_at',
  direction: query.sort_direction === 'asc' ? 'asc' : 'desc',
});

const LEGACY_RUNNING = 'in_progress'; // the older word of executions for running

/** Throws `bad_request` for a word that is no status. */
function readStatuses<W extends string>(words: string[] | null | undefined, known: readonly W[]): W[] | undefined {
  if (!words || words.length === 0) return undefined;
  return words.map((word) => {
    const status = known.find((name) => name === (word === LEGACY_RUNNING ? 'running' : word));
    if (!status) throw badRequest(`Unknown status '${word}'; the words are ${known.join(', ')}`);
    return status;
  });
}

const readTime = (text: string | null | undefined, name: string) => (text ? readWireTime(text, ['query', name]) : undefined);

const readFilters = (query: Query): ExecutionFilters => ({
  flowId: query.flow_id,
  status: readStatuses<ExecutionStatus>(query.status, EXECUTION_STATUSES),
  statusExclude: readStatuses<ExecutionStatus>(query.status_exclude, EXECUTION_STATUSES),
  tags: query.tags && query.tags.length > 0 ? query.tags : undefined,
  taskStatus: readStatuses(query.task_status, PROCESSING_STATUSES),
  metadata: query.metadata ? parseMetadataFilter(query.metadata) : undefined,
  createdAfter: readTime(query.created_after, 'created_after'),
  createdBefore: readTime(query.created_before, 'created_before'),
  updatedAfter: readTime(query.updated_after, 'updated_after'),
  updatedBefore: readTime(query.updated_before, 'updated_before'),
});
