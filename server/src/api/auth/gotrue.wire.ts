import { type Static, Type } from 'typebox';
import type { Session, SignedInUser } from '#access';
import { AnyJson, AnyObject, Nullable, Timestamp, toWireTime, Uuid } from '../wire/index.ts';

/** A user as GoTrue's clients know one; where we differ from GoTrue is `app_metadata`. */
export const GoTrueUser = Type.Object(
  {
    id: Uuid(),
    aud: Type.String(),
    role: Type.String(),
    email: Type.String(),
    phone: Type.String(),
    email_confirmed_at: Nullable(Timestamp()),
    confirmed_at: Nullable(Timestamp()),
    app_metadata: AnyObject({ description: 'org_id and role of the platform' }),
    user_metadata: AnyObject(),
    identities: Type.Array(AnyJson()),
    is_anonymous: Type.Boolean(),
    created_at: Timestamp(),
    updated_at: Timestamp(),
  },
  { title: 'GoTrueUser' },
);

export const GoTrueSession = Type.Object(
  {
    access_token: Type.String({ description: 'JWT for Authorization: Bearer' }),
    token_type: Type.String(),
    expires_in: Type.Integer({ description: 'Seconds' }),
    expires_at: Type.Integer({ description: 'Seconds since 1970' }),
    refresh_token: Type.String({ description: 'For one use' }),
    user: GoTrueUser,
  },
  { title: 'GoTrueSession' },
);

/** Old and new clients of GoTrue read different fields of an error: it carries both forms. */
export const GoTrueError = Type.Object(
  {
    code: Type.Integer({ description: 'The HTTP status' }),
    error_code: Type.String(),
    msg: Type.String(),
    error: Type.String(),
    error_description: Type.String(),
  },
  { title: 'GoTrueError' },
);

export function toGoTrueUser(user: SignedInUser): Static<typeof GoTrueUser> {
  const createdAt = toWireTime(user.createdAt);
  return {
    id: user.id,
    aud: 'authenticated',
    role: 'authenticated',
    email: user.email,
    phone: '',
    email_confirmed_at: createdAt,
    confirmed_at: createdAt,
    app_metadata: { provider: 'email', providers: ['email'], org_id: user.organizationId, role: user.role },
    user_metadata: { first_name: user.firstName, last_name: user.lastName },
    identities: [],
    is_anonymous: false,
    created_at: createdAt,
    updated_at: toWireTime(user.updatedAt),
  };
}

export const toGoTrueSession = (session: Session): Static<typeof GoTrueSession> => ({
  access_token: session.accessToken,
  token_type: 'bearer',
  expires_in: session.expiresInSeconds,
  expires_at: Math.floor(Date.now() / 1_000) + session.expiresInSeconds,
  refresh_token: session.refreshToken,
  user: toGoTrueUser(session.user),
});
