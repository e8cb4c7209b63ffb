import { createHash } from 'node:crypto';
import { type Client, type CustomTypesConfig, Pool, type PoolClient, type PoolConfig, types } from 'pg';
import type { Log } from '#base';
import { clientFor } from './primary-client.ts';

export interface PoolOptions {
  /** Connections at most. One server serves 100 for all processes, unless it is set otherwise. */
  max: number;
  /** How long a statement may stay unanswered, in ms; then its connection is given up. Default: a little more than any statement may take. */
  answerMs?: number;
  log?: Log;
}

/** How many connections a pool has, how many of them nobody uses, and how many callers wait for one. */
export interface PoolUse {
  open: number;
  idle: number;
  waiting: number;
}

export const useOf = (pool: Pool): PoolUse => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount });

const CONNECT_MS = 10_000; // to reach the server, and to wait for one of the pool's connections
const IDLE_MS = 60_000;
/** An idle connection whose other end is gone without a word (a cable, a firewall that forgot it) is found after this and ten probes of a second. */
const KEEP_ALIVE_MS = 5_000;
/** Past the longest statement_timeout (roles.ts): only a server or a network that says nothing at all meets it. */
const ANSWER_MS = 70_000;
const INT8 = 20;
const DATE = 1082;

/** bigint as a number, since none of ours passes 2^53; date as its text, since it has no time zone. Everything else as pg reads it. */
const TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return toSafeNumber;
    if (oid === DATE) return (text: string) => text;
    return types.getTypeParser(oid, format);
  }) as typeof types.getTypeParser,
};

function toSafeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond the integers that a number holds`);
  return value;
}

/** A pool whose broken idle connections are dropped with a word in the log, and never end the process. */
export function createPool(url: string, applicationName: string, options: PoolOptions): Pool {
  const config: PoolConfig = {
    connectionString: url,
    max: options.max,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    query_timeout: options.answerMs ?? ANSWER_MS,
    types: TYPES,
    Client: clientFor(url),
  };
  const pool = new Pool(config);
  const tell = (error: Error & { code?: string }) => {
    if (!pool.ending) options.log?.warn({ code: error.code, reason: error.message }, 'a connection to the database broke');
  };
  pool.on('error', tell);
  pool.on('connect', (client) => client.on('error', tell)); // one that is in use: its query is rejected too
  return pool;
}

/**
 * Ends every connection of the pool at once, those that wait for an answer too: what they wait for fails as a broken connection does, and the next
 * statement opens a new one.
 */
export function dropConnections(clients: ReadonlySet<PoolClient>): void {
  for (const client of clients) (client as unknown as Client).connection.stream.destroy();
}

/** Ends the pool: politely, but a server that says nothing is not waited for. */
export async function closePool(pool: Pool, clients: ReadonlySet<PoolClient>): Promise<void> {
  const limit = setTimeout(() => dropConnections(clients), CLOSE_MS);
  await pool.end().finally(() => clearTimeout(limit));
}

/** The connections that a pool has open, kept up to date. */
export function openConnections(pool: Pool): ReadonlySet<PoolClient> {
  const open = new Set<PoolClient>();
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => open.delete(client));
  return open;
}

/** The connection has said nothing for `answerMs`: it is of no more use, not even for a ROLLBACK. */
export const isUnanswered = (error: unknown): boolean => error instanceof Error && error.message === 'Query read timeout';

const CLOSE_MS = 5_000; // for the server to hear that a connection ends

const NAMES_LIMIT = 1000; // a statement costs each connection some 10 kB; texts of varying length must not fill the server
const names = new Map<string, string>();

/** The name under which the text is prepared (once a connection; twice the throughput of unnamed), or undefined when there are too many. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= NAMES_LIMIT) return known;
  const name = `s_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`;
  names.set(text, name);
  return name;
}
