import type { Id } from '#base';
import { toTaskError } from '../task-outputs/task-output.wire.ts';
import { toWireTime } from '../wire/index.ts';
import { type ProcessingStatus, type StaleStatus, type TaskEditedStatus, toLegacyStatus } from '../wire/statuses.ts';
import type { TaskExecutionWire } from './task-execution.wire.ts';

/** A row of reported_task_executions. */
export interface ReportedRow {
  organizationId: Id;
  id: Id;
  flowExecutionId: Id;
  taskName: string;
  taskExecutionIdx: number;
  processingStatus: ProcessingStatus;
  skipped: boolean;
  editedStatus: TaskEditedStatus;
  staleStatus: StaleStatus;
  input: unknown;
  output: unknown;
  error: unknown;
  sourceTaskExecutions: unknown;
  startedAt: Date | null;
  completedAt: Date | null;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
}

const timeOrNull = (time: Date | null) => (time === null ? null : toWireTime(time));

/** A report as a task execution. `attempt` is 0: no worker of ours took it up. */
export function toReportWire(row: ReportedRow): TaskExecutionWire {
  const { processingStatus: processing, staleStatus: stale } = row;
  return {
    id: row.id,
    flow_execution_id: row.flowExecutionId,
    task_execution_idx: row.taskExecutionIdx,
    task_name: row.taskName,
    created_at: toWireTime(row.createdAt),
    updated_at: toWireTime(row.updatedAt),
    modified_by: row.modifiedBy,
    processing_status: processing,
    edited_status: row.editedStatus,
    stale_status: stale,
    stale_reason: null,
    status: row.skipped ? 'skipped' : toLegacyStatus({ processing, stale }),
    ...(row.skipped ? { skipped: true } : {}),
    attempt: 0,
    input: row.input ?? null,
    output: processing === 'completed' ? (row.output ?? null) : null,
    error: processing === 'failed' ? toTaskError(row.error) : null,
    organization_id: row.organizationId,
    source_task_executions: row.sourceTaskExecutions ?? null,
    started_at: timeOrNull(row.startedAt),
    completed_at: timeOrNull(row.completedAt),
    credits: null,
  };
}
