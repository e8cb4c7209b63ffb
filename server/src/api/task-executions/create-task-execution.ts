import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Principal } from '#access';
import { badRequest, type Id, type JsonObject, notFound, validationError } from '#base';
import type { EditedResult, TaskReport } from '#engine';
import type { PlannedTask } from '#language';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { findVisibleExecution } from '../flow-executions/flow-execution.queries.ts';
import { readModifiedBy } from '../task-outputs/modified-by.ts';
import { AnyJson, errorResponses, Nullable, readWireTime, Timestamp, Uuid, Words } from '../wire/index.ts';
import { completedResult, failedResult, findOutputFaults, jsonText } from './edited-result.ts';
import { readTaskExecution, type TaskExecutionSources } from './read-task-executions.ts';
import { fillProcessingStatus, type ReportedStatus, readReportedStatus } from './report-status.ts';
import { findReportAt, type NewReport, upsertReport } from './reported-task.queries.ts';
import { findTaskAt, listOpenRows } from './task-execution.queries.ts';
import { TaskExecutionResponse, type TaskExecutionWire } from './task-execution.wire.ts';
import { MAX_RESULT_BYTES } from './update-task-execution.ts';

const CreateTaskExecutionRequest = Type.Object(
  {
    flow_execution_id: Uuid(),
    task_name: Type.String({ minLength: 1, maxLength: 200 }),
    task_execution_idx: Type.Integer({ minimum: 0, description: 'The item of a fan-out, from 0' }),
    processing_status: Type.String({ description: 'queued, running, completed, failed, ... or the word of an older client' }),
    input: Type.Optional(AnyJson()),
    output: Type.Optional(AnyJson({ description: 'Of a completed one' })),
    error: Type.Optional(AnyJson({ description: 'Of a failed one' })),
    source_task_executions: Type.Optional(AnyJson()),
    started_at: Type.Optional(Nullable(Timestamp({ description: 'By the clock of whoever ran it' }))),
    completed_at: Type.Optional(Nullable(Timestamp())),
    terminal_task_status: Type.Optional(
      Nullable(Words(['completed', 'failed'] as const, { description: 'Ends the whole task with this post' })),
    ),
    modified_by: Type.Optional(Type.String({ description: 'system, integration or service-account; of an API key only' })),
    lease_token: Type.Optional(
      Nullable(Type.String({ maxLength: 200, description: 'Of an outside worker: counts only while it holds the task' })),
    ),
  },
  { title: 'CreateTaskExecutionRequest' },
);
type Body = Static<typeof CreateTaskExecutionRequest>;

/**
 * POST /api/task-executions: what whoever runs a task says of it (core.md 4). An upsert by execution, task and index. A final post settles the task, or
 * replaces another result; the engine's own attempt is fenced off. What the engine has no row for is recorded beside.
 */
export function createTaskExecution(app: FlowApp, deps: ApiDeps, sources: TaskExecutionSources): void {
  app.post(
    '/api/task-executions',
    {
      bodyLimit: MAX_RESULT_BYTES,
      preValidation: async (request) => fillProcessingStatus(request.body),
      config: { operation: 'create_task_execution', idempotent: true },
      schema: {
        tags: ['task-executions'],
        summary: 'Report a task execution',
        body: CreateTaskExecutionRequest,
        response: { 201: TaskExecutionResponse, ...errorResponses(400, 401, 403, 404, 409, 413, 422, 500) },
      },
    },
    async (request, reply) => {
      const post = await readPost(request, sources, request.body);
      await takePost(deps, request, post);
      return reply.code(201).send(await read(request, sources, post));
    },
  );
}

/** A post, understood: its execution is the caller's, its task is one of the definition. */
interface Post {
  body: Body;
  flowId: Id;
  planned: PlannedTask | undefined;
  status: ReportedStatus;
  startedAt: Date | undefined;
  completedAt: Date | undefined;
  modifiedBy: string;
}

