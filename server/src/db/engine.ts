import type { Kysely } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { arrayLiteral } from './array-literal.ts';
import { repeatOnConflict, withFailuresTranslated } from './failures.ts';
import { createKysely } from './kysely.ts';
import { createListener } from './listener.ts';
import { closePool, createPool, dropConnections, isUnanswered, openConnections, type PoolOptions, type PoolUse, useOf } from './pool.ts';
import type { Tables } from './tables.ts';

/** Runs a statement of the engine. `name` is the statement's own, always with the same text: it is prepared once a connection. Columns as SQL names them. */
export type NamedQuery = <R>(name: string, text: string, values: unknown[]) => Promise<R[]>;

/**
 * The engine's door, as role flow_engine: it sees every organization, so whoever uses it has proven the ids that it passes.
 * Deadlocks and serialization conflicts are repeated up to 5 times. Throws `service_unavailable` where the database cannot be reached.
 */
export interface EngineDatabase {
  /** One statement, a transaction of its own. */
  query: NamedQuery;
  /** Several statements in one transaction. After a conflict the whole work runs again, so it must change nothing outside the database. */
  transaction<T>(work: (query: NamedQuery) => Promise<T>): Promise<T>;
  /** For statements that no index of the engine's must serve in a certain way; a conflict is the caller's to repeat. */
  kysely: Kysely<Tables>;
  /**
   * Hears NOTIFY on a channel until the returned function is called. A hint, no more: what is sent while the connection is down is lost;
   * `onGap` tells that it was, and since when.
   */
  listen(channel: string, onMessage: (payload: string) => void, onGap?: (since: Date) => void): Promise<() => Promise<void>>;
  /** Sends a hint of at most 8000 bytes to all who listen, at once. */
  notify(channel: string, payload: string): Promise<void>;
  /** How many connections its pool has now. */
  use(): PoolUse;
  /**
   * Ends every connection of this process at once, for one that the database has not answered for long (a network that is cut without a word, RELIABILITY
   * F7). Whoever waits for an answer gets `service_unavailable`; the next statement opens a new connection.
   */
  dropConnections(): void;
  close(): Promise<void>;
}

/** `url` is flow_engine's (roleUrl). Connects when first asked. */
export function createEngineDatabase(url: string, options: PoolOptions): EngineDatabase {
  const pool = createPool(url, 'flow engine', options);
  const open = openConnections(pool);
  const listener = createListener(url, options.log);
  const query: NamedQuery = (name, text, values) =>
    withFailuresTranslated(() => {
      const encoded = encode(values);
      return repeatOnConflict(async () => (await pool.query({ name, text, values: encoded })).rows);
    });
  return {
    query,
    transaction: (work) => withFailuresTranslated(() => repeatOnConflict(() => runTransaction(pool, work))),
    kysely: createKysely(pool),
    listen: (channel, onMessage, onGap) => withFailuresTranslated(() => listener.listen(channel, onMessage, onGap)),
    notify: async (channel, payload) => {
      await query('notify', 'select pg_notify($1, $2)', [channel, payload]);
    },
    use: () => useOf(pool),
    dropConnections: () => dropConnections(open),
    close: async () => {
      await listener.close();
      await closePool(pool, open);
    },
  };
}

const encode = (values: unknown[]): unknown[] => values.map((value) => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value));

async function runTransaction<T>(pool: Pool, work: (query: NamedQuery) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(async (name, text, values) => (await client.query({ name, text, values: encode(values) })).rows);
    await commit(client);
    client.release();
    return result;
  } catch (error) {
    const isClean = !isUnanswered(error) && (await client.query('rollback').then(Boolean, () => false));
    client.release(!isClean); // a connection in an unknown state is not used again
    throw error;
  }
}

/** PostgreSQL answers COMMIT with ROLLBACK where an earlier statement failed and its error was swallowed. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command === 'ROLLBACK') throw new Error('A statement of the transaction had failed, so nothing was committed');
}
