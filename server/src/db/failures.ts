import { setTimeout as wait } from 'node:timers/promises';
import { FlowError, serviceUnavailable } from '#base';

/** No connection came about, so nothing was asked. 57P03: the server starts or stops; 53300: too many connections; 08001, 08004: refused. */
const UNREACHED_CODES = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|57P03|53300|08001|08004)$/;
const UNREACHED_MESSAGES = /due to connection timeout|timeout exceeded when trying to connect|timeout expired/i;
/** A connection that was there has ended: the last thing that it carried, a COMMIT perhaps, was done or was not. 57P: the server ends it; 08: the network. */
const BROKEN_CODES = /^(ECONNRESET|ETIMEDOUT|EPIPE|08...|57P0[1-5])$/;
const BROKEN_MESSAGES =
  /connection terminated|connection ended|Client has encountered a connection error|query read timeout|has been discarded/i;
/** 53100: no space on its disk, 53200: out of memory. Nothing was done (RELIABILITY F11). */
const NO_ROOM_CODES = /^(53100|53200)$/;
const NO_ROOM = 'The database has no room left; an operator must make some, then try again';
const NO_ROOM_RETRY_SECONDS = 30;
const RETRY_AFTER_SECONDS = 2; // a server restarts in about that; a failover is asked for again

const LOST_ANSWER =
  'The database was lost before it answered: whether this was done is not known. Ask again; with the same Idempotency-Key nothing is done twice';

/** The SQLSTATE or the system's code, where the error has one. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * A database that cannot be reached, was lost, or took too long, is 503 with Retry-After; every other error passes as it is. Where the answer was lost the
 * message says that what was asked may have been done (RELIABILITY F3): nothing but asking again under the same key tells.
 */
export function translateFailure(error: unknown): unknown {
  if (error instanceof FlowError || !(error instanceof Error)) return error;
  const code = codeOf(error) ?? '';
  if (code === '57014') return serviceUnavailable('The database took too long to answer; try again', RETRY_AFTER_SECONDS, error);
  if (NO_ROOM_CODES.test(code)) return serviceUnavailable(NO_ROOM, NO_ROOM_RETRY_SECONDS, error);
  if (UNREACHED_CODES.test(code) || UNREACHED_MESSAGES.test(error.message)) {
    return serviceUnavailable('The database cannot be reached; try again', RETRY_AFTER_SECONDS, error);
  }
  if (BROKEN_CODES.test(code) || BROKEN_MESSAGES.test(error.message)) return serviceUnavailable(LOST_ANSWER, RETRY_AFTER_SECONDS, error);
  return error;
}

/** Runs the work and translates what it throws. */
export async function withFailuresTranslated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateFailure(error);
  }
}

const ATTEMPTS = 5;

/** Repeats work that PostgreSQL gave up for a deadlock (40P01) or a serialization conflict (40001): nothing of it has happened. */
export async function repeatOnConflict<T>(work: () => Promise<T>): Promise<T> {
  return repeat(work, (error) => codeOf(error) === '40P01' || codeOf(error) === '40001');
}

/** Repeats a change of a role that another session changes at the same moment; roles have no lock that one could wait for. */
export async function repeatOnCollision<T>(work: () => Promise<T>): Promise<T> {
  return repeat(work, (error) => error instanceof Error && error.message.includes('concurrently updated'));
}

async function repeat<T>(work: () => Promise<T>, isWorthIt: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isWorthIt(error)) throw error;
      await wait(Math.random() * 10 * 2 ** attempt);
    }
  }
}
