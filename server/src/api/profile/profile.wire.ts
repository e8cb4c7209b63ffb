import { type Static, Type } from 'typebox';
import { isJsonObject, type Json } from '#base';
import { Nullable, Timestamp, toWireTime, Uuid, Words } from '../wire/index.ts';

export const SORTS = [
  'created_at_desc',
  'created_at_asc',
  'updated_at_desc',
  'updated_at_asc',
  'display_name_asc',
  'display_name_desc',
] as const;

export const HUB_VIEWS = ['cards', 'list'] as const;

export const FILTER_MODES = ['contains_any', 'not_contains_any'] as const;

const HubTagFilter = Type.Object({ mode: Words(FILTER_MODES), values: Type.Array(Type.String()) }, { title: 'HubTagFilter' });

/** How a user likes the pages; what was never chosen has its default. */
export const UserSettings = Type.Object(
  {
    templates_collapsed: Type.Boolean(),
    hub_view: Words(HUB_VIEWS),
    sidebar_open: Type.Boolean(),
    hub_sort: Words(SORTS),
    hub_tag_filters: Type.Array(HubTagFilter),
    runs_per_page: Type.Integer(),
    default_flow_views: Type.Record(Type.String(), Type.String(), { description: 'By flow id: a view id, or `runs`' }),
  },
  { title: 'UserSettings' },
);

const DEFAULT_SETTINGS: Static<typeof UserSettings> = {
  templates_collapsed: false,
  hub_view: 'cards',
  sidebar_open: true,
  hub_sort: 'created_at_desc',
  hub_tag_filters: [],
  runs_per_page: 10,
  default_flow_views: {},
};

const LandingPageConfig = Type.Object(
  {
    landing_page_config: Words(['hub', 'assigned_flow_data_tab', 'assigned_flow_work_tab']),
    landing_page_flow_id: Nullable(Uuid()),
  },
  { title: 'LandingPageConfig' },
);

export const UserProfileResponse = Type.Object(
  {
    id: Uuid(),
    created_at: Timestamp(),
    updated_at: Timestamp(),
    modified_by: Type.String(),
    first_name: Type.String(),
    last_name: Type.String(),
    email: Type.String(),
    role: Type.String(),
    status: Type.String(),
    organization_id: Uuid(),
    organization_name: Type.String(),
    organization_tier: Type.String(),
    organization_payment_method: Type.String(),
    landing_page: LandingPageConfig,
    settings: UserSettings,
  },
  { title: 'UserProfileResponse' },
);

export interface ProfileRow {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  role: string;
  status: string;
  settings: Json;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
  organizationId: string;
  organizationName: string;
  organizationTier: string;
}

export const toProfileWire = (row: ProfileRow): Static<typeof UserProfileResponse> => ({
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
  organization_name: row.organizationName,
  organization_tier: row.organizationTier,
  organization_payment_method: 'stripe', // the contract's only word; nothing is paid for here
  landing_page: { landing_page_config: 'hub', landing_page_flow_id: null },
  settings: { ...DEFAULT_SETTINGS, ...(isJsonObject(row.settings) ? row.settings : {}) },
});
