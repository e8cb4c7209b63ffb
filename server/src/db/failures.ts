import { setTimeout as wait } from 'node:timers/promises';
import { FlowError, serviceUnavailable } from '#base';

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// 08: connection exceptions; 57P: shut down or starting; 53300: too many connections
const CONNECTION_STATES = /^(08...|57P0[1-5]|53300)$/;
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error/i;
const RETRY_AFTER_SECONDS = 2; // a server restarts in about that; a failover is asked for again

/** The SQLSTATE or the system's code, where the error has one. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** A database that cannot be reached, or took too long, is 503 with Retry-After; every other error passes as it is. */
export function translateFailure(error: unknown): unknown {
  if (error instanceof FlowError || !(error instanceof Error)) return error;
  const code = codeOf(error) ?? '';
  if (code === '57014') return serviceUnavailable('The database took too long to answer; try again', RETRY_AFTER_SECONDS, error);
  if (CONNECTION_CODES.has(code) || CONNECTION_STATES.test(code) || CONNECTION_MESSAGES.test(error.message)) {
    return serviceUnavailable('The database cannot be reached; try again', RETRY_AFTER_SECONDS, error);
  }
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
