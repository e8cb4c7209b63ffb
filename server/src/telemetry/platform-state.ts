import { firstIdOf, type Log, serviceUnavailable } from '#base';
import type { EngineDatabase, NamedQuery } from '#db';
import {
  type Backlog,
  type DatabaseState,
  type RecentRuns,
  readDatabase,
  readExecutors,
  readQueued,
  readReady,
  readRecent,
  readTimers,
  readWorkers,
  type Timers,
  type WorkerState,
} from './state.queries.ts';

/** How far back a run may have begun to count as recent. */
export const RECENT_MS = 15 * 60_000;

export interface PlatformState {
  readAt: Date;
  ready: Backlog[];
  queued: Backlog[];
  executors: { executor: string; depth: number }[];
  timers: Timers;
  workers: WorkerState;
  recent: RecentRuns[];
  database: DatabaseState;
}

export interface StateReader {
  /** The state, at most a few seconds old. Throws where it cannot be had in time: service_unavailable, mostly. */
  read(): Promise<PlatformState>;
}

/** However many ask, and however often, the database is asked once in this time. */
const FRESH_MS = 5_000;
/** A read that took long is followed by a pause of so many times that: where there is much to count, others need the database more. */
const PAUSE_FACTOR = 50;
/** Of each statement; all of them read some thousand rows. */
const STATEMENT_MS = 2_000;
/** For whoever asks: a scraper gives up at 10 s. */
const READ_MS = 5_000;
const RETRY_SECONDS = 5;
/** A read on a connection whose other end is gone answers nothing, however long one waits: then the next one is tried on another. */
const HANGING_MS = 60_000;

/** Reads what the whole platform looks like by the engine's door. */
export function createStateReader(db: Pick<EngineDatabase, 'transaction'>, options: { log: Log; onFailure?: () => void }): StateReader {
  let state: Promise<PlatformState> | undefined;
  let askAgainAt = 0;
  const ask = async (): Promise<PlatformState> => {
    const begun = performance.now();
    try {
      return await readState(db);
    } catch (error) {
      options.onFailure?.();
      options.log.warn({ err: error }, 'the state of the platform could not be read');
      throw error;
    } finally {
      const tookMs = performance.now() - begun;
      askAgainAt = performance.now() + Math.min(Math.max(FRESH_MS, PAUSE_FACTOR * tookMs), HANGING_MS); // also after a failure: a database in trouble is not asked more often
    }
  };
  return {
    async read() {
      if (state === undefined || performance.now() >= askAgainAt) {
        askAgainAt = performance.now() + HANGING_MS; // one read at a time
        state = ask();
      }
      return await within(state, READ_MS);
    },
  };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(serviceUnavailable('The state of the platform could not be read in time', RETRY_SECONDS)), ms);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** One statement a transaction: its deadline is its own, and it holds back no vacuum. */
const readState = async (db: Pick<EngineDatabase, 'transaction'>): Promise<PlatformState> => {
  const bounded = <T>(read: (query: NamedQuery) => Promise<T>): Promise<T> =>
    db.transaction(async (query) => {
      await query('state_deadline', `select set_config('statement_timeout', $1, true)`, [`${STATEMENT_MS}ms`]);
      return read(query);
    });
  return {
    readAt: new Date(),
    ready: await bounded(readReady),
    queued: await bounded(readQueued),
    executors: await bounded(readExecutors),
    timers: await bounded(readTimers),
    workers: await bounded(readWorkers),
    recent: await bounded((query) => readRecent(query, firstIdOf(new Date(Date.now() - RECENT_MS)))),
    database: await bounded(readDatabase),
  };
};
