import { type Static, Type } from 'typebox';
import { Nullable, Timestamp, toWireTime } from '../wire/index.ts';

export const MAX_VERSION_NAME_LENGTH = 255;

export const FlowVersionSummary = Type.Object(
  {
    version: Type.Integer(),
    created_at: Timestamp(),
    updated_at: Timestamp(),
    modified_by: Type.String(),
    is_latest: Type.Boolean(),
    name: Nullable(Type.String()),
    is_favourite: Type.Boolean({ default: false }),
  },
  { title: 'FlowVersionSummary' },
);

export const PaginatedFlowVersionSummaryResponse = Type.Object(
  { versions: Type.Array(FlowVersionSummary), total: Type.Integer(), page: Type.Integer(), page_size: Type.Integer() },
  { title: 'PaginatedFlowVersionSummaryResponse' },
);

export const UpdateFlowVersionMetadata = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ description: 'At most 255 characters; an empty string clears it' }))),
    is_favourite: Type.Optional(Nullable(Type.Boolean())),
  },
  { title: 'UpdateFlowVersionMetadata', description: 'Absent or null: unchanged' },
);

export interface FlowVersionRecord {
  version: number;
  createdAt: Date;
  updatedAt: Date;
  modifiedBy: string;
  name: string | null;
  isFavourite: boolean;
  latestVersion: number;
}

export const toVersionSummaryWire = (row: FlowVersionRecord): Static<typeof FlowVersionSummary> => ({
  version: row.version,
  created_at: toWireTime(row.createdAt),
  updated_at: toWireTime(row.updatedAt),
  modified_by: row.modifiedBy,
  is_latest: row.version === row.latestVersion,
  name: row.name,
  is_favourite: row.isFavourite,
});
