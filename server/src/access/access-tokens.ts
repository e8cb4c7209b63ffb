import { errors, jwtVerify, SignJWT } from 'jose';
import { type Id, parseId } from '#base';
import type { Role } from './principal.ts';

const ISSUER = 'flow-platform';
const USER_AUDIENCE = 'authenticated'; // GoTrue's word; its clients look for it
const ANON_AUDIENCE = 'anon';
const ALGORITHM = 'HS256'; // one secret, one algorithm: nothing to confuse
const HEADER = { alg: ALGORITHM, typ: 'JWT' };
const ANON_ISSUED_AT = 1_735_689_600; // fixed, so that every process gives out the same anon key
const ANON_EXPIRES_AT = 4_102_444_800; // the year 2100
export const ACCESS_TOKEN_SECONDS = 3_600;

/** Who a token is for. */
export interface TokenSubject {
  userId: Id;
  organizationId: Id;
  email: string;
  role: Role;
  sessionId: Id;
  aal: string;
  amr: unknown;
  firstName: string;
  lastName: string;
}

/** What a valid access token proves; everything else is read from the database. */
export interface AccessClaims {
  userId: Id;
  organizationId: Id;
  sessionId: Id;
}

/** A JWT with GoTrue's claims, and `org_id` and the platform's `role` beside them (people-and-integrations.md 6). */
export function signAccessToken(key: Buffer, subject: TokenSubject, now: number = Math.floor(Date.now() / 1_000)): Promise<string> {
  const placement = { org_id: subject.organizationId, role: subject.role };
  return new SignJWT({
    ...placement,
    email: subject.email,
    phone: '',
    session_id: subject.sessionId,
    aal: subject.aal,
    amr: subject.amr,
    is_anonymous: false,
    app_metadata: { provider: 'email', providers: ['email'], ...placement },
    user_metadata: { first_name: subject.firstName, last_name: subject.lastName },
  })
    .setProtectedHeader(HEADER)
    .setIssuer(ISSUER)
    .setAudience(USER_AUDIENCE)
    .setSubject(subject.userId)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
    .sign(key);
}

/** The claims of a token that we signed for a user and that has not expired; undefined for any other text. */
export async function readAccessToken(key: Buffer, token: string): Promise<AccessClaims | undefined> {
  const payload = await verified(key, token, USER_AUDIENCE, ['sub', 'exp', 'iat', 'session_id', 'org_id']);
  const [userId, organizationId, sessionId] = [payload?.['sub'], payload?.['org_id'], payload?.['session_id']].map((claim) =>
    typeof claim === 'string' ? parseId(claim) : undefined,
  );
  return userId && organizationId && sessionId ? { userId, organizationId, sessionId } : undefined;
}

/** The installation's anon key: a JWT of role anon that opens nothing; clients of GoTrue must send one as `apikey`. */
export const signAnonKey = (key: Buffer): Promise<string> =>
  new SignJWT({ role: 'anon' })
    .setProtectedHeader(HEADER)
    .setIssuer(ISSUER)
    .setAudience(ANON_AUDIENCE)
    .setIssuedAt(ANON_ISSUED_AT)
    .setExpirationTime(ANON_EXPIRES_AT)
    .sign(key);

async function verified(
  key: Buffer,
  token: string,
  audience: string,
  requiredClaims: string[],
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: [ALGORITHM], issuer: ISSUER, audience, typ: 'JWT', requiredClaims });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined; // TypeError: not even the form of a token
    throw error;
  }
}