async function readPost(request: FastifyRequest, sources: TaskExecutionSources, body: Body): Promise<Post> {
  const { principal } = request;
  if (!Number.isSafeInteger(body.task_execution_idx)) throw tooLargeIndex(body.task_execution_idx);
  const time = (text: string | null | undefined, field: string) =>
    typeof text === 'string' ? readWireTime(text, ['body', field]) : undefined;
  const { flowId, planned } = await request.tenant((tx) => findTask(tx, principal, sources, body), { readOnly: true });
  return {
    body,
    flowId,
    planned,
    status: readReportedStatus(body.processing_status),
    startedAt: time(body.started_at, 'started_at'),
    completedAt: time(body.completed_at, 'completed_at'),
    modifiedBy: readModifiedBy(body.modified_by, principal),
  };
}

/** The contract names no maximum; beyond this a number in JSON is no longer exact. */
const tooLargeIndex = (input: number) =>
  validationError([
    {
      loc: ['body', 'task_execution_idx'],
      msg: `Input should be less than or equal to ${Number.MAX_SAFE_INTEGER}`,
      type: 'less_than_equal',
      ctx: { le: Number.MAX_SAFE_INTEGER },
      input,
    },
  ]);

async function findTask(tx: TenantTransaction, principal: Principal, sources: TaskExecutionSources, body: Body) {
  const execution = await findVisibleExecution(tx, principal, body.flow_execution_id);
  if (!execution) throw notFound('Flow execution', body.flow_execution_id);
  const named = await tx
    .selectFrom('flowVersionTasks')
    .select('task')
    .where('organizationId', '=', principal.organizationId)
    .where('flowVersionId', '=', execution.flowVersionId)
    .where('kind', '=', 'task')
    .where('name', '=', body.task_name)
    .executeTakeFirst();
  if (!named) throw badRequest(`The flow of this execution has no task '${body.task_name}'`);
  const plan = (await sources.plans.load(tx, principal, [execution.flowVersionId])).get(execution.flowVersionId);
  return { flowId: execution.flowId, planned: plan?.tasks[named.task] };
}

async function takePost(deps: ApiDeps, request: FastifyRequest, post: Post): Promise<void> {
  const { principal } = request;
  const { body } = post;
  const place = toPlace(body);
  const row = await request.tenant((tx) => findTaskAt(tx, principal, place), { readOnly: true });
  if (row && body.lease_token && post.status.processingStatus === 'failed') return failLeased(deps, principal, post, row.id);
  const report = await toTaskReport(deps, principal, post, row?.id);
  const outcome = row ? await deps.engine.reportTask(principal.organizationId, row.id, report) : 'unknown';
  if (outcome === 'unknown') await record(deps, request, post);
  if (body.terminal_task_status) await settleRest(deps, request, post);
}

/** An outside worker's failure counts as one of the engine's own: what is retryable is tried again as the task's policy says. */
async function failLeased(deps: ApiDeps, principal: Principal, { body, modifiedBy }: Post, id: Id): Promise<void> {
  const { error } = failedResult(body.error, { code: 'reported_failed', message: `The task ${body.task_name} was reported as failed` });
  await deps.engine.settleLeased(
    principal.organizationId,
    id,
    body.lease_token as string,
    { status: 'failed', error: error as JsonObject },
    modifiedBy,
  );
}

const toPlace = (body: Body) => ({
  flowExecutionId: body.flow_execution_id,
  taskName: body.task_name,
  taskExecutionIdx: body.task_execution_idx,
});

async function toTaskReport(deps: ApiDeps, principal: Principal, post: Post, taskExecutionId: Id | undefined): Promise<TaskReport> {
  const { body, modifiedBy, startedAt, completedAt } = post;
  const place = {
    organizationId: principal.organizationId,
    flowExecutionId: body.flow_execution_id,
    taskExecutionId: taskExecutionId ?? '',
  };
  const result = taskExecutionId === undefined ? undefined : await toResult(deps, post, place);
  return {
    result,
    actor: modifiedBy,
    input: jsonText(body.input),
    sourceTaskExecutions: jsonText(body.source_task_executions),
    startedAt,
    completedAt,
    summary: result?.status === 'completed' ? mismatch(post) : undefined,
    leaseToken: body.lease_token ?? undefined,
  };
}

