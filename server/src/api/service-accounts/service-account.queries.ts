import { sql } from 'kysely';
import { makeApiKey, type NewApiKey, type Principal } from '#access';
import { conflict, type Id, newId, notFound } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import type { ApiKeyRow, ServiceAccountRow } from './service-account.wire.ts';

const MAX_LIVE_KEYS = 50; // an account (people-and-integrations.md G1)

type ListedAccount = ServiceAccountRow & { tokenPrefix: string | null };

const ACCOUNT_COLUMNS = ['organizationId', 'id', 'name', 'description', 'status', 'role', 'modifiedBy', 'createdAt', 'updatedAt'] as const;
const KEY_COLUMNS = [
  'organizationId',
  'id',
  'serviceAccountId',
  'userId',
  'name',
  'description',
  'tokenPrefix',
  'lastUsedAt',
  'modifiedBy',
  'createdAt',
  'updatedAt',
] as const;

const newestPrefix = sql<string | null>`(select k.token_prefix from api_keys k where k.organization_id = service_accounts.organization_id
  and k.service_account_id = service_accounts.id and not k.deleted order by k.id desc limit 1)`.as('tokenPrefix');

const accounts = (tx: TenantTransaction) => tx.selectFrom('serviceAccounts').select(ACCOUNT_COLUMNS).select(newestPrefix);

/** Newest first. */
export async function listServiceAccounts(
  tx: TenantTransaction,
  page: { offset: number; limit: number },
): Promise<{ rows: ListedAccount[]; total: number }> {
  const rows = await accounts(tx).orderBy('createdAt', 'desc').orderBy('id', 'desc').offset(page.offset).limit(page.limit).execute();
  const { total } = await tx
    .selectFrom('serviceAccounts')
    .select((b) => b.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

/** Throws not_found. */
export async function getServiceAccount(tx: TenantTransaction, id: Id): Promise<ListedAccount> {
  const row = await accounts(tx).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('Service account', id);
  return row;
}

export interface ServiceAccountChange {
  name?: string;
  description?: string | null;
  status?: 'active' | 'inactive';
}

/** Throws not_found. A change that changes nothing leaves the row as it is. */
export async function changeServiceAccount(
  tx: TenantTransaction,
  principal: Principal,
  id: Id,
  change: ServiceAccountChange,
): Promise<ListedAccount> {
  const before = await getServiceAccount(tx, id);
  const isSame = Object.entries(change).every(([key, value]) => before[key as keyof ServiceAccountChange] === value);
  if (isSame) return before;
  await tx
    .updateTable('serviceAccounts')
    .set({ ...change, modifiedBy: principal.modifiedBy, updatedAt: new Date() })
    .where('id', '=', id)
    .execute();
  return getServiceAccount(tx, id);
}

/** With its keys, for good. Throws not_found. */
export async function deleteServiceAccount(tx: TenantTransaction, id: Id): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('serviceAccounts').where('id', '=', id).executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound('Service account', id);
}

export interface NewAccount {
  name: string;
  description: string | null;
  role: 'integration' | 'org_admin';
}

/** The account and its first key, named like it (people-and-integrations.md C6). */
export async function insertServiceAccount(
  tx: TenantTransaction,
  principal: Principal,
  account: NewAccount,
): Promise<{ account: ListedAccount; apiKeyId: Id; token: string }> {
  const id = newId();
  const { organizationId, modifiedBy } = principal;
  await tx
    .insertInto('serviceAccounts')
    .values({ organizationId, id, ...account, modifiedBy })
    .execute();
  const { key, row } = await insertApiKey(tx, principal, id, { name: account.name, description: null });
  return { account: await getServiceAccount(tx, id), apiKeyId: row.id, token: key.token };
}

/** A key of an account that exists. Its token is in `key`, and nowhere else from here on. */
async function insertApiKey(
  tx: TenantTransaction,
  principal: Principal,
  accountId: Id,
  named: { name: string; description: string | null },
): Promise<{ key: NewApiKey; row: ApiKeyRow }> {
  const { organizationId, modifiedBy } = principal;
  const key = makeApiKey({ organizationId, accountId });
  const row = await tx
    .insertInto('apiKeys')
    .values({
      organizationId,
      id: newId(),
      serviceAccountId: accountId,
      ...named,
      tokenHash: key.tokenHash,
      tokenPrefix: key.tokenPrefix,
      modifiedBy,
    })
    .returning(KEY_COLUMNS)
    .executeTakeFirstOrThrow();
  return { key, row };
}

const liveKeys = (tx: TenantTransaction, accountId: Id) =>
  tx.selectFrom('apiKeys').where('serviceAccountId', '=', accountId).where('deleted', '=', false);

/** Locks the account, so that the cap holds for calls at the same time. Throws not_found, conflict at the cap. */
export async function addApiKey(
  tx: TenantTransaction,
  principal: Principal,
  accountId: Id,
  named: { name: string; description: string | null },
): Promise<{ key: NewApiKey; row: ApiKeyRow }> {
  const account = await tx.selectFrom('serviceAccounts').select('id').where('id', '=', accountId).forUpdate().executeTakeFirst();
  if (!account) throw notFound('Service account', accountId);
  const { total } = await liveKeys(tx, accountId)
    .select((b) => b.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  if (total >= MAX_LIVE_KEYS) throw conflict(`A service account may have ${MAX_LIVE_KEYS} keys; delete one first`);
  return insertApiKey(tx, principal, accountId, named);
}

/** Newest first. Throws not_found. */
export async function listApiKeys(
  tx: TenantTransaction,
  accountId: Id,
  page: { offset: number; limit: number },
): Promise<{ rows: ApiKeyRow[]; total: number }> {
  await getServiceAccount(tx, accountId);
  const rows = await liveKeys(tx, accountId).select(KEY_COLUMNS).orderBy('id', 'desc').offset(page.offset).limit(page.limit).execute();
  const { total } = await liveKeys(tx, accountId)
    .select((b) => b.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}

interface ApiKeyChange {
  name?: string;
  description?: string | null;
}

/** Throws not_found, also for a live key of another account. */
export async function changeApiKey(
  tx: TenantTransaction,
  principal: Principal,
  path: { accountId: Id; id: Id },
  change: ApiKeyChange,
): Promise<ApiKeyRow> {
  const row = await tx
    .updateTable('apiKeys')
    .set({ ...change, modifiedBy: principal.modifiedBy, updatedAt: new Date() })
    .where('id', '=', path.id)
    .where('serviceAccountId', '=', path.accountId)
    .where('deleted', '=', false)
    .returning(KEY_COLUMNS)
    .executeTakeFirst();
  if (!row) throw notFound('API key', path.id);
  return row;
}

/** The row stays for the record, its hash does not: nothing brings the key back. Throws not_found. */
export async function deleteApiKey(tx: TenantTransaction, principal: Principal, path: { accountId: Id; id: Id }): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('apiKeys')
    .set({ deleted: true, tokenHash: null, modifiedBy: principal.modifiedBy, updatedAt: new Date() })
    .where('id', '=', path.id)
    .where('serviceAccountId', '=', path.accountId)
    .where('deleted', '=', false)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notFound('API key', path.id);
}
