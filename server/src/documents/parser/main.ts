/**
 * The parser process: reads documents that the platform sends over the IPC channel. It has no environment, no credentials and no use for a
 * network; whatever a document does to it, the platform kills it and starts another.
 */
import { Worker } from 'node:worker_threads';
import { DocumentError } from '../document-error.ts';
import type { ParserReply, ParserRequest } from './messages.ts';
import { createSession } from './session.ts';

process.on('disconnect', () => process.exit(0));
// A terminal and a service manager signal the whole group: the platform decides when its documents end, or its drain would fail them for good.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

// What a library leaves running after its answer may fail later: that must not fail the next document. A request waits for its own promises.
process.on('unhandledRejection', () => {});

const reply = (message: ParserReply): void => {
  process.send?.(message);
};

const processBytes = Number(process.argv[2]);
const ceiling = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
const maxBytes = new Float64Array(ceiling).fill(processBytes);
new Worker(new URL('./watchdog.ts', import.meta.url), { workerData: { ceiling, platformId: process.ppid } }).unref();

const session = createSession(reply, (growthBytes) => {
  maxBytes[0] = Math.min(processBytes, process.memoryUsage.rss() + growthBytes);
});
let queue: Promise<void> = Promise.resolve();

async function answer(request: ParserRequest): Promise<void> {
  try {
    await session.answer(request);
  } catch (error) {
    if (error instanceof DocumentError) reply({ kind: 'failed', code: error.code, message: error.message });
    else reply({ kind: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on('message', (request: ParserRequest) => {
  queue = queue.then(() => answer(request));
});

reply({ kind: 'ready' });
