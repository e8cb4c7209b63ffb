import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import { Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import { PROCESSING_STATUSES, type ProcessingStatus } from '../wire/statuses.ts';

const TaskStatusItem = Type.Object(
  {
    task_name: Type.String({ minLength: 1, maxLength: 255 }),
    status: Type.Optional(
      Nullable(Type.String({ maxLength: 50 }), {
        description: 'A processing status or an older word for one; null: what its task executions say',
      }),
    ),
  },
  { title: 'AddTaskStatusRequestItem' },
);
export type TaskStatusItem = Static<typeof TaskStatusItem>;

export const AddTaskStatusRequest = Type.Object(
  { statuses: Type.Array(TaskStatusItem, { minItems: 1, maxItems: 100, description: 'Taken in this order, each kept as a record' }) },
  { title: 'AddTaskStatusRequest' },
);

export const FlowTaskStatus = Type.Object(
  {
    id: Uuid(),
    flow_execution_id: Uuid(),
    task_name: Type.String(),
    status: Words(PROCESSING_STATUSES, {
      description: 'What the report was taken as; where it was no news, the present status of the task',
    }),
    raw_status: Nullable(Type.String({ description: 'As sent' })),
    created_at: Nullable(Timestamp()),
    organization_id: Uuid(),
  },
  { title: 'FlowTaskStatusAPI' },
);

/** A report as it is kept. */
export interface TaskStatusReport {
  id: Id;
  flowExecutionId: Id;
  taskName: string;
  rawStatus: string | null;
  /** What it was taken as; null where it says nothing new: an unknown word, null, a word that a settled task ignores. */
  processingStatus: ProcessingStatus | null;
  createdAt: Date;
}

export const toTaskStatusWire = (
  report: TaskStatusReport,
  of: { status: ProcessingStatus; organizationId: Id },
): Static<typeof FlowTaskStatus> => ({
  id: report.id,
  flow_execution_id: report.flowExecutionId,
  task_name: report.taskName,
  status: of.status,
  raw_status: report.rawStatus,
  created_at: toWireTime(report.createdAt),
  organization_id: of.organizationId,
});
