import { type Static, Type } from 'typebox';
import { ROLES } from '#access';
import { isJsonObject, type Json, type JsonObject, parseId } from '#base';
import { AnyObject, Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';
import { FILTER_MODES, HUB_VIEWS, SORTS } from './profile.wire.ts';

const Name = () => Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 100, description: 'null: unchanged' })));

/** A view's id, the word runs, or null. The id is normalized where it stands. */
const FlowView = Type.Unsafe<string | null>({
  anyOf: [{ type: 'string', format: 'uuid' }, { type: 'string', const: 'runs' }, { type: 'null' }],
});

const HubTagFilterUpdate = Type.Object(
  { mode: Words(FILTER_MODES, { default: 'contains_any' }), values: Type.Array(Type.String(), { default: [] }) },
  { title: 'HubTagFilterUpdate' },
);

/** The format uuid normalizes a value where it stands, which a name of a property has no place for. */
const UUID_PATTERN = '^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$';

const UserSettingsUpdate = Type.Object(
  {
    templates_collapsed: Type.Optional(Nullable(Type.Boolean())),
    hub_view: Type.Optional(Nullable(Words(HUB_VIEWS))),
    sidebar_open: Type.Optional(Nullable(Type.Boolean())),
    hub_sort: Type.Optional(Nullable(Words(SORTS))),
    hub_tag_filters: Type.Optional(Nullable(Type.Array(HubTagFilterUpdate), { description: 'Replaces all' })),
    runs_per_page: Type.Optional(Nullable(Type.Integer())),
    default_flow_views: Type.Optional(
      Nullable(
        Type.Unsafe<Record<string, string | null>>({
          type: 'object',
          additionalProperties: FlowView,
          propertyNames: { pattern: UUID_PATTERN },
          maxProperties: 1000,
        }),
        { description: 'By flow id: a view id, or runs; null takes it away; flows that are not named keep theirs' },
      ),
    ),
  },
  { title: 'UserSettingsUpdateRequest', additionalProperties: false },
);
export type UserSettingsUpdate = Static<typeof UserSettingsUpdate>;

export const UserUpdateRequest = Type.Object(
  {
    first_name: Name(),
    last_name: Name(),
    password: Type.Optional(Nullable(Type.String({ minLength: 8, maxLength: 128, description: 'Ignored' }))),
    settings: Type.Optional(Nullable(UserSettingsUpdate, { description: 'Only what is named changes' })),
  },
  { title: 'UserUpdateRequest' },
);
export type UserUpdate = Static<typeof UserUpdateRequest>;

export const UserResponse = Type.Object(
  {
    id: Uuid(),
    created_at: Timestamp(),
    updated_at: Timestamp(),
    modified_by: Type.String(),
    first_name: Type.String(),
    last_name: Type.String(),
    email: Type.String(),
    role: Words(ROLES),
    status: Words(['pending', 'active', 'inactive']),
    organization_id: Uuid(),
    user_auth_id: Nullable(Uuid()),
    settings: Nullable(AnyObject({ description: 'As stored: what was never chosen is absent' })),
    deleted: Type.Boolean(),
  },
  { title: 'User' },
);

/** The columns that the wire form is made of. */
export interface UserRow {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  role: Static<typeof UserResponse>['role'];
  status: Static<typeof UserResponse>['status'];
  settings: Json;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
  organizationId: string;
}

export const toUserWire = (row: UserRow): Static<typeof UserResponse> => ({
  id: row.id,
  created_at: toWireTime(row.createdAt),
  updated_at: toWireTime(row.updatedAt),
  modified_by: row.modifiedBy,
  first_name: row.firstName,
  last_name: row.lastName,
  email: row.email,
  role: row.role,
  status: row.status,
  organization_id: row.organizationId,
  user_auth_id: row.id, // signing in and the user are one record here
  settings: isJsonObject(row.settings) ? row.settings : {},
  deleted: false,
});

/** Stored settings with a change over them: null leaves a key as it is, of the views by flow it takes one away. */
export function mergeSettings(stored: Json, change: UserSettingsUpdate): JsonObject {
  const before = isJsonObject(stored) ? stored : {};
  const { default_flow_views: views, ...rest } = change;
  const merged = { ...before };
  for (const [key, value] of Object.entries(rest)) if (value !== null && value !== undefined) merged[key] = value as Json;
  if (views === null || views === undefined) return merged;
  const known = isJsonObject(before['default_flow_views']) ? before['default_flow_views'] : {};
  const all = Object.entries({ ...known, ...withLowerKeys(views) }).filter(([, view]) => view !== null);
  return { ...merged, default_flow_views: Object.fromEntries(all) };
}

const withLowerKeys = (views: Record<string, string | null>): Record<string, string | null> =>
  Object.fromEntries(Object.entries(views).map(([flowId, view]) => [parseId(flowId) ?? flowId, view]));
