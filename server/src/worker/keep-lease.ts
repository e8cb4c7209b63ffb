import { Worker } from 'node:worker_threads';
import type { Log } from '#base';
import { LEASE_RENEWAL_MS } from '#engine';
import type { LeaseNews, LeaseThreadData } from './lease-thread.ts';

export interface Lease {
  /** Aborts when the lease has ended under us: whatever this process holds may be another's by now. */
  lost: AbortSignal;
  close(): Promise<void>;
}

const BEAT_MS = 200; // how finely the thread sees a blocked loop
const CLOSE_MS = 5000; // then the thread is ended, whatever it waits for

export interface LeaseOptions {
  engineUrl: string;
  workerId: number;
  /** Renews it from here: answers false where it has ended. */
  renew(): Promise<boolean>;
  log: Log;
}

/**
 * Renews the lease of a worker from a thread of its own, until closed. A thread comes up slowly on a busy machine, later than the lease ends: until it has
 * renewed the lease once, this one does it.
 */
export function keepLease({ log, renew, ...options }: LeaseOptions): Lease {
  const beat = new SharedArrayBuffer(8);
  const lastBeat = new Float64Array(beat);
  const turn = () => {
    lastBeat[0] = performance.timeOrigin + performance.now();
  };
  turn();
  const timer = setInterval(turn, BEAT_MS);
  const lost = new AbortController();
  const workerData: LeaseThreadData = { ...options, beat };
  const thread = new Worker(new URL('./lease-thread.ts', import.meta.url), { workerData });
  const untilThread = setInterval(async () => {
    const isHeld = await renew().catch(() => true); // the database is away: the next turn tries again
    if (!isHeld) lost.abort('lease_lost');
  }, LEASE_RENEWAL_MS);
  thread.on('message', (news: LeaseNews) => {
    clearInterval(untilThread);
    if (news === 'lost') lost.abort('lease_lost');
  });
  thread.on('error', (error) => {
    log.error({ err: error, worker: options.workerId }, 'the thread that renews the lease ended');
    lost.abort('lease_lost');
  });
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  return {
    lost: lost.signal,
    async close() {
      clearInterval(timer);
      clearInterval(untilThread);
      thread.postMessage('close');
      const limit = setTimeout(() => void thread.terminate(), CLOSE_MS);
      await exited;
      clearTimeout(limit);
    },
  };
}
