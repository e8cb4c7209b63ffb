import { type Id, newId } from '#base';
import type { EngineDatabase } from '#db';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './access-tokens.ts';
import { hashToken, randomToken } from './api-keys.ts';
import { isPassword } from './passwords.ts';
import type { Role } from './principal.ts';

type Query = EngineDatabase['query'];

const REUSE_GRACE_SECONDS = 10; // a client that lost the answer, or two tabs at once, may repeat a refresh
const REFRESH_TOKEN_DAYS = 60; // unused for longer, its holder signs in again

export interface SignedInUser {
  organizationId: Id;
  id: Id;
  email: string;
  firstName: string;
  lastName: string;
  role: Role;
  createdAt: Date;
  updatedAt: Date;
}

export interface Session {
  accessToken: string;
  refreshToken: string;
  expiresInSeconds: number;
  user: SignedInUser;
}

/** Why nobody was signed in. GoTrue's words, which its clients know. */
export type Refusal =
  | 'invalid_credentials'
  | 'user_banned'
  | 'refresh_token_not_found'
  | 'refresh_token_already_used'
  | 'session_not_found';

export type SignIn = { session: Session } | { refused: Refusal };

const USER_COLUMNS = `u.organization_id as "organizationId", u.id, u.email, u.first_name as "firstName", u.last_name as "lastName", u.role,
  u.created_at as "createdAt", u.updated_at as "updatedAt"`;

type UserRow = SignedInUser & { passwordHash: string | null; mayNotSignIn: boolean };

const FIND_BY_EMAIL = `
  select ${USER_COLUMNS}, u.password_hash as "passwordHash", u.status = 'inactive' or not o.is_active as "mayNotSignIn"
  from users u join organizations o on o.id = u.organization_id
  where lower(u.email) = lower($1) and u.deleted_at is null and not o.is_system`;

async function addRefreshToken(query: Query, organizationId: Id, sessionId: Id): Promise<{ id: Id; token: string }> {
  const [id, token] = [newId(), randomToken()];
  await query('refresh-token-add', 'insert into refresh_tokens (organization_id, id, session_id, token_hash) values ($1, $2, $3, $4)', [
    organizationId,
    id,
    sessionId,
    hashToken(token),
  ]);
  return { id, token };
}

interface SessionRow {
  id: Id;
  aal: string;
  amr: unknown;
}

async function toSession(signingKey: Buffer, user: SignedInUser, session: SessionRow, refreshToken: string): Promise<Session> {
  const { id, organizationId, email, firstName, lastName, role, createdAt, updatedAt } = user;
  const subject = {
    userId: id,
    organizationId,
    email,
    role,
    sessionId: session.id,
    aal: session.aal,
    amr: session.amr,
    firstName,
    lastName,
  };
  return {
    accessToken: await signAccessToken(signingKey, subject),
    refreshToken,
    expiresInSeconds: ACCESS_TOKEN_SECONDS,
    user: { id, organizationId, email, firstName, lastName, role, createdAt, updatedAt },
  };
}

/** Opens a session for a user who was proven by `method`. One transaction. */
export function openSession(engineDb: EngineDatabase, signingKey: Buffer, user: SignedInUser, method: string): Promise<Session> {
  const session = { id: newId(), aal: 'aal1', amr: [{ method, timestamp: Math.floor(Date.now() / 1_000) }] };
  return engineDb.transaction(async (query) => {
    await query('session-open', 'insert into sessions (organization_id, id, user_id, aal, amr) values ($1, $2, $3, $4, $5)', [
      user.organizationId,
      session.id,
      user.id,
      session.aal,
      JSON.stringify(session.amr),
    ]);
    const refresh = await addRefreshToken(query, user.organizationId, session.id);
    return toSession(signingKey, user, session, refresh.token);
  });
}

/** Signs in by address and password. As slow for an unknown address as for a wrong password. */
export async function signInByPassword(engineDb: EngineDatabase, signingKey: Buffer, email: string, password: string): Promise<SignIn> {
  const [user] = await engineDb.query<UserRow>('session-find-email', FIND_BY_EMAIL, [email.trim()]);
  if (!(await isPassword(user?.passwordHash, password)) || !user) return { refused: 'invalid_credentials' };
  if (user.mayNotSignIn) return { refused: 'user_banned' };
  return { session: await openSession(engineDb, signingKey, user, 'password') };
}

