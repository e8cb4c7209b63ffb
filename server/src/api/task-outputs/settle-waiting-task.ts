import type { FastifyRequest } from 'fastify';
import { FlowError, type Json } from '#base';
import type { ApiDeps } from '../deps.ts';
import { noteOnTrace } from '../plugins/request-trace.ts';
import { findWaitingTask } from './task-output.queries.ts';
import { type TaskOutputRecord, toTaskError } from './task-output.wire.ts';

/**
 * An output with a final status is what a waiting task of that name waited for (core.md 6): it settles the task, and the run goes on. All
 * other outputs are records only. The output is committed before: whoever sends it again settles what a crash in between left waiting. A
 * task that another event settled first stays as it is.
 */
export async function settleWaitingTask(request: FastifyRequest, deps: ApiDeps, record: TaskOutputRecord): Promise<void> {
  const { processingStatus } = record;
  if (processingStatus !== 'completed' && processingStatus !== 'failed') return;
  const { principal } = request;
  const waiting = await request.tenant((tx) => findWaitingTask(tx, principal, record.flowExecutionId, record.taskName), { readOnly: true });
  if (waiting === undefined) return;
  noteOnTrace({ 'flow.flow_execution_id': record.flowExecutionId, 'flow.task_execution_id': waiting });
  const outcome =
    processingStatus === 'completed'
      ? ({ status: 'completed', output: (record.output ?? null) as Json } as const)
      : ({ status: 'failed', error: toFailure(record) } as const);
  try {
    await deps.engine.settleWaiting(principal.organizationId, waiting, outcome, record.modifiedBy);
  } catch (error) {
    if (!(error instanceof FlowError && error.code === 'conflict')) throw error;
  }
}

const toFailure = (record: TaskOutputRecord) => ({
  code: 'reported_failed',
  ...(toTaskError(record.error) as { [key: string]: Json } | null),
  message: toTaskError(record.error)?.message ?? `The task ${record.taskName} was reported as failed`,
});
