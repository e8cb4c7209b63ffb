import { type Static, Type } from 'typebox';
import type { Id, JsonObject } from '#base';
import { ErrorDetails } from '../wire/errors.wire.ts';
import { AnyObject, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import { FlowSettings, type FlowSettingsWire } from './flow-settings.wire.ts';

export const FLOW_STATUSES = ['draft', 'published'] as const;
export type FlowStatus = (typeof FLOW_STATUSES)[number];
export const VISIBILITIES = ['private', 'organization', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const MAX_NAME_LENGTH = 255;
export const MAX_DESCRIPTION_LENGTH = 5000;

/** A definition as clients send it: the object, or its text. */
export const Definition = Type.Unsafe<Record<string, unknown> | string>({
  anyOf: [{ type: 'object', additionalProperties: true }, { type: 'string' }],
  description: 'The flow, in the wire form or the flat form; an object, or a string of YAML or JSON, whose text the version keeps',
});

const VisibilityField = Nullable(Words(VISIBILITIES), {
  description:
    'private: its creator and administrators; organization (default); public: as organization, since nothing here is open without sign-in',
});

export const FlowCreateRequest = Type.Object(
  {
    display_name: Type.String({ minLength: 1, maxLength: MAX_NAME_LENGTH }),
    description: Type.Optional(Nullable(Type.String({ maxLength: MAX_DESCRIPTION_LENGTH, description: 'Markdown' }))),
    definition: Definition,
    visibility: Type.Optional(VisibilityField),
    settings: Type.Optional(Nullable(FlowSettings)),
    tags: Type.Optional(Type.Array(Type.String(), { description: 'A set: at most 100, each of at most 200 characters' })),
  },
  { title: 'FlowCreateRequest' },
);

/** Lengths are checked by `checkFlowFields`: the contract declares none here. */
export const PatchFlowRequest = Type.Object(
  {
    display_name: Type.Optional(Nullable(Type.String())),
    description: Type.Optional(Nullable(Type.String({ description: 'An empty string clears it' }))),
    visibility: Type.Optional(VisibilityField),
    settings: Type.Optional(Nullable(FlowSettings)),
    status: Type.Optional(Nullable(Type.String({ description: 'draft or published' }))),
    tags: Type.Optional(Nullable(Type.Array(Type.String(), { description: 'Replaces all tags' }))),
  },
  { title: 'PatchFlowRequest', description: 'Absent or null: unchanged' },
);

export const PutFlowRequest = Type.Object(
  { ...PatchFlowRequest.properties, definition: Type.Optional(Nullable(Definition)) },
  { title: 'PutFlowRequest', description: 'As PATCH, and with a definition as PUT definition' },
);

export const FlowDefinitionUpdate = Type.Object({ definition: Definition }, { title: 'FlowDefinitionUpdate' });

export const FlowResponse = Type.Object(
  {
    id: Uuid({ description: 'The same for all versions' }),
    created_at: Timestamp(),
    updated_at: Timestamp(),
    modified_by: Type.String(),
    display_name: Type.String(),
    description: Nullable(Type.String()),
    version: Type.Integer({ minimum: 1 }),
    status: Words(FLOW_STATUSES),
    is_latest: Type.Boolean(),
    organization_id: Uuid(),
    definition: AnyObject(),
    settings: Nullable(FlowSettings),
    flow_executions_count: Type.Integer({ default: 0, description: 'Runs of all versions' }),
    latest_version_executions_count: Nullable(
      Type.Integer({ description: 'Runs of the newest version that has any; null unless asked for' }),
    ),
    task_names: Nullable(
      Type.Array(Type.String(), { description: 'In the order of execution; null unless asked for, or where there is none' }),
    ),
    validation_errors: Nullable(Type.Array(ErrorDetails, { description: 'Empty: valid; null unless asked for' })),
    tags: Type.Array(Type.String(), { uniqueItems: true }),
    deleted: Type.Boolean({ default: false }),
    visibility: Words(VISIBILITIES),
    created_by: Type.String(),
  },
  { title: 'FlowResponse' },
);
export type FlowWire = Static<typeof FlowResponse>;

export const PaginatedFlowResponse = Type.Object(
  { flows: Type.Array(FlowResponse), total: Type.Integer(), page: Type.Integer(), page_size: Type.Integer() },
  { title: 'PaginatedFlowResponse' },
);

/** A flow with one of its versions, as the queries read it. */
export interface FlowRecord {
  organizationId: Id;
  id: Id;
  displayName: string;
  description: string | null;
  status: FlowStatus;
  visibility: Visibility;
  settings: FlowSettingsWire;
  tags: string[];
  latestVersion: number;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  modifiedBy: string;
  flowVersionId: Id;
  version: number;
  definition: JsonObject;
  source: string | null;
  executionsCount: number;
  latestVersionExecutionsCount: number | null;
}

/** What the expansion flags of a request added (expand-flow.ts). */
export type FlowExpansion = Pick<FlowWire, 'definition' | 'task_names' | 'validation_errors'>;

export const toFlowWire = (flow: FlowRecord, expansion: FlowExpansion): FlowWire => ({
  id: flow.id,
  created_at: toWireTime(flow.createdAt),
  updated_at: toWireTime(flow.updatedAt),
  modified_by: flow.modifiedBy,
  display_name: flow.displayName,
  description: flow.description,
  version: flow.version,
  status: flow.status,
  is_latest: flow.version === flow.latestVersion,
  organization_id: flow.organizationId,
  settings: flow.settings,
  flow_executions_count: flow.executionsCount,
  latest_version_executions_count: flow.latestVersionExecutionsCount,
  tags: flow.tags,
  deleted: false,
  visibility: flow.visibility,
  created_by: flow.createdBy,
  ...expansion,
});
