import { Worker } from 'node:worker_threads';
import type { Log } from '#base';
import type { LeaseLoss, LeaseThreadData } from './lease-thread.ts';

export interface Lease {
  /** Aborts, with a LeaseLoss, when the lease has ended under us: whatever this process holds may be another's by now. */
  lost: AbortSignal;
  close(): Promise<void>;
}

const BEAT_MS = 200; // how finely the thread sees a blocked loop
const CLOSE_MS = 5000; // then the thread is ended, whatever it waits for

/** Renews the lease of a worker from a thread of its own, until closed. */
export function keepLease({ log, ...options }: { engineUrl: string; workerId: number; log: Log }): Lease {
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
  thread.on('message', (reason: LeaseLoss) => lost.abort(reason));
  thread.on('error', (error) => {
    log.error({ err: error, worker: options.workerId }, 'the thread that renews the lease ended');
    lost.abort('lease_lost' satisfies LeaseLoss);
  });
  const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  return {
    lost: lost.signal,
    async close() {
      clearInterval(timer);
      thread.postMessage('close');
      const limit = setTimeout(() => void thread.terminate(), CLOSE_MS);
      await exited;
      clearTimeout(limit);
    },
  };
}
