import { badRequest, conflict, type Id, newId, notFound } from '#base';
import type { EngineDatabase } from '#db';
import { makeApiKey } from './api-keys.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import type { Role } from './principal.ts';

type Query = EngineDatabase['query'];

const DEFAULT_MAX_CONCURRENT = 100; // executions at once of a new organization (DESIGN.md, Operating)
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

export interface NewOrganization {
  name: string;
  /** Executions at once. */
  maxConcurrent?: number;
}

export interface NewUser {
  organizationId: Id;
  email: string;
  password?: string;
  role: Role;
  firstName?: string;
  lastName?: string;
}

export interface NewServiceAccount {
  organizationId: Id;
  name: string;
  description?: string | null;
  role?: 'integration' | 'org_admin';
  modifiedBy?: string;
}

export interface CreatedServiceAccount {
  id: Id;
  apiKeyId: Id;
  /** The only time that it is seen. */
  token: string;
  tokenPrefix: string;
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** The organization and the slots that bound its executions: one transaction. Throws conflict where the name is taken. */
export async function createOrganization(engineDb: EngineDatabase, organization: NewOrganization): Promise<{ id: Id }> {
  return engineDb.transaction((query) => insertOrganization(query, organization));
}

export async function insertOrganization(query: Query, organization: NewOrganization): Promise<{ id: Id }> {
  const id = newId();
  const name = organization.name.trim();
  const maxConcurrent = organization.maxConcurrent ?? DEFAULT_MAX_CONCURRENT;
  if (name === '' || name.length > 255) throw badRequest('The name of an organization has 1 to 255 characters');
  const text = `insert into organizations (id, name, max_concurrent) values ($1, $2, $3) on conflict (name) do nothing returning id`;
  const [row] = await query('organization-create', text, [id, name, maxConcurrent]);
  if (!row) throw conflict(`An organization named '${name}' exists already`);
  const slots = 'insert into execution_slots (organization_id, slot) select $1::uuid, slot from generate_series(1, $2::integer) slot';
  await query('organization-slots', slots, [id, maxConcurrent]);
  return { id };
}

/** A user who can sign in at once, if with a password. Throws conflict where the address has an account, bad_request for a weak password. */
export async function createUser(engineDb: EngineDatabase, user: NewUser): Promise<{ id: Id }> {
  return insertUser(engineDb.query.bind(engineDb), user);
}

export async function insertUser(query: Query, user: NewUser): Promise<{ id: Id }> {
  const email = user.email.trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 320) throw badRequest(`'${email}' is not an email address`);
  const weakness = user.password === undefined ? undefined : checkPassword(user.password);
  if (weakness !== undefined) throw badRequest(weakness);
  const passwordHash = user.password === undefined ? null : await hashPassword(user.password);
  const text = `insert into users (organization_id, id, email, first_name, last_name, role, password_hash) values ($1, $2, $3, $4, $5, $6, $7)`;
  const id = newId();
  try {
    await query('user-create', text, [user.organizationId, id, email, user.firstName ?? '', user.lastName ?? '', user.role, passwordHash]);
  } catch (error) {
    if (codeOf(error) === UNIQUE_VIOLATION) throw conflict(`The address ${email} has an account already`);
    if (codeOf(error) === FOREIGN_KEY_VIOLATION) throw notFound('Organization', user.organizationId);
    throw error;
  }
  return { id };
}

/** A service account and its first key, named like it: one transaction. */
export async function createServiceAccount(engineDb: EngineDatabase, account: NewServiceAccount): Promise<CreatedServiceAccount> {
  const [id, apiKeyId] = [newId(), newId()];
  const key = makeApiKey({ organizationId: account.organizationId, accountId: id });
  const { organizationId, name, description = null, role = 'integration', modifiedBy = 'system' } = account;
  if (name.trim() === '') throw badRequest('The name of a service account has 1 to 255 characters');
  await engineDb.transaction(async (query) => {
    const [organization] = await query('organization-find', 'select 1 from organizations where id = $1', [organizationId]);
    if (!organization) throw notFound('Organization', organizationId);
    const insert = `insert into service_accounts (organization_id, id, name, description, role, modified_by) values ($1, $2, $3, $4, $5, $6)`;
    await query('service-account-create', insert, [organizationId, id, name.trim(), description, role, modifiedBy]);
    const insertKey = `insert into api_keys (organization_id, id, service_account_id, name, token_hash, token_prefix, modified_by)
      values ($1, $2, $3, $4, $5, $6, $7)`;
    await query('api-key-create', insertKey, [organizationId, apiKeyId, id, name.trim(), key.tokenHash, key.tokenPrefix, modifiedBy]);
  });
  return { id, apiKeyId, token: key.token, tokenPrefix: key.tokenPrefix };
}
