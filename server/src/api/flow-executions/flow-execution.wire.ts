import { type Static, Type } from 'typebox';
import { type Id, timeOfId } from '#base';
import { TaskOutputResponse } from '../task-outputs/task-output.wire.ts';
import { AnyObject, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../wire/statuses.ts';

export const FlowExecutionResponse = Type.Object(
  {
    id: Uuid(),
    created_at: Timestamp({ description: 'The time that the id begins with, so that order by id is order of creation' }),
    updated_at: Timestamp(),
    modified_by: Type.String({ description: 'A user id, integration, service-account or system' }),
    flow_id: Uuid(),
    flow_version: Type.Integer({ minimum: 1, description: 'Fixed within one run; a re-execution moves to the latest' }),
    status: Words(EXECUTION_STATUSES),
    input: AnyObject({ description: 'As sent' }),
    organization_id: Uuid(),
    pricing_config_id: Nullable(Uuid()),
    total_credits: Nullable(Type.Integer({ description: 'Null when not asked for or nothing was used' })),
    triggered_task_executor_name: Nullable(Type.String({ description: 'Set where the flow has several input tasks' })),
    triggered_by: Type.String({ description: 'What started the run: a user id, integration, system, schedule' }),
    started_at: Nullable(Timestamp({ description: 'Of the present generation' })),
    completed_at: Nullable(Timestamp()),
    deadline: Type.Optional(Timestamp({ description: 'When it must have ended, where it was started with one' })),
    failure: Type.Optional(Words(['deadline_exceeded'], { description: 'Why it failed, where no task of it did' })),
  },
  { title: 'FlowExecutionResponse' },
);

export const FlowExecutionResponseWithRunNumber = Type.Object(
  {
    ...FlowExecutionResponse.properties,
    run_number: Nullable(
      Type.Integer({ minimum: 1, description: 'From 1 within the flow, deleted runs counted; null when not asked for' }),
    ),
    task_outputs: Type.Optional(Type.Array(TaskOutputResponse, { description: 'Present with include_task_outputs=true' })),
  },
  { title: 'FlowExecutionResponseWithRunNumber' },
);

/** The columns that the wire form is made of. */
export interface FlowExecutionRow {
  organizationId: Id;
  id: Id;
  flowId: Id;
  flowVersion: number;
  runNumber: number;
  status: 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancel_requested' | 'cancelled';
  dataStatus: 'consistent' | 'edited' | 'stale';
  awaiting: number;
  input: unknown;
  triggeredTaskExecutorName: string | null;
  triggeredBy: string;
  pricingConfigId: Id | null;
  modifiedBy: string;
  updatedAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  deletedAt: Date | null;
  deadline?: Date | null;
}

/** The one status that the wire has, of what the engine keeps in several columns (core.md 1.6). `WIRE_STATUS` of the queries says the same in SQL. */
export function toExecutionStatus(row: Pick<FlowExecutionRow, 'status' | 'dataStatus' | 'awaiting' | 'deletedAt'>): ExecutionStatus {
  if (row.deletedAt) return 'deleted';
  if (row.status === 'waiting') return row.awaiting > 0 ? 'awaiting_input' : 'queued'; // all of it is paused: its slot is another's
  if (row.status === 'running') return row.awaiting > 0 ? 'awaiting_input' : 'running';
  if ((row.status === 'completed' || row.status === 'failed') && row.dataStatus === 'stale') return 'stale';
  if (row.status === 'completed' && row.dataStatus === 'edited') return 'edited'; // one that failed says so first
  return row.status;
}

const hasMissedDeadline = ({ status, deadline, completedAt }: FlowExecutionRow): boolean =>
  status === 'failed' && !!deadline && !!completedAt && completedAt >= deadline;

const timeOrNull = (time: Date | null) => (time === null ? null : toWireTime(time));

export function toFlowExecutionWire(row: FlowExecutionRow): Static<typeof FlowExecutionResponse> {
  const createdAt = timeOfId(row.id);
  return {
    id: row.id,
    created_at: toWireTime(createdAt),
    updated_at: toWireTime(new Date(Math.max(row.updatedAt.getTime(), createdAt.getTime()))),
    modified_by: row.modifiedBy,
    flow_id: row.flowId,
    flow_version: row.flowVersion,
    status: toExecutionStatus(row),
    input: row.input as Record<string, unknown>,
    organization_id: row.organizationId,
    pricing_config_id: row.pricingConfigId,
    total_credits: null,
    triggered_task_executor_name: row.triggeredTaskExecutorName,
    triggered_by: row.triggeredBy,
    started_at: timeOrNull(row.startedAt),
    completed_at: timeOrNull(row.completedAt),
    ...(row.deadline ? { deadline: toWireTime(row.deadline) } : {}),
    ...(hasMissedDeadline(row) ? { failure: 'deadline_exceeded' as const } : {}),
  };
}

/** With `run_number`, null where it was not asked for. */
export const toNumberedExecutionWire = (
  row: FlowExecutionRow,
  options: { includeRunNumber: boolean },
): Static<typeof FlowExecutionResponseWithRunNumber> => ({
  ...toFlowExecutionWire(row),
  run_number: options.includeRunNumber ? row.runNumber : null,
});
