import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { badRequest, conflict, FlowError, forbidden, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyJson, errorResponses, Nullable, readWireTime, Timestamp, Uuid, Words } from '../wire/index.ts';
import { PROCESSING_STATUSES, STALE_STATUSES, TASK_EDITED_STATUSES } from '../wire/statuses.ts';
import { applyEdit, type WantedEdit } from './apply-edit.ts';
import { type EditTarget, findEditTarget } from './edit-target.ts';
import { jsonText } from './edited-result.ts';
import { readTaskExecution, type TaskExecutionSources } from './read-task-executions.ts';
import { fillProcessingStatus } from './report-status.ts';
import { editReport } from './reported-task.queries.ts';
import type { ReportedRow } from './reported-task.wire.ts';
import { TaskExecutionResponse, type TaskExecutionWire } from './task-execution.wire.ts';

export const MAX_RESULT_BYTES = 50 * 1024 * 1024; // results of tasks may be larger than other bodies (core.md G7)

/** The record as it is answered; what only the server decides is taken and ignored. */
const UpdateTaskExecutionRequest = Type.Object(
  {
    id: Uuid(),
    flow_execution_id: Uuid(),
    task_execution_idx: Type.Integer({ minimum: 0 }),
    task_name: Type.String({ minLength: 1, maxLength: 200 }),
    created_at: Type.Optional(Nullable(Timestamp())),
    updated_at: Type.Optional(Nullable(Timestamp({ description: 'As it was read: an edit of an older state is refused' }))),
    modified_by: Type.Optional(Type.String({ default: 'system' })),
    processing_status: Words(PROCESSING_STATUSES),
    edited_status: Words(TASK_EDITED_STATUSES),
    stale_status: Words(STALE_STATUSES),
    input: Type.Optional(AnyJson()),
    output: Type.Optional(AnyJson({ description: 'Absent: as it is' })),
    error: Type.Optional(AnyJson()),
    organization_id: Uuid(),
    source_task_executions: Type.Optional(AnyJson()),
    started_at: Type.Optional(Nullable(Timestamp())),
    completed_at: Type.Optional(Nullable(Timestamp())),
    credits: Type.Optional(Nullable(Type.Integer())),
  },
  { title: 'UpdateTaskExecutionRequest' },
);
type Body = Static<typeof UpdateTaskExecutionRequest>;

/**
 * PUT /api/task-executions: a person's edit, or the decision that a task waits for (core.md 4, C9). What was made from an edited result is stale, and runs
 * again with execute_flow, or where the flow re-executes on update (C17). Open to workers, who may not execute.
 */
export function updateTaskExecution(app: FlowApp, deps: ApiDeps, sources: TaskExecutionSources): void {
  app.put(
    '/api/task-executions',
    {
      bodyLimit: MAX_RESULT_BYTES,
      preValidation: async (request) => fillProcessingStatus(request.body),
      config: { operation: 'update_task_execution' },
      schema: {
        tags: ['task-executions'],
        summary: 'Edit a result, or decide',
        querystring: Type.Object({
          execute_flow: Type.Boolean({ default: false, description: 'Run again what was made from the edited result' }),
        }),
        body: UpdateTaskExecutionRequest,
        response: { 200: TaskExecutionResponse, ...errorResponses(400, 401, 402, 403, 404, 409, 413, 422, 500) },
      },
    },
    async (request) => {
      const { principal, body, query } = request;
      const mayExecute = principal.role !== 'worker' && principal.role !== 'publisher';
      if (query.execute_flow && !mayExecute) throw forbidden(`The role ${principal.role} may not run a flow again: leave execute_flow out`);
      if (body.organization_id !== principal.organizationId) throw notFound('Task execution', body.id);
      const target = await request.tenant((tx) => findEditTarget(tx, principal, sources.plans, body), { readOnly: true });
      const reexecute = query.execute_flow || (target.reexecutesOnUpdate && !isSaid(request, 'execute_flow'));
      await write(deps, request, target, toEdit(body, reexecute)).catch((error: unknown) => refuse(request, sources, body, error));
      return read(request, sources, body);
    },
  );
}

/** The default of a parameter and its being said are not the same. */
const isSaid = (request: FastifyRequest, name: string): boolean => new URL(request.url, 'http://localhost').searchParams.has(name);

function toEdit(body: Body, reexecute: boolean): WantedEdit {
  const seenAt = typeof body.updated_at === 'string' ? readWireTime(body.updated_at, ['body', 'updated_at']) : undefined;
  return {
    status: body.processing_status,
    output: body.output,
    error: body.error,
    input: body.input,
    sourceTaskExecutions: body.source_task_executions,
    seenAt,
    reexecute,
  };
}

async function write(deps: ApiDeps, request: FastifyRequest, target: EditTarget, edit: WantedEdit): Promise<void> {
  if ('row' in target) return applyEdit(deps, request.principal, target, edit);
  await writeReport(request, target.report, edit);
  const { organizationId, flowExecutionId, id } = target.report;
  deps.events.publish([{ type: 'task_execution.updated', organizationId, flowId: target.flowId, flowExecutionId, id }]);
}

/** A report belongs to no task of the engine, so nothing follows from its edit. */
async function writeReport(request: FastifyRequest, report: ReportedRow, edit: WantedEdit): Promise<void> {
  const { principal } = request;
  const isOlder = edit.seenAt !== undefined && report.updatedAt.getTime() > edit.seenAt.getTime();
  if (isOlder && report.modifiedBy !== principal.modifiedBy)
    throw conflict('It was changed since it was read', { changed_by: report.modifiedBy });
  if (edit.status !== 'completed' && edit.status !== 'failed' && edit.status !== report.processingStatus)
    throw badRequest(`A task execution that is ${report.processingStatus} cannot be set to ${edit.status}`);
  const output = edit.output === undefined ? report.output : edit.output;
  await request.tenant((tx) =>
    editReport(tx, principal.organizationId, report.id, {
      processingStatus: edit.status,
      output: edit.status === 'completed' ? (jsonText(output) ?? null) : null,
      error: edit.status === 'failed' ? (jsonText(edit.error ?? report.error) ?? null) : null,
      input: jsonText(edit.input) ?? null,
      sourceTaskExecutions: jsonText(edit.sourceTaskExecutions) ?? null,
      modifiedBy: principal.modifiedBy,
    }),
  );
}

/** Whoever lost the race gets the record as it is now (core.md C9). */
async function refuse(request: FastifyRequest, sources: TaskExecutionSources, body: Body, error: unknown): Promise<never> {
  if (!(error instanceof FlowError && error.code === 'conflict' && error.details && 'changed_by' in error.details)) throw error;
  const current = await read(request, sources, body);
  throw conflict('The task execution was changed by somebody else since it was read; see details for how it is now', { ...current });
}

async function read(request: FastifyRequest, sources: TaskExecutionSources, { id }: Body): Promise<TaskExecutionWire> {
  const { principal } = request;
  const found = await request.tenant((tx) => readTaskExecution(tx, principal, sources, id), { readOnly: true });
  if (!found) throw notFound('Task execution', id);
  return found;
}
