import { type Static, Type } from 'typebox';
import type { Id } from '#base';
import { AnyJson, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import {
  LEGACY_STATUSES,
  OUTPUT_EDITED_STATUSES,
  type OutputEditedStatus,
  PROCESSING_STATUSES,
  type ProcessingStatus,
  STALE_STATUSES,
  type StaleStatus,
  toLegacyStatus,
} from '../wire/statuses.ts';

/** What `status` may say in a request: the founding words, and the newer ones. */
export const STATUS_WORDS = [...LEGACY_STATUSES, 'edited', 'awaiting_input', 'cancel_requested', 'cancelled'] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

export const CreateTaskOutputRequest = Type.Object(
  {
    id: Type.Optional(Uuid({ description: 'Default: a new one. The same id with the same content answers the same record' })),
    flow_execution_id: Uuid({ description: 'The run that this output belongs to' }),
    organization_id: Uuid({ description: "The caller's organization" }),
    task_name: Type.String({ description: 'As the definition names the task; case-sensitive; 1 to 200 characters' }),
    summary: AnyJson({ description: 'For people: any JSON value, given back as it was sent' }),
    output: Type.Optional(AnyJson({ description: 'The whole result: any JSON value' })),
    tags: Type.Optional(AnyJson({ description: 'A list of strings, or an object' })),
    error: Type.Optional(AnyJson({ description: 'A text, or an object with message' })),
    status: Type.Optional(
      Words(STATUS_WORDS, { default: 'queued', description: 'The founding single status; a newer field beside it wins' }),
    ),
    processing_status: Type.Optional(Words(PROCESSING_STATUSES, { description: 'Default: what status says' })),
    edited_status: Type.Optional(Words(OUTPUT_EDITED_STATUSES, { description: 'Default: what status says' })),
    stale_status: Type.Optional(Words(STALE_STATUSES, { description: 'Default: what status says' })),
    modified_by: Type.Optional(
      Type.String({ description: 'An API key may say system, integration or service-account; a user is recorded as itself' }),
    ),
    created_at: Type.Optional(Timestamp({ description: 'Honoured unless it lies in the future' })),
    updated_at: Type.Optional(Timestamp({ description: 'Read and ignored' })),
  },
  { title: 'TaskOutput' },
);

const TaskExecutionError = Type.Object(
  { message: Type.String(), retryable: Type.Optional(Nullable(Type.Boolean())) },
  { title: 'TaskExecutionError', additionalProperties: true },
);

export const TaskOutputResponse = Type.Object(
  {
    id: Uuid(),
    flow_execution_id: Uuid(),
    task_name: Type.String({ minLength: 1, maxLength: 200 }),
    summary: AnyJson(),
    output: AnyJson({ description: 'The value; of a fan-out the list by item, null where an item has none' }),
    tags: AnyJson(),
    status: Words(LEGACY_STATUSES, { description: 'The founding single status, made of the three below' }),
    processing_status: Words(PROCESSING_STATUSES),
    edited_status: Words(OUTPUT_EDITED_STATUSES),
    stale_status: Words(STALE_STATUSES),
    error: Nullable(TaskExecutionError),
    created_at: Nullable(Timestamp()),
    updated_at: Nullable(Timestamp({ description: 'Equal to created_at: never changed since' })),
    modified_by: Type.String({ default: 'system', description: 'A user id, integration, service-account or system' }),
    flow_version: Nullable(Type.Integer({ minimum: 1 })),
    organization_id: Uuid(),
    skipped: Type.Optional(Type.Boolean({ description: 'True where the run took another way and the task did not run' })),
  },
  { title: 'TaskOutputAPI' },
);

export type TaskOutputWire = Static<typeof TaskOutputResponse>;

/** A task output, posted or made by the engine. */
export interface TaskOutputRecord {
  organizationId: Id;
  id: Id;
  flowExecutionId: Id;
  taskName: string;
  summary: unknown;
  output: unknown;
  tags: unknown;
  error: unknown;
  processingStatus: ProcessingStatus;
  editedStatus: OutputEditedStatus;
  staleStatus: StaleStatus;
  inProgress: boolean;
  skipped?: boolean;
  flowVersion: number | null;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
}

/** An error as the wire has it: an object with a message, whatever was reported. */
export function toTaskError(error: unknown): { message: string; [key: string]: unknown } | null {
  if (error === null || error === undefined) return null;
  if (typeof error === 'string') return { message: error };
  if (typeof error !== 'object' || Array.isArray(error)) return { message: JSON.stringify(error) };
  const message = (error as { message?: unknown }).message;
  return { ...error, message: typeof message === 'string' ? message : JSON.stringify(error) };
}

export function toTaskOutputWire(record: TaskOutputRecord): TaskOutputWire {
  return {
    id: record.id,
    flow_execution_id: record.flowExecutionId,
    task_name: record.taskName,
    summary: record.summary ?? null,
    output: record.output ?? null,
    tags: record.tags ?? null,
    status: toLegacyStatus({ processing: record.processingStatus, stale: record.staleStatus, inProgress: record.inProgress }),
    processing_status: record.processingStatus,
    edited_status: record.editedStatus,
    stale_status: record.staleStatus,
    error: toTaskError(record.error),
    created_at: toWireTime(record.createdAt),
    updated_at: toWireTime(record.updatedAt),
    modified_by: record.modifiedBy,
    flow_version: record.flowVersion,
    organization_id: record.organizationId,
    ...(record.skipped ? { skipped: true } : {}),
  };
}
