import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread of the parser process that ends it when it outgrows its memory or outlives the platform. It has a loop of its own, so it sees what
 * the main thread, deep in a hostile document, cannot. The kill is the signal: the platform reads an unasked SIGKILL as `document_memory`,
 * which is also what the kernel's own out-of-memory killer sends.
 */
const { processBytes, platformId } = workerData as { processBytes: number; platformId: number };

/** Memory grows by at most 100 MB or so within it. */
const INTERVAL_MS = 25;

function platformLives(): boolean {
  if (process.ppid !== platformId) return false;
  try {
    process.kill(platformId, 0);
    return true;
  } catch {
    return false;
  }
}

setInterval(() => {
  if (process.memoryUsage.rss() > processBytes || !platformLives()) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);

parentPort?.unref();
