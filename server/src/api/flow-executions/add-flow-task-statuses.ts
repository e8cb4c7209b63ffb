import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { badRequest, FlowError, isJsonObject, notFound } from '#base';
import type { EditedResult } from '#engine';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { type OutputSources, readEngineOutputs } from '../task-outputs/read-task-outputs.ts';
import { errorResponses, Uuid } from '../wire/index.ts';
import { type FoundExecution, findVisibleExecution } from './flow-execution.queries.ts';
import { type TakenReport, takeReports } from './take-reports.ts';
import { insertReports, listOpenRows, listTaskNames, type OpenRow } from './task-status.queries.ts';
import { AddTaskStatusRequest, FlowTaskStatus, type TaskStatusItem, toTaskStatusWire } from './task-status.wire.ts';

/**
 * POST /api/flow-executions/{flow_execution_id}/task-status: what outside workers say of tasks (core.md 3, C15). Every report is kept; a final word
 * settles a task that is under way, with what has been reported of it. For programs: a key, or a user of role integration or backoffice.
 */
export function addFlowTaskStatuses(app: FlowApp, deps: ApiDeps, sources: OutputSources): void {
  app.post(
    '/api/flow-executions/:flow_execution_id/task-status',
    {
      config: { operation: 'add_flow_task_statuses' },
      schema: {
        tags: ['flow-executions'],
        summary: 'Report statuses of tasks',
        params: Type.Object({ flow_execution_id: Uuid() }),
        body: AddTaskStatusRequest,
        response: {
          200: Type.Array(FlowTaskStatus, { description: 'One for each report, in its order' }),
          ...errorResponses(400, 401, 403, 404, 422, 500),
        },
      },
    },
    async (request) => {
      const { organizationId } = request.principal;
      const { execution, taken } = await request.tenant((tx) => recordReports(tx, request, sources));
      const { id: flowExecutionId, flowId } = execution;
      const type = 'task_status.updated' as const;
      deps.events.publish(taken.map(({ report }) => ({ type, organizationId, flowId, flowExecutionId, id: report.id })));
      for (const each of taken) if (each.settles !== undefined) await settleReported(request, deps, execution, each);
      return taken.map(({ report, status }) => toTaskStatusWire(report, { status, organizationId }));
    },
  );
}

type Request = FastifyRequest<{ Params: { flow_execution_id: string }; Body: { statuses: TaskStatusItem[] } }>;

async function recordReports(
  tx: TenantTransaction,
  request: Pick<Request, 'principal' | 'params' | 'body'>,
  sources: OutputSources,
): Promise<{ execution: FoundExecution; taken: TakenReport[] }> {
  const { principal, params, body } = request;
  const execution = await findVisibleExecution(tx, principal, params.flow_execution_id);
  if (!execution) throw notFound('Flow execution', params.flow_execution_id);
  checkNames(body.statuses, await listTaskNames(tx, principal.organizationId, execution.flowVersionId));
  const filters = { flowExecutionId: execution.id };
  const outputs = await readEngineOutputs(tx, principal, sources, filters, { limit: MAX_TASKS, withValues: false });
  const present = new Map(outputs.map(({ taskName, processingStatus }) => [taskName, processingStatus]));
  const taken = takeReports(execution.id, body.statuses, present);
  await insertReports(
    tx,
    principal,
    taken.map(({ report }) => report),
  );
  return { execution, taken };
}

/** core.md G7: no definition has more, nor more gates beside them. */
const MAX_TASKS = 4_000;

function checkNames(items: readonly TaskStatusItem[], names: ReadonlySet<string>): void {
  const faults = items.flatMap(({ task_name: name }, index) =>
    names.has(name)
      ? []
      : [
          {
            loc: ['body', 'statuses', index, 'task_name'],
            msg: 'The flow of this run has no task of this name',
            type: 'value_error',
            input: name,
          },
        ],
  );
  if (faults.length > 0) throw badRequest('A task is not in the definition that the run follows; see details', faults);
}

/** Each row of the task that is under way: a worker's own attempt is fenced off. One that has ended meanwhile stays as it is. The reports are committed before. */
async function settleReported(request: FastifyRequest, deps: ApiDeps, execution: FoundExecution, taken: TakenReport): Promise<void> {
  const { organizationId, modifiedBy } = request.principal;
  const place = { flowExecutionId: execution.id, flowVersionId: execution.flowVersionId, taskName: taken.report.taskName };
  const rows = await request.tenant((tx) => listOpenRows(tx, organizationId, place), { readOnly: true });
  for (const row of rows) {
    try {
      await deps.engine.reportTask(organizationId, row.id, { result: toResult(taken, row), actor: modifiedBy });
    } catch (error) {
      if (!(error instanceof FlowError && error.code === 'conflict')) throw error;
    }
  }
}

/** With what has been reported of it: its output, or null. */
function toResult({ settles, report }: TakenReport, row: OpenRow): EditedResult {
  if (settles === 'completed') return { status: 'completed', output: JSON.stringify(row.output ?? null) };
  const message = `The task ${report.taskName} was reported as failed`;
  const error = isJsonObject(row.error) ? row.error : {};
  return { status: 'failed', error: { code: 'reported_failed', message, ...error } };
}