async function toResult(
  deps: ApiDeps,
  { body, status }: Post,
  place: Parameters<typeof completedResult>[1],
): Promise<EditedResult | undefined> {
  switch (status.processingStatus) {
    case 'completed':
      return completedResult(deps.files, place, status.skipped ? null : body.output);
    case 'failed':
      return failedResult(body.error, { code: 'reported_failed', message: `The task ${body.task_name} was reported as failed` });
    case 'cancelled':
      return failedResult(body.error, { code: 'reported_cancelled', message: `The task ${body.task_name} was given up by whoever ran it` });
    default:
      return undefined;
  }
}

/** A worker's output is taken as it is; that it does not fit the output model is said in the summary, for people (core.md 4, POST). */
function mismatch({ planned, body, status }: Post): JsonObject | undefined {
  const faults = status.skipped ? [] : findOutputFaults(planned, body.output ?? null);
  if (faults.length === 0) return undefined;
  return { output_mismatch: faults.slice(0, 20).map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`) };
}

async function record(deps: ApiDeps, request: FastifyRequest, post: Post): Promise<void> {
  const { principal } = request;
  const { body, status, startedAt, completedAt, modifiedBy } = post;
  const report: NewReport = {
    ...toPlace(body),
    ...status,
    input: jsonText(body.input) ?? null,
    output: status.processingStatus === 'completed' ? (jsonText(body.output) ?? null) : null,
    error: status.processingStatus === 'failed' ? (jsonText(body.error) ?? null) : null,
    sourceTaskExecutions: jsonText(body.source_task_executions) ?? null,
    startedAt: startedAt ?? null,
    completedAt: completedAt ?? null,
    modifiedBy,
  };
  const { organizationId } = principal;
  await request.tenant((tx) => upsertReport(tx, organizationId, report));
  const found = await request.tenant((tx) => findReportAt(tx, organizationId, toPlace(body)), { readOnly: true });
  if (!found) return;
  const about = { organizationId, flowId: post.flowId, flowExecutionId: body.flow_execution_id };
  deps.events.publish([{ ...about, type: 'task_execution.updated', id: found.id }]);
}

/** terminal_task_status: what is still open of the task ends, each row by what was reported of it; of a task that runs once, by this post. */
async function settleRest(deps: ApiDeps, request: FastifyRequest, post: Post): Promise<void> {
  const { principal } = request;
  const { body, planned, modifiedBy } = post;
  const task = { flowExecutionId: body.flow_execution_id, taskName: body.task_name };
  const open = await request.tenant((tx) => listOpenRows(tx, principal, task), { readOnly: true });
  for (const { id, item } of open) {
    const place = { organizationId: principal.organizationId, flowExecutionId: body.flow_execution_id, taskExecutionId: id };
    const said = await request.tenant((tx) => findReportAt(tx, principal.organizationId, { ...task, taskExecutionIdx: item }), {
      readOnly: true,
    });
    const isPlain = (planned?.scope.length ?? 0) === 0;
    const value = said ?? (isPlain ? body : undefined);
    const result =
      body.terminal_task_status === 'completed'
        ? await completedResult(deps.files, place, value?.output ?? null)
        : failedResult(value?.error, { code: 'reported_failed', message: `The task ${body.task_name} was reported as failed` });
    await deps.engine.reportTask(principal.organizationId, id, { result, actor: modifiedBy });
  }
}

async function read(request: FastifyRequest, sources: TaskExecutionSources, { body }: Post): Promise<TaskExecutionWire> {
  const { principal } = request;
  const found = await request.tenant(
    async (tx) => {
      const row = await findTaskAt(tx, principal, toPlace(body));
      const shown = row && (await readTaskExecution(tx, principal, sources, row.id));
      const report = shown ? undefined : await findReportAt(tx, principal.organizationId, toPlace(body));
      return shown ?? (report && (await readTaskExecution(tx, principal, sources, report.id)));
    },
    { readOnly: true },
  );
  if (!found) throw notFound('Task execution');
  return found;
}