type RefreshRow = UserRow & {
  tokenId: Id;
  sessionId: Id;
  aal: string;
  amr: unknown;
  isEnded: boolean;
  isExpired: boolean;
  isReused: boolean;
};

/** The token's row is locked: of two calls with one token the second sees the first's use. Served by refresh_tokens_hash. */
const FIND_REFRESH = `
  select ${USER_COLUMNS}, u.status = 'inactive' or not o.is_active as "mayNotSignIn",
    r.id as "tokenId", s.id as "sessionId", s.aal, s.amr, s.ended_at is not null or u.deleted_at is not null as "isEnded",
    r.created_at < now() - make_interval(days => ${REFRESH_TOKEN_DAYS}) as "isExpired",
    coalesce(r.used_at < now() - make_interval(secs => ${REUSE_GRACE_SECONDS}), false) as "isReused"
  from refresh_tokens r
  join sessions s on s.organization_id = r.organization_id and s.id = r.session_id
  join users u on u.organization_id = s.organization_id and u.id = s.user_id
  join organizations o on o.id = s.organization_id
  where r.token_hash = $1
  for update of r`;

const USE_REFRESH = `
  update refresh_tokens set used_at = coalesce(used_at, now()), replaced_by = coalesce(replaced_by, $3)
  where organization_id = $1 and id = $2`;

const END_SESSION = 'update sessions set ended_at = now() where organization_id = $1 and id = $2 and ended_at is null';

/**
 * Trades a refresh token for a session's next tokens. A token used before, outside a short grace, was stolen from somebody: its session
 * ends, for thief and owner alike.
 */
export function refreshSession(engineDb: EngineDatabase, signingKey: Buffer, token: string): Promise<SignIn> {
  return engineDb.transaction<SignIn>(async (query) => {
    const [row] = await query<RefreshRow>('refresh-find', FIND_REFRESH, [hashToken(token)]);
    if (!row || row.isExpired) return { refused: 'refresh_token_not_found' };
    if (row.isEnded) return { refused: 'session_not_found' };
    if (row.mayNotSignIn) return { refused: 'user_banned' };
    if (row.isReused) {
      await query('session-end', END_SESSION, [row.organizationId, row.sessionId]);
      return { refused: 'refresh_token_already_used' };
    }
    const next = await addRefreshToken(query, row.organizationId, row.sessionId);
    await query('refresh-use', USE_REFRESH, [row.organizationId, row.tokenId, next.id]);
    return { session: await toSession(signingKey, row, { id: row.sessionId, aal: row.aal, amr: row.amr }, next.token) };
  });
}

/** Which of a user's sessions end: every one, the one that asks, or all but that. GoTrue's words. */
export type SignOutScope = 'global' | 'local' | 'others';

const END_SESSIONS = `
  update sessions set ended_at = now()
  where organization_id = $1 and user_id = $2 and ended_at is null
    and case $4 when 'local' then id = $3 when 'others' then id <> $3 else true end`;

/** Ends sessions: their tokens open nothing from the next request on. Repeating is a no-op. Served by sessions_user. */
export async function endSessions(
  engineDb: EngineDatabase,
  of: { organizationId: Id; userId: Id; sessionId: Id },
  scope: SignOutScope,
): Promise<void> {
  await engineDb.query('sessions-end', END_SESSIONS, [of.organizationId, of.userId, of.sessionId, scope]);
}

const FIND_BY_ID = `select ${USER_COLUMNS} from users u where u.organization_id = $1 and u.id = $2 and u.deleted_at is null`;

/** The user's row, for a principal that was proven. */
export async function findUser(engineDb: EngineDatabase, organizationId: Id, id: Id): Promise<SignedInUser | undefined> {
  const [user] = await engineDb.query<SignedInUser>('session-find-user', FIND_BY_ID, [organizationId, id]);
  return user;
}
