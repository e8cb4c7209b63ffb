import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread of the parser process that ends it when it outgrows its memory or outlives the platform. It has a loop of its own, so it sees what
 * the main thread, deep in a hostile document, cannot. The kill is the signal: the platform reads an unasked SIGKILL as `document_memory`,
 * which is also what the kernel's own out-of-memory killer sends.
 */
const { ceiling, platformId } = workerData as { ceiling: SharedArrayBuffer; platformId: number };

/** Resident bytes at which the process is killed; the main thread lowers it for what it is about to do. */
const maxBytes = new Float64Array(ceiling);

/** Memory grows by at most 50 MB or so within it; a look takes 20 microseconds. */
const INTERVAL_MS = 10;
/** The platform is looked for less often: that costs a system call more. */
const PLATFORM_EVERY = 5;
let looks = 0;

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
  const isOrphan = ++looks % PLATFORM_EVERY === 0 && !platformLives();
  if (isOrphan || process.memoryUsage.rss() > (maxBytes[0] ?? 0)) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);

parentPort?.unref();
