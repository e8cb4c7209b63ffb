import { type Static, Type } from 'typebox';
import { type Id, timeOfId } from '#base';
import { CONTROL_KINDS, type ControlKind, itemPath } from '#engine';
import { FlowTaskTag } from '../task-tags/task-tag.wire.ts';
import { AnyJson, AnyObject, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import {
  LEGACY_STATUSES,
  PROCESSING_STATUSES,
  type ProcessingStatus,
  STALE_STATUSES,
  type StaleStatus,
  TASK_EDITED_STATUSES,
  type TaskEditedStatus,
  toLegacyStatus,
} from '../wire/statuses.ts';
import type { SourceTaskExecutions } from './find-sources.ts';

const StaleReason = Type.Object(
  {
    task_name: Type.String({ description: 'The task whose result changed' }),
    task_execution_idx: Type.Integer({ minimum: 0 }),
    kind: Type.String({ description: 'upstream_edited: a person changed it; upstream_reported: whoever ran it reported another result' }),
    at: Timestamp(),
  },
  { title: 'StaleReason' },
);

export const TaskExecutionResponse = Type.Object(
  {
    id: Uuid(),
    flow_execution_id: Uuid(),
    task_execution_idx: Type.Integer({ minimum: 0, description: 'The item of a fan-out, from 0; attempts are counted in attempt' }),
    item_path: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }), { description: 'Of a nested fan-out: the index at each level' })),
    task_name: Type.String({ minLength: 1, maxLength: 200 }),
    created_at: Nullable(Timestamp({ description: 'When the task became ready' })),
    updated_at: Nullable(Timestamp()),
    modified_by: Type.String({ default: 'system' }),
    processing_status: Words(PROCESSING_STATUSES),
    edited_status: Words(TASK_EDITED_STATUSES),
    stale_status: Words(STALE_STATUSES),
    stale_reason: Nullable(StaleReason, { description: 'Of a stale one: what it was made from that is no longer so' }),
    status: Words([...LEGACY_STATUSES, 'skipped'], { description: 'The single status of older clients' }),
    skipped: Type.Optional(Type.Boolean({ description: 'True where the run took another way and the task did not run' })),
    scheduled_for: Type.Optional(Timestamp({ description: 'Of a queued one that waits for a time: when it is due' })),
    paused_by: Type.Optional(Words(CONTROL_KINDS, { description: 'Of a queued one that a pause keeps from running: what is paused' })),
    attempt: Type.Integer({ minimum: 0, description: 'How often a worker took it up' }),
    input: AnyJson({ description: 'The resolved parameters of the last attempt' }),
    output: AnyJson({ description: 'Of a completed one' }),
    draft: Type.Optional(AnyJson({ description: 'Of one that waits for input: what was entered so far' })),
    error: Nullable(AnyObject({ description: 'Of a failed one' })),
    organization_id: Uuid(),
    source_task_executions: AnyJson({ description: 'Of one that passes data on: root made them; fields says it by field of the output' }),
    started_at: Nullable(Timestamp()),
    completed_at: Nullable(Timestamp()),
    credits: Nullable(Type.Integer({ description: 'Null when not asked for or nothing was used' })),
  },
  { title: 'TaskExecutionAPI' },
);

export const TaskExecutionWithTags = Type.Object(
  {
    ...TaskExecutionResponse.properties,
    tags: Nullable(Type.Array(FlowTaskTag, { description: 'Active tags of the task, on each of its items' })),
  },
  { title: 'TaskExecutionWithTagsAPI' },
);

export type TaskExecutionWire = Static<typeof TaskExecutionResponse>;

