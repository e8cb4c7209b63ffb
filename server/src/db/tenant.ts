import { type Kysely, sql, type Transaction } from 'kysely';
import type { Id } from '#base';
import { repeatOnConflict, withFailuresTranslated } from './failures.ts';
import { createKysely } from './kysely.ts';
import { closePool, createPool, openConnections, type PoolOptions, type PoolUse, useOf } from './pool.ts';
import type { Tables } from './tables.ts';

/** On whose behalf a transaction runs. The policies compare every row with the organization. */
export interface TenantScope {
  organizationId: Id;
  /** The user, service account or key that acts. */
  principalId: string;
  role: string;
}

/** A request's door to the database, as role flow_api. */
export interface TenantDatabase {
  /**
   * Runs the work in one transaction that sees and writes the scope's organization alone. Commits when the work returns, rolls back when it
   * throws. The scope ends with the transaction, so the connection's next one starts with none, in which every policy raises an error.
   * After a deadlock or a serialization conflict the whole work runs again, up to 5 times, so what it changes outside the database it must bear to change twice.
   * `readOnly` lets PostgreSQL refuse writes. Throws `service_unavailable` where the database cannot be reached or took over 30 s.
   */
  transaction<T>(scope: TenantScope, work: (tx: Kysely<Tables>) => Promise<T>, options?: { readOnly?: boolean }): Promise<T>;
  /** How many connections its pool has now. */
  use(): PoolUse;
  close(): Promise<void>;
}

/** A little more than a statement of a request may take (roles.ts). */
const ANSWER_MS = 35_000;

/** `url` is flow_api's (roleUrl). Connects when first asked. */
export function createTenantDatabase(url: string, options: PoolOptions): TenantDatabase {
  const pool = createPool(url, 'flow api', { answerMs: ANSWER_MS, ...options });
  const open = openConnections(pool);
  const db = createKysely(pool);
  const begin = db.transaction();
  const beginReadOnly = begin.setAccessMode('read only');
  return {
    transaction: (scope, work, { readOnly = false } = {}) =>
      withFailuresTranslated(() =>
        repeatOnConflict(() =>
          (readOnly ? beginReadOnly : begin).execute(async (tx) => {
            await setScope(tx, scope);
            return work(tx);
          }),
        ),
      ),
    use: () => useOf(pool),
    close: () => closePool(pool, open),
  };
}

/** `true`: until the end of the transaction, so that nothing is left on the connection. */
async function setScope(tx: Transaction<Tables>, scope: TenantScope): Promise<void> {
  await sql`select set_config('flow.organization', ${scope.organizationId}, true), set_config('flow.principal', ${scope.principalId}, true),
    set_config('flow.role', ${scope.role}, true)`.execute(tx);
}
