import type { IncomingHttpHeaders } from 'node:http';
import { type Id, unauthorized } from '#base';
import type { EngineDatabase } from '#db';
import { readAccessToken } from './access-tokens.ts';
import { hashToken } from './api-keys.ts';
import type { Principal, Role } from './principal.ts';
import type { TicketHolder } from './tickets.ts';

const KEY_START = 'saf_';
const MAX_CREDENTIAL_CHARACTERS = 8_192;
const USE_NOTED_EVERY_SECONDS = 60; // a write per request would cost more than the request

/**
 * The credential that counts (core.md 1.1): a Bearer value decides; a bare API key in Authorization is one; another scheme (a proxy's Basic)
 * is ignored beside X-API-Key. Undefined where nothing was sent.
 */
export function findCredential(headers: IncomingHttpHeaders): string | undefined {
  const authorization = headers.authorization?.trim();
  const bearer = authorization === undefined ? null : /^bearer(?:\s+(.*))?$/i.exec(authorization);
  if (bearer) return bearer[1]?.trim() ?? '';
  if (authorization?.startsWith(KEY_START)) return authorization;
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key.trim() : undefined;
}

interface UserRow {
  role: Role;
  status: string;
  organization_active: boolean;
}

/** Session, user and organization as they are now: what the token says of roles counts for nothing. Primary keys throughout. */
const FIND_USER = `
  select u.role, u.status, o.is_active as organization_active
  from sessions s
  join users u on u.organization_id = s.organization_id and u.id = s.user_id
  join organizations o on o.id = s.organization_id
  where s.organization_id = $1 and s.id = $2 and s.user_id = $3 and s.ended_at is null and u.deleted_at is null and not o.is_system`;

interface KeyRow {
  organization_id: string;
  id: string;
  account_id: string;
  role: Role;
  organization_active: boolean;
  is_use_due: boolean;
}

/** Live keys of active service accounts. */
const SELECT_KEY = `
  select k.organization_id, k.id, a.id as account_id, a.role, o.is_active as organization_active,
    k.last_used_at is null or k.last_used_at < now() - make_interval(secs => ${USE_NOTED_EVERY_SECONDS}) as is_use_due
  from api_keys k
  join service_accounts a on a.organization_id = k.organization_id and a.id = k.service_account_id
  join organizations o on o.id = k.organization_id
  where not k.deleted and a.status = 'active'`;

/** Served by api_keys_hash. */
const FIND_KEY = `${SELECT_KEY} and k.token_hash = $1`;

/** Served by the primary key. */
const FIND_KEY_BY_ID = `${SELECT_KEY} and k.organization_id = $1 and k.id = $2`;

const NOTE_USE = `
  update api_keys set last_used_at = now()
  where organization_id = $1 and id = $2 and (last_used_at is null or last_used_at < now() - make_interval(secs => ${USE_NOTED_EVERY_SECONDS}))`;

type SessionPlace = { organizationId: Id; sessionId: Id; userId: Id };

async function fromSession(engineDb: EngineDatabase, { organizationId, sessionId, userId }: SessionPlace): Promise<Principal | undefined> {
  const [user] = await engineDb.query<UserRow>('access-find-user', FIND_USER, [organizationId, sessionId, userId]);
  if (!user || user.status === 'inactive') return undefined;
  return {
    kind: 'user',
    id: userId,
    organizationId,
    role: user.role,
    modifiedBy: user.role === 'integration' ? 'integration' : userId,
    sessionId,
    mayWrite: user.organization_active,
  };
}

async function fromAccessToken(engineDb: EngineDatabase, signingKey: Buffer, token: string): Promise<Principal | undefined> {
  const claims = await readAccessToken(signingKey, token);
  return claims && fromSession(engineDb, claims);
}

const fromKeyRow = (key: KeyRow): Principal => ({
  kind: 'service_account',
  id: key.account_id,
  organizationId: key.organization_id,
  role: key.role,
  modifiedBy: 'integration',
  keyId: key.id,
  mayWrite: key.organization_active,
});

async function fromApiKey(engineDb: EngineDatabase, token: string): Promise<Principal | undefined> {
  const [key] = await engineDb.query<KeyRow>('access-find-key', FIND_KEY, [hashToken(token)]);
  if (!key) return undefined;
  if (key.is_use_due) await engineDb.query('access-note-use', NOTE_USE, [key.organization_id, key.id]);
  return fromKeyRow(key);
}

async function fromKeyId(engineDb: EngineDatabase, organizationId: Id, keyId: Id): Promise<Principal | undefined> {
  const [key] = await engineDb.query<KeyRow>('access-find-key-by-id', FIND_KEY_BY_ID, [organizationId, keyId]);
  return key && fromKeyRow(key);
}

/** Somebody who was proven before, with the rights of now. Throws unauthorized where the session or the key has ended since. */
export async function proveAgain(engineDb: EngineDatabase, known: TicketHolder): Promise<Principal> {
  const { organizationId, sessionId, keyId } = known;
  let principal: Principal | undefined;
  if (sessionId !== undefined) principal = await fromSession(engineDb, { organizationId, sessionId, userId: known.id });
  else if (keyId !== undefined) principal = await fromKeyId(engineDb, organizationId, keyId);
  if (!principal) throw unauthorized('invalid');
  return principal;
}

/** Proves a credential, a JWT or an API key, by one query. Throws unauthorized: one message for wrong, deleted, expired and inactive. */
export async function authenticateCredential(engineDb: EngineDatabase, signingKey: Buffer, credential: string): Promise<Principal> {
  if (credential === '' || credential.length > MAX_CREDENTIAL_CHARACTERS) throw unauthorized('invalid');
  const isKey = credential.startsWith(KEY_START);
  const principal = await (isKey ? fromApiKey(engineDb, credential) : fromAccessToken(engineDb, signingKey, credential));
  if (!principal) throw unauthorized('invalid');
  return principal;
}
