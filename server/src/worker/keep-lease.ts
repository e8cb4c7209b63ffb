import { Worker } from 'node:worker_threads';
import type { Log } from '#base';
import { LEASE_RENEWAL_MS } from '#engine';
import type { LeaseLoss, LeaseNews, LeaseThreadData } from './lease-thread.ts';

export interface Lease {
  /** Aborts, with a LeaseLoss, when the lease has ended under us: whatever this process holds may be another's by now. */
  lost: AbortSignal;
  /** Something was claimed: told with the next renewal. */
  noteClaim(): void;
  close(): Promise<void>;
}

const BEAT_MS = 200; // how finely the thread sees a blocked loop
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 4 }; // it makes a few objects each second: V8 would give it 30 MB for the garbage of its start
export const CLOSE_MS = 5000; // then the thread is ended, whatever it waits for

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
  const beat = new SharedArrayBuffer(16);
  const lastBeat = new Float64Array(beat);
  const now = () => performance.timeOrigin + performance.now();
  const turn = () => {
    lastBeat[0] = now();
  };
  turn();
  const timer = setInterval(turn, BEAT_MS);
  const lost = new AbortController();
  const workerData: LeaseThreadData = { ...options, beat };
  const thread = new Worker(new URL('./lease-thread.ts', import.meta.url), { workerData, resourceLimits: THREAD_LIMITS });
  const untilThread = setInterval(async () => {
    const isHeld = await renew().catch(() => true); // the database is away: the next turn tries again
    if (!isHeld) lost.abort('lease_lost');
  }, LEASE_RENEWAL_MS);
  thread.on('message', (news: LeaseNews) => {
    clearInterval(untilThread);
    if (news !== 'renewing') lost.abort(news);
  });
  thread.on('error', (error) => {
    log.error({ err: error, worker: options.workerId }, 'the thread that renews the lease ended');
    lost.abort('lease_lost' satisfies LeaseLoss);
  });
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  return {
    lost: lost.signal,
    noteClaim: () => {
      lastBeat[1] = now();
    },
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
