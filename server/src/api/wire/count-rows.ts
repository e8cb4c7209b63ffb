import type { SelectQueryBuilder } from 'kysely';
import type { Id } from '#base';
import type { Tables } from '#db';
import type { TenantTransaction } from '../flow-app.ts';

/**
 * How far a list that is read in parts is counted: beyond it, counting would cost more than the page, each time. Such a list has no
 * X-Total-Count; one that is read whole is counted whole.
 */
export const MAX_COUNTED = 10_000;

/** What to count up to, for a list with or without `limit`: one more than may be told. */
export const countUpTo = (limit: number | undefined): number => (limit === undefined ? Number.MAX_SAFE_INTEGER : MAX_COUNTED + 1);

/** The total to tell, or undefined where it is beyond what was counted. */
export const toTotal = (counted: number, limit: number | undefined): number | undefined =>
  limit !== undefined && counted > MAX_COUNTED ? undefined : counted;

/** The number of rows of a query, its own limit respected. */
export async function countRows<DB extends Tables, T extends keyof DB>(
  tx: TenantTransaction,
  query: SelectQueryBuilder<DB, T, { id: Id }>,
): Promise<number> {
  const row = await tx
    .selectFrom((query as unknown as SelectQueryBuilder<Tables, never, { id: Id }>).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return row.total;
}
