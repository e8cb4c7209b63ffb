import { Type } from 'typebox';
import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { readOutput } from '../stored-outputs.ts';
import { toTaskError } from '../task-outputs/task-output.wire.ts';
import {
  AnyJson,
  AnyObject,
  cutPage,
  errorResponses,
  Nullable,
  setListHeaders,
  Timestamp,
  toWireTime,
  Uuid,
  Words,
} from '../wire/index.ts';
import { PROCESSING_STATUSES, STALE_STATUSES, TASK_EDITED_STATUSES } from '../wire/statuses.ts';
import type { TaskExecutionSources } from './read-task-executions.ts';
import { toProcessingStatus } from './task-execution.wire.ts';
import { countRevisions, findRevision, isKnownTask, listRevisions, type RevisionRow } from './task-revision.queries.ts';

const TaskExecutionRevision = Type.Object(
  {
    id: Uuid({ description: 'Of this entry' }),
    task_execution_id: Uuid(),
    flow_execution_id: Uuid(),
    task_name: Type.String(),
    task_execution_idx: Type.Integer({ minimum: 0 }),
    reason: Words(['edited', 're_executed'] as const, { description: 'Why it was replaced' }),
    replaced_at: Timestamp(),
    replaced_by: Type.String({ description: 'A user id, integration, service-account or system' }),
    attempt: Type.Integer({ minimum: 0 }),
    processing_status: Words(PROCESSING_STATUSES),
    edited_status: Words(TASK_EDITED_STATUSES),
    stale_status: Words(STALE_STATUSES),
    skipped: Type.Optional(Type.Boolean()),
    input: AnyJson(),
    output: AnyJson({ description: 'What it had given before' }),
    error: Nullable(AnyObject()),
    modified_by: Type.String({ description: 'Who had given it' }),
    started_at: Nullable(Timestamp()),
    completed_at: Nullable(Timestamp()),
  },
  { title: 'TaskExecutionRevision' },
);

/** GET /api/task-executions/{task_execution_id}/history: what it was before each edit and re-execution, newest first (core.md G12). */
export function listTaskExecutionHistory(app: FlowApp, deps: ApiDeps, sources: TaskExecutionSources): void {
  app.get(
    '/api/task-executions/:task_execution_id/history',
    {
      config: { operation: 'list_task_execution_history' },
      schema: {
        tags: ['task-executions'],
        summary: 'Earlier results of a task execution',
        params: Type.Object({ task_execution_id: Uuid() }),
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Most entries to return: each may be large' }),
          starting_after: Type.Optional(Uuid({ description: 'The id of the last entry of the page before' })),
        }),
        response: {
          200: Type.Object({ history: Type.Array(TaskExecutionRevision) }, { title: 'TaskExecutionHistoryResponse' }),
          ...errorResponses(401, 403, 404, 422, 500),
        },
      },
    },
    async (request, reply) => {
      const { principal, params, query } = request;
      const id = params.task_execution_id;
      const { total, rows } = await request.tenant(
        async (tx) => {
          if (!(await isKnownTask(tx, principal, id))) throw notFound('Task execution', id);
          const after = query.starting_after;
          if (after !== undefined && !(await findRevision(tx, principal, id, after))) throw notFound('Entry', after);
          return {
            total: await countRevisions(tx, principal, id),
            rows: await listRevisions(tx, principal, id, { after, limit: query.limit + 1 }),
          };
        },
        { readOnly: true },
      );
      const address = { publicUrl: deps.publicUrl(), requestUrl: request.url };
      const { shown, nextUrl } = cutPage(rows, { limit: query.limit, markOf: (row) => row.id }, address);
      setListHeaders(reply, { total, nextUrl });
      const history: Awaited<ReturnType<typeof toRevisionWire>>[] = [];
      for (const row of shown) history.push(await toRevisionWire(sources, row)); // one at a time: each may be large
      return { history };
    },
  );
}

const timeOrNull = (time: string | null) => (time === null ? null : toWireTime(new Date(time)));

async function toRevisionWire(sources: TaskExecutionSources, row: RevisionRow) {
  const { record } = row;
  const output = await readOutput(sources, { output: record.output, outputKey: record.output_key });
  return {
    id: row.id,
    task_execution_id: row.taskExecutionId,
    flow_execution_id: row.executionId,
    task_name: row.taskName,
    task_execution_idx: row.item,
    reason: row.reason,
    replaced_at: toWireTime(row.replacedAt),
    replaced_by: row.replacedBy,
    attempt: row.attempt,
    processing_status: toProcessingStatus({ status: record.status, executionStatus: 'running' }),
    edited_status: record.edited_status,
    stale_status: record.stale_status,
    ...(record.status === 'skipped' ? { skipped: true } : {}),
    input: record.input ?? null,
    output: record.status === 'completed' ? output : null,
    error: record.status === 'failed' ? toTaskError(record.error) : null,
    modified_by: record.modified_by,
    started_at: timeOrNull(record.started_at),
    completed_at: timeOrNull(record.completed_at),
  };
}
