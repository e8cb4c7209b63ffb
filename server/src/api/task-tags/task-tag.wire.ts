import { type Static, Type } from 'typebox';
import { type Id, timeOfId } from '#base';
import { AnyJson, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';

/** What names a tag, in requests and answers alike. */
const place = {
  flow_execution_id: Uuid(),
  task_name: Type.String({ minLength: 1, maxLength: 200 }),
  tag: Type.String({ minLength: 1, maxLength: 200, description: 'Free text; case-sensitive' }),
  tag_type: Type.String({ minLength: 1, maxLength: 100, description: 'What kind of tag; free text, case-sensitive' }),
};

export const FlowTaskTag = Type.Object(
  {
    id: Uuid(),
    ...place,
    tag_metadata: AnyJson({ description: 'As it was given' }),
    status: Nullable(Type.String({ description: 'active' })),
    created_at: Nullable(Timestamp()),
    updated_at: Nullable(Timestamp()),
    modified_by: Nullable(Type.String()),
    organization_id: Uuid(),
  },
  { title: 'FlowTaskTagAPI' },
);
export type TaskTagWire = Static<typeof FlowTaskTag>;

const TagOperation = Type.Object(
  {
    operation: Words(['add', 'remove']),
    ...place,
    tag_metadata: Type.Optional(
      AnyJson({ description: 'Part of what a tag is. remove: left out, whatever the metadata; given (null too), exactly that' }),
    ),
  },
  { title: 'PatchFlowTaskTagsRequestItem' },
);
export type TagOperation = Static<typeof TagOperation>;

export const PatchTaskTagsRequest = Type.Object(
  { tags: Type.Array(TagOperation, { minItems: 1, maxItems: 100, description: 'Done in this order, all or none' }) },
  { title: 'PatchFlowTaskTagsRequest' },
);

export const OPERATION_RESULTS = ['added', 'removed', 'already_exists', 'not_found'] as const;
export type OperationResult = (typeof OPERATION_RESULTS)[number];

export const PatchTaskTagsResponse = Type.Object(
  {
    tags: Type.Array(Type.Object({ status: Words(OPERATION_RESULTS) }, { title: 'PatchFlowTaskTagsResponseItem' }), {
      description: 'One for each operation, in its order',
    }),
  },
  { title: 'PatchFlowTaskTagsResponse' },
);

/** The columns that the wire form is made of. */
export interface TaskTagRow {
  organizationId: Id;
  id: Id;
  flowExecutionId: Id;
  taskName: string;
  tag: string;
  tagType: string;
  tagMetadata: unknown;
  status: string;
  modifiedBy: string;
  updatedAt: Date;
}

export const toTaskTagWire = (row: TaskTagRow): TaskTagWire => ({
  id: row.id,
  flow_execution_id: row.flowExecutionId,
  task_name: row.taskName,
  tag: row.tag,
  tag_type: row.tagType,
  tag_metadata: row.tagMetadata ?? null,
  status: row.status,
  created_at: toWireTime(timeOfId(row.id)),
  updated_at: toWireTime(row.updatedAt),
  modified_by: row.modifiedBy,
  organization_id: row.organizationId,
});