/** The columns that the wire form is made of. */
export interface TaskExecutionRow {
  organizationId: Id;
  id: Id;
  executionId: Id;
  flowVersionId: Id;
  taskName: string;
  task: number;
  item: number;
  status: 'pending' | 'ready' | 'running' | 'completed' | 'failed' | 'awaiting_input' | 'skipped' | 'cancelled' | 'scheduled';
  /** Of the execution: while cancellation is requested, so is that of its open tasks. */
  executionStatus: string;
  attempt: number;
  readyAt: Date;
  /** The key of the pause that keeps it from running. */
  pause?: string | null;
  startedAt: Date | null;
  completedAt: Date | null;
  input: unknown;
  output: unknown;
  outputKey: string | null;
  error: unknown;
  editedStatus: TaskEditedStatus;
  staleStatus: StaleStatus;
  staleReason?: unknown;
  sourceTaskExecutions?: unknown;
  /** Of one that waits: what was entered so far. */
  draft?: unknown;
  modifiedBy: string;
}

/** The status that the wire has for a row of the engine; a skipped task counts as completed (core.md C5). */
export function toProcessingStatus(row: Pick<TaskExecutionRow, 'status' | 'executionStatus'>): ProcessingStatus {
  switch (row.status) {
    case 'pending':
    case 'ready':
    case 'scheduled':
      return row.executionStatus === 'cancel_requested' ? 'cancel_requested' : 'queued';
    case 'running':
    case 'awaiting_input':
      return row.executionStatus === 'cancel_requested' ? 'cancel_requested' : row.status;
    case 'skipped':
      return 'completed';
    default:
      return row.status;
  }
}

/** What was posted wins; what did not run has passed nothing on. */
export const toSources = (row: Pick<TaskExecutionRow, 'status' | 'sourceTaskExecutions'>, planned: SourceTaskExecutions | null): unknown =>
  row.sourceTaskExecutions ?? (row.status === 'skipped' ? null : planned);

/** The last of the row's times. A time at which it is still due says nothing of a change. */
export function toUpdatedAt(row: Pick<TaskExecutionRow, 'id' | 'status' | 'readyAt' | 'startedAt' | 'completedAt'>): Date {
  const times = [timeOfId(row.id), row.startedAt, row.completedAt, row.status === 'scheduled' ? null : row.readyAt];
  return new Date(Math.max(...times.map((time) => time?.getTime() ?? 0)));
}

const timeOrNull = (time: Date | null) => (time === null ? null : toWireTime(time));

export interface TaskExecutionValues {
  /** The value itself, wherever it lies. */
  output: unknown;
  /** The number of fan-outs around the task. */
  depth: number;
  sources: SourceTaskExecutions | null;
}

export function toTaskExecutionWire(row: TaskExecutionRow, value: TaskExecutionValues): TaskExecutionWire {
  const processing = toProcessingStatus(row);
  const isSkipped = row.status === 'skipped';
  return {
    id: row.id,
    flow_execution_id: row.executionId,
    task_execution_idx: row.item,
    ...(value.depth > 1 ? { item_path: itemPath(row.item, value.depth) } : {}),
    task_name: row.taskName,
    created_at: toWireTime(timeOfId(row.id)),
    updated_at: toWireTime(toUpdatedAt(row)),
    modified_by: row.modifiedBy,
    processing_status: processing,
    edited_status: row.editedStatus,
    stale_status: row.staleStatus,
    stale_reason: row.staleStatus === 'stale' ? ((row.staleReason ?? null) as Static<typeof StaleReason> | null) : null,
    status: isSkipped ? 'skipped' : toLegacyStatus({ processing, stale: row.staleStatus }),
    ...(isSkipped ? { skipped: true } : {}),
    ...(row.status === 'scheduled' && !row.pause ? { scheduled_for: toWireTime(row.readyAt) } : {}),
    ...(row.pause ? { paused_by: row.pause.split('/')[1] as ControlKind } : {}),
    attempt: row.attempt,
    input: row.input ?? null,
    output: row.status === 'completed' ? (value.output ?? null) : null,
    ...(row.status === 'awaiting_input' && row.draft !== null && row.draft !== undefined ? { draft: row.draft } : {}),
    error: row.status === 'failed' ? (row.error as Record<string, unknown> | null) : null,
    organization_id: row.organizationId,
    source_task_executions: toSources(row, value.sources),
    started_at: timeOrNull(row.startedAt),
    completed_at: timeOrNull(row.completedAt),
    credits: null,
  };
}
