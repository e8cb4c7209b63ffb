import { type Static, Type } from 'typebox';
import { validationError } from '#base';
import { Nullable, Timestamp, toWireTime, Uuid } from '../wire/index.ts';

const Name = (description: string) => Type.String({ maxLength: 255, description });
const Description = () => Type.Optional(Nullable(Type.String({ description: 'For people' })));

const shared = {
  id: Uuid(),
  created_at: Timestamp(),
  updated_at: Timestamp(),
  modified_by: Type.String({ description: 'User id, `integration` or `system`' }),
};

const account = {
  ...shared,
  organization_id: Nullable(Uuid()),
  name: Name('Need not be unique'),
  description: Nullable(Type.String()),
  status: Type.String({ description: '`active` or `inactive`' }),
  role: Type.String({ description: '`integration`, or `org_admin` where an administrator asked for it' }),
};

export const ServiceAccountResponse = Type.Object(
  { ...account, token_prefix: Nullable(Type.String({ description: 'Beginning of the newest live key' })) },
  { title: 'ServiceAccountResponse' },
);

export const ServiceAccountCreateResponse = Type.Object(
  {
    ...account,
    token: Type.String({ description: 'The first key, complete. It is shown this once.' }),
    token_prefix: Type.String(),
    api_key_id: Uuid(),
  },
  { title: 'ServiceAccountCreateResponse' },
);

export const ServiceAccountCreateRequest = Type.Object(
  {
    name: Name('For people; trimmed'),
    description: Description(),
    role: Type.Optional(
      Nullable(Type.String({ pattern: '^(integration|org_admin)$', description: 'What its keys may do; default integration' })),
    ),
  },
  { title: 'ServiceAccountCreateRequest' },
);

export const ServiceAccountUpdateRequest = Type.Object(
  { name: Type.Optional(Nullable(Name('null: unchanged'))), description: Description() },
  { title: 'ServiceAccountUpdateRequest' },
);

const apiKey = {
  ...shared,
  user_id: Nullable(Uuid()),
  service_account_id: Nullable(Uuid()),
  name: Name('For people'),
  description: Nullable(Type.String()),
  token_prefix: Type.String({ maxLength: 40, description: 'Beginning of the key, to tell it from others' }),
  organization_id: Uuid(),
};

export const ApiKeyResponse = Type.Object(
  { ...apiKey, last_used_at: Nullable(Timestamp({ description: 'To the minute' })) },
  { title: 'ApiKeyResponse' },
);

export const ApiKeyCreateResponse = Type.Object(
  { ...apiKey, token: Type.String({ description: 'The key, complete. It is shown this once.' }) },
  { title: 'ApiKeyCreateResponse' },
);

export const ApiKeyCreateRequest = Type.Object(
  { name: Name('For people; trimmed'), description: Description() },
  { title: 'ApiKeyCreateRequest' },
);

export const ApiKeyUpdateRequest = Type.Object(
  { name: Type.Optional(Nullable(Name('null: unchanged'))), description: Description() },
  { title: 'ApiKeyUpdateRequest' },
);

export const ServiceAccountPath = Type.Object({ service_account_id: Uuid({ description: 'Id of the service account' }) });
export const ApiKeyPath = Type.Object({
  service_account_id: Uuid({ description: 'Id of the service account' }),
  api_key_id: Uuid({ description: 'Id of the key' }),
});

/** The name as it is stored. Throws where nothing is left of it. */
export function readName(name: string): string {
  const trimmed = name.trim();
  if (trimmed !== '') return trimmed;
  const fault = {
    loc: ['body', 'name'],
    msg: 'String should have at least 1 character',
    type: 'string_too_short',
    input: name,
    ctx: { min_length: 1 },
  };
  throw validationError([fault]);
}

export interface ServiceAccountRow {
  organizationId: string;
  id: string;
  name: string;
  description: string | null;
  status: string;
  role: string;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface ApiKeyRow {
  organizationId: string;
  id: string;
  serviceAccountId: string | null;
  userId: string | null;
  name: string;
  description: string | null;
  tokenPrefix: string;
  lastUsedAt: Date | null;
  modifiedBy: string;
  createdAt: Date;
  updatedAt: Date;
}

export const toServiceAccountWire = (row: ServiceAccountRow & { tokenPrefix: string | null }): Static<typeof ServiceAccountResponse> => ({
  id: row.id,
  created_at: toWireTime(row.createdAt),
  updated_at: toWireTime(row.updatedAt),
  modified_by: row.modifiedBy,
  organization_id: row.organizationId,
  name: row.name,
  description: row.description,
  status: row.status,
  role: row.role,
  token_prefix: row.tokenPrefix,
});

export const toApiKeyWire = (row: ApiKeyRow): Static<typeof ApiKeyResponse> => ({
  id: row.id,
  created_at: toWireTime(row.createdAt),
  updated_at: toWireTime(row.updatedAt),
  modified_by: row.modifiedBy,
  user_id: row.userId,
  service_account_id: row.serviceAccountId,
  name: row.name,
  description: row.description,
  token_prefix: row.tokenPrefix,
  organization_id: row.organizationId,
  last_used_at: row.lastUsedAt === null ? null : toWireTime(row.lastUsedAt),
});
