import { sql } from 'kysely';
import { type Principal, sealSecret } from '#access';
import { notFound } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { type SecretRow, tooManySecrets } from './secret.wire.ts';

const MAX_SECRETS = 1_000; // an organization: 64 MB at most

const COLUMNS = ['name', 'modifiedBy', 'createdAt', 'updatedAt'] as const;

/** By name. Never the value: no query of the API's reads it but to use it. */
export async function listSecrets(
  tx: TenantTransaction,
  page: { offset: number; limit: number },
): Promise<{ rows: SecretRow[]; total: number }> {
  const rows = await tx.selectFrom('secrets').select(COLUMNS).orderBy('name').offset(page.offset).limit(page.limit).execute();
  return { rows, total: await countSecrets(tx) };
}

async function countSecrets(tx: TenantTransaction): Promise<number> {
  const { total } = await tx
    .selectFrom('secrets')
    .select((b) => b.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** Sets its value, new or not. Throws conflict at the cap, which calls at the same time may pass by a few. */
export async function putSecret(
  tx: TenantTransaction,
  principal: Principal,
  secret: { encryptionKey: Buffer; name: string; value: string },
): Promise<{ row: SecretRow; isNew: boolean }> {
  const { organizationId, modifiedBy } = principal;
  const { name } = secret;
  const sealed = sealSecret(secret.encryptionKey, { organizationId, name }, secret.value);
  const row = await tx
    .insertInto('secrets')
    .values({ organizationId, name, sealed, modifiedBy })
    .onConflict((conflict) => conflict.columns(['organizationId', 'name']).doUpdateSet({ sealed, modifiedBy, updatedAt: new Date() }))
    .returning(COLUMNS)
    .returning(sql<boolean>`xmax = 0`.as('isNew')) // no row was there to be locked by the update
    .executeTakeFirstOrThrow();
  if (row.isNew && (await countSecrets(tx)) > MAX_SECRETS) throw tooManySecrets(MAX_SECRETS);
  return { row, isNew: row.isNew };
}

/** Throws not_found. */
export async function deleteSecret(tx: TenantTransaction, name: string): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom('secrets').where('name', '=', name).executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound('Secret', name);
}
