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
  /** Two 64-bit floats, in ms of performance.timeOrigin + now: when the main thread's loop last turned, and when it last claimed something, or 0. */
  beat: SharedArrayBuffer;
}

/** What the thread tells: that it has renewed the lease for the first time, or that the lease has ended. */
export type LeaseNews = 'renewing' | LeaseLoss;

const DEAF_MS = 30_000; // a loop blocked for longer is a process that hangs
const ANSWER_MS = 5_000; // a connection that says nothing for longer is given up for a new one, in time for one more renewal

const { engineUrl, workerId, beat } = workerData as LeaseThreadData;
const lastBeat = new Float64Array(beat);
const sinceMs = (at: number): number => Math.max(0, Math.round(performance.timeOrigin + performance.now() - at));
const db = createEngineDatabase(engineUrl, { max: 1, answerMs: ANSWER_MS });

let renewedAt = performance.now();
let isRenewing = false;

const tell = (news: LeaseNews) => parentPort?.postMessage(news);

async function renew(): Promise<void> {
  const askedAt = performance.now();
  if (askedAt - renewedAt > LEASE_MS) tell('database_silent');
  const [turnedAt = 0, claimedAt = 0] = lastBeat;
  const delayMs = sinceMs(turnedAt);
  if (delayMs > DEAF_MS) return;
  const renewal = { loopDelayMs: delayMs, claimedMsAgo: claimedAt === 0 ? undefined : sinceMs(claimedAt) };
  try {
    if (!(await renewLeaseOn(db, workerId, renewal))) return tell('lease_lost');
    renewedAt = askedAt;
    if (!isRenewing) tell('renewing');
    isRenewing = true;
  } catch {
    // The database is away: the next turn tries again, and the lease ends by itself if it stays away.
  }
}

void renew();
const timer = setInterval(() => void renew(), LEASE_RENEWAL_MS);
parentPort?.on('message', async () => {
  clearInterval(timer);
  await db.close();
  parentPort?.close();
});
