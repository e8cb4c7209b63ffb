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

const reply = (message: ParserReply): void => {
  process.send?.(message);
};

new Worker(new URL('./watchdog.ts', import.meta.url), {
  workerData: { processBytes: Number(process.argv[2]), platformId: process.ppid },
}).unref();

const session = createSession(reply);
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
