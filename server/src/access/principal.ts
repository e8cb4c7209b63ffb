import type { Id } from '#base';

export const ROLES = ['org_admin', 'backoffice', 'app_user', 'worker', 'publisher', 'integration'] as const;
export type Role = (typeof ROLES)[number];

/** Who is asking, proven by a token or a key. */
export interface Principal {
  kind: 'user' | 'service_account';
  /** The user's or the service account's id. */
  id: Id;
  organizationId: Id;
  role: Role;
  /** Recorded as modified_by: the id of a user, `integration` for a key (core.md 1.4). */
  modifiedBy: string;
  /** Of a user's token. */
  sessionId?: Id;
  /** Of an API key. */
  keyId?: Id;
  /** False where the organization is inactive: it may read, not write. */
  mayWrite: boolean;
}
