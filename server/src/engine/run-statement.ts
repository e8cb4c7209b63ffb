import type { NamedQuery } from '#db';
import { STATEMENTS, type StatementName, type Statements } from './statements.ts';

/** Runs a statement of the engine by its name, so that it is prepared once a connection. */
export type RunStatement = <R>(name: StatementName, values: unknown[]) => Promise<R[]>;

/**
 * Rows that this process has seen when its statements are planned anew. A plan is kept as long as its connection, and one that was made on an
 * almost empty table cannot tell a key from the beginning of another index: it reads all of an organization's rows for one. Past the last of
 * these numbers each plan was made on a table of some size; autovacuum's statistics renew them from then on.
 */
const REPLANNED_AT = [500, 2_000, 10_000, 50_000];

/** The statements of one process, and how much they have seen. */
export interface StatementRunner {
  run: RunStatement;
  /** Within a transaction. */
  within(query: NamedQuery): RunStatement;
}

/** `statements` is another set only in the tests that take a defence away. */
export function statementRunner(query: NamedQuery, statements: Statements = STATEMENTS): StatementRunner {
  let rowsSeen = 0;
  let age = 0;
  const within =
    (door: NamedQuery): RunStatement =>
    async <R>(name: StatementName, values: unknown[]) => {
      const rows = await door<R>(`${name}/${age}`, statements[name], values);
      rowsSeen += rows.length;
      while (rowsSeen >= (REPLANNED_AT[age] ?? Number.POSITIVE_INFINITY)) age++;
      return rows;
    };
  return { run: within(query), within };
}
