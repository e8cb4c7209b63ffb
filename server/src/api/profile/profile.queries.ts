import { sql } from 'kysely';
import type { Principal } from '#access';
import type { Json } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import type { ProfileRow } from './profile.wire.ts';
import { mergeSettings, type UserRow, type UserUpdate } from './user.wire.ts';

const organizationColumns = ['o.id as organizationId', 'o.name as organizationName', 'o.tier as organizationTier'] as const;

function findUser(tx: TenantTransaction, id: string): Promise<ProfileRow | undefined> {
  return tx
    .selectFrom('users as u')
    .innerJoin('organizations as o', 'o.id', 'u.organizationId')
    .select([
      'u.id',
      'u.firstName',
      'u.lastName',
      'u.email',
      'u.role',
      'u.status',
      'u.settings',
      'u.modifiedBy',
      'u.createdAt',
      'u.updatedAt',
    ])
    .select(organizationColumns)
    .where('u.id', '=', id)
    .where('u.deletedAt', 'is', null)
    .executeTakeFirst();
}

/** A service account as a person: the contract has no other shape for "who am I" (people-and-integrations.md 7). */
async function findServiceAccount(tx: TenantTransaction, id: string): Promise<ProfileRow | undefined> {
  const account = await tx
    .selectFrom('serviceAccounts as a')
    .innerJoin('organizations as o', 'o.id', 'a.organizationId')
    .select(['a.id', 'a.name', 'a.role', 'a.status', 'a.modifiedBy', 'a.createdAt', 'a.updatedAt'])
    .select(organizationColumns)
    .where('a.id', '=', id)
    .executeTakeFirst();
  return account && { ...account, firstName: account.name, lastName: '', email: `${id}@service.invalid`, settings: {} };
}

/** The caller's own row; undefined where it vanished since the credentials were read. */
export const findProfile = (tx: TenantTransaction, principal: Principal): Promise<ProfileRow | undefined> =>
  principal.kind === 'user' ? findUser(tx, principal.id) : findServiceAccount(tx, principal.id);

/**
 * Changes the caller's own row and answers it as it then is; undefined where it vanished since the credentials were read. The row is locked, so
 * that of two changes of settings at once both stay.
 */
export async function changeUser(tx: TenantTransaction, principal: Principal, change: UserUpdate): Promise<UserRow | undefined> {
  const own = tx
    .selectFrom('users')
    .select('settings')
    .where('organizationId', '=', principal.organizationId)
    .where('id', '=', principal.id);
  const row = await own.where('deletedAt', 'is', null).forUpdate().executeTakeFirst();
  if (!row) return undefined;
  return tx
    .updateTable('users')
    .set({
      ...(change.first_name ? { firstName: change.first_name } : {}),
      ...(change.last_name ? { lastName: change.last_name } : {}),
      ...(change.settings ? { settings: JSON.stringify(mergeSettings(row.settings as Json, change.settings)) } : {}),
      modifiedBy: principal.modifiedBy,
      updatedAt: sql<Date>`now()`,
    })
    .where('organizationId', '=', principal.organizationId)
    .where('id', '=', principal.id)
    .returning([
      'id',
      'firstName',
      'lastName',
      'email',
      'role',
      'status',
      'settings',
      'modifiedBy',
      'createdAt',
      'updatedAt',
      'organizationId',
    ])
    .$castTo<UserRow>()
    .executeTakeFirst();
}
