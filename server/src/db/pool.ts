import { createHash } from 'node:crypto';
import { type CustomTypesConfig, Pool, type PoolConfig, types } from 'pg';
import type { Log } from '#base';
import { clientFor } from './primary-client.ts';

export interface PoolOptions {
  /** Connections at most. One server serves 100 for all processes, unless it is set otherwise. */
  max: number;
  log?: Log;
}

const CONNECT_MS = 10_000; // to reach the server, and to wait for one of the pool's connections
const IDLE_MS = 60_000;
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
