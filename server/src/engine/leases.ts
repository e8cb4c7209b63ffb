import { hostname } from 'node:os';
import type { EngineDatabase } from '#db';
import { type RunStatement, statementRunner } from './run-statement.ts';

/** A process whose lease has ended has lost what it held: 10 s, renewed every 2 s, so that four renewals may fail. */
export const LEASE_MS = 10_000;
export const LEASE_RENEWAL_MS = 2_000;

/** The database's clock, which decides what is due: the clocks of machines differ. */
export async function readClock(run: RunStatement): Promise<Date> {
  return ((await run<{ now: Date }>('read-clock', []))[0] as { now: Date }).now;
}

/** A lease for this process. Returns the worker's number, under which it claims. */
export async function registerWorker(run: RunStatement): Promise<number> {
  const rows = await run<{ id: number }>('register-worker', [hostname(), process.pid, LEASE_MS]);
  return (rows[0] as { id: number }).id;
}

/** What a process tells of itself with its lease. */
export interface LeaseNews {
  /** Delay of its event loop. */
  loopDelayMs: number;
  /** Since it last claimed something. */
  claimedMsAgo?: number | undefined;
}

/**
 * Renews the lease and reports how the process is. False: it has ended; the process must stop what it runs, for
 * another may run it, and register anew.
 */
export async function renewLease(run: RunStatement, workerId: number, { loopDelayMs, claimedMsAgo }: LeaseNews): Promise<boolean> {
  const claimed = claimedMsAgo === undefined ? null : Math.round(claimedMsAgo);
  return (await run('renew-lease', [workerId, LEASE_MS, Math.round(loopDelayMs), claimed])).length > 0;
}

/** `renewLease` for a thread that has nothing but a door of its own. */
export const renewLeaseOn = (db: EngineDatabase, workerId: number, news: LeaseNews): Promise<boolean> =>
  renewLease(statementRunner(db.query).run, workerId, news);

/** Ends the lease. What should not count as lost is settled as `released` before. */
export async function releaseWorker(run: RunStatement, workerId: number): Promise<void> {
  await run('release-worker', [workerId]);
}
