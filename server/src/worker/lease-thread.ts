// Runs in a thread of its own: renews the lease of its process while the main thread is busy, and stops renewing it when the main thread has
// been deaf for long, so that a process that hangs loses what it holds (RELIABILITY F20). Talks to the database by a connection of its own. A lease that
// was not renewed in time is lost by this clock, too: whoever is cut off from the database must stop without being told (F7).
import { parentPort, workerData } from 'node:worker_threads';
import { createEngineDatabase } from '#db';
import { LEASE_MS, LEASE_RENEWAL_MS, renewLeaseOn } from '#engine';

/** Why a lease is over: the database said so, or the database could not be asked for as long as it lasts. */
export type LeaseLoss = 'lease_lost' | 'database_silent';

export interface LeaseThreadData {
  engineUrl: string;
  workerId: number;
  /** One 64-bit float: when the main thread's loop last turned, in ms of performance.timeOrigin + now. */
  beat: SharedArrayBuffer;
}

const DEAF_MS = 30_000; // a loop blocked for longer is a process that hangs
const ANSWER_MS = 5_000; // a connection that says nothing for longer is given up for a new one, in time for one more renewal

const { engineUrl, workerId, beat } = workerData as LeaseThreadData;
const lastBeat = new Float64Array(beat);
const db = createEngineDatabase(engineUrl, { max: 1, answerMs: ANSWER_MS });

let renewedAt = performance.now();

async function renew(): Promise<void> {
  const askedAt = performance.now();
  if (askedAt - renewedAt > LEASE_MS) parentPort?.postMessage('database_silent' satisfies LeaseLoss);
  const delayMs = Math.max(0, Math.round(performance.timeOrigin + performance.now() - (lastBeat[0] ?? 0)));
  if (delayMs > DEAF_MS) return;
  try {
    if (await renewLeaseOn(db, workerId, delayMs)) renewedAt = askedAt;
    else parentPort?.postMessage('lease_lost' satisfies LeaseLoss);
  } catch {
    // The database is away: the next turn tries again, and the lease ends by itself if it stays away.
  }
}

const timer = setInterval(() => void renew(), LEASE_RENEWAL_MS);
parentPort?.on('message', async () => {
  clearInterval(timer);
  await db.close();
  parentPort?.close();
});
