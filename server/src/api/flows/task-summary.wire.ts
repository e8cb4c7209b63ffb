import { type Static, Type } from 'typebox';
import { isJsonObject } from '#base';
import type { TaskOutputRecord } from '../task-outputs/task-output.wire.ts';
import { AnyJson, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import { LEGACY_STATUSES, OUTPUT_EDITED_STATUSES, PROCESSING_STATUSES, STALE_STATUSES, toLegacyStatus } from '../wire/statuses.ts';

export const TaskSummaryResponse = Type.Object(
  {
    id: Uuid(),
    created_at: Timestamp(),
    updated_at: Timestamp(),
    modified_by: Type.String(),
    flow_execution_id: Uuid(),
    task_name: Type.String({ minLength: 1, maxLength: 255 }),
    summary: AnyJson(),
    processing_status: Words(PROCESSING_STATUSES),
    edited_status: Words(OUTPUT_EDITED_STATUSES),
    stale_status: Words(STALE_STATUSES),
    tags: Nullable(Type.Array(Type.String(), { description: 'Structured tags as key:value' })),
    flow_version: Nullable(Type.Integer({ minimum: 1 })),
    status: Words([...LEGACY_STATUSES, 'skipped'], { description: 'The founding single status, or skipped' }),
    skipped: Type.Optional(Type.Boolean()),
  },
  { title: 'TaskSummaryResponse' },
);

export const toTaskSummaryWire = (record: TaskOutputRecord): Static<typeof TaskSummaryResponse> => ({
  id: record.id,
  created_at: toWireTime(record.createdAt),
  updated_at: toWireTime(record.updatedAt),
  modified_by: record.modifiedBy,
  flow_execution_id: record.flowExecutionId,
  task_name: record.taskName,
  summary: record.summary ?? null,
  processing_status: record.processingStatus,
  edited_status: record.editedStatus,
  stale_status: record.staleStatus,
  tags: toTagList(record.tags),
  flow_version: record.flowVersion,
  status: record.skipped
    ? 'skipped'
    : toLegacyStatus({ processing: record.processingStatus, stale: record.staleStatus, inProgress: record.inProgress }),
  ...(record.skipped ? { skipped: true } : {}),
});

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Tags are any JSON where they were posted; here they are strings: of an object `key:value`. */
export function toTagList(tags: unknown): string[] | null {
  if (Array.isArray(tags)) return tags.map(toText);
  return isJsonObject(tags) ? Object.entries(tags).map(([key, value]) => `${key}:${toText(value)}`) : null;
}
