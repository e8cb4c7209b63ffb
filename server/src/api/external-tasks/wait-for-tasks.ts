import type { FastifyRequest } from 'fastify';
import type { Id } from '#base';
import type { LeasedTask } from '#engine';
import type { EventHub } from '#events';

/** Events are a hint, and no event tells that a lease has ended: this often the rows are asked anyway. */
const POLL_MS = 1_000;

/** However many tasks change, a waiting call asks the rows no more often than this. */
const SOONEST_MS = 50;

export interface Waiting {
  events: Pick<EventHub, 'subscribe'>;
  organizationId: Id;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Asks until there is something to answer, the time is up, or whoever waits is gone. */
export async function waitForTasks(
  { events, organizationId, timeoutMs, signal }: Waiting,
  ask: () => Promise<LeasedTask[]>,
): Promise<LeasedTask[]> {
  const deadline = performance.now() + timeoutMs;
  let wake = () => {};
  let changed = false;
  const hear = () => {
    changed = true;
    wake();
  };
  const leave = events.subscribe(organizationId, undefined, ({ type }) => {
    if (type === 'task_execution.updated') hear();
  });
  signal.addEventListener('abort', hear);
  try {
    for (;;) {
      changed = false;
      const tasks = signal.aborted ? [] : await ask();
      const left = deadline - performance.now();
      if (tasks.length > 0 || left <= 0 || signal.aborted) return tasks;
      await pause(Math.min(SOONEST_MS, left));
      if (changed) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(POLL_MS, left));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (changed) wake();
      });
    }
  } finally {
    leave();
    signal.removeEventListener('abort', hear);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Aborts when the caller's connection closes; call `done` when the answer is ready. */
export function whileConnected(request: FastifyRequest): { signal: AbortSignal; done(): void } {
  const gone = new AbortController();
  const leave = () => gone.abort();
  const { socket } = request.raw;
  socket.once('close', leave);
  return { signal: gone.signal, done: () => void socket.off('close', leave) };
}
