import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import type { Principal } from '#access';
import type { Tables } from '#db';

/** Who asks, as far as what it may see depends on it. */
export type Viewer = Pick<Principal, 'id' | 'role'>;

/**
 * The one rule of which flows of its organization a caller sees (core.md 1.2, G1), as a condition on `flows`; the organization itself is
 * row-level security's. Soft-deleted flows are nobody's. Administrators see all; builders all but the private ones of others; worker and
 * publisher only what they are invited to.
 */
export function isVisibleTo(viewer: Viewer): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'flows'>();
  return eb.and([eb('flows.deletedAt', 'is', null), isOpenTo(viewer)]);
}

/** As `isVisibleTo`, soft-deleted flows too: the runs of a flow outlive it, for those who could see it (core.md 1.7). */
export function isOpenTo(viewer: Viewer): Expression<SqlBool> {
  const eb = expressionBuilder<Tables, 'flows'>();
  switch (viewer.role) {
    case 'org_admin':
    case 'backoffice':
      return eb.val(true);
    case 'app_user':
    case 'integration':
      return eb.or([eb('flows.visibility', '<>', 'private'), eb('flows.createdBy', '=', viewer.id)]);
    default:
      return eb.val(false);
  }
}
