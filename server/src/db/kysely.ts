import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { isUnanswered, statementName } from './pool.ts';
import type { Tables } from './tables.ts';

/** Kysely over the pool: camelCase columns, users' JSON keys untouched, statements prepared by name. Ends with the pool. */
export function createKysely(pool: Pool): Kysely<Tables> {
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>(); // Kysely keeps something for each client that it sees
  const connect = async () => {
    const client = await pool.connect();
    const known = wrapped.get(client) ?? prepare(client);
    wrapped.set(client, known);
    return known;
  };
  const preparing: PostgresPool = { connect, end: () => pool.end(), options: pool.options };
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: preparing }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

const CONTROL = /^(begin|start|commit|rollback|savepoint|release)\b/; // preparing these gains nothing

function prepare(client: PoolClient): PostgresPoolClient {
  let unanswered: unknown; // the ROLLBACK that follows would be waited for as long again
  const query = async (text: string, values: unknown[]) => {
    if (unanswered !== undefined) throw unanswered;
    const name = CONTROL.test(text) ? undefined : statementName(text);
    try {
      return await client.query(name === undefined ? { text, values } : { name, text, values });
    } catch (error) {
      if (isUnanswered(error)) unanswered = error;
      throw error;
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (discard) => client.release(discard || unanswered !== undefined),
  };
}
