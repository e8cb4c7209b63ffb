import type { Id } from '#base';
import { coalesced } from './coalesce.ts';
import { EndWatch } from './end-watch.ts';
import type { Engine } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import { type ExecutionStatus, isEnded } from './states.ts';

/** Events are a hint: this often the rows are read anyway. */
const POLL_MS = 500;

/** Executions that are read in one statement. */
const MAX_BATCH = 200;

/** Resolves with the status once the execution has ended, or undefined after `timeoutMs`, when aborted, or where there is no such execution. */
export function waitForEnd(parts: EngineParts): Engine['waitForEnd'] {
  const watch = new EndWatch(parts.events);
  const readStatus = coalesced<{ organizationId: Id; id: Id }, ExecutionStatus | undefined>(
    (_, wanted) => readStatuses(parts, wanted),
    MAX_BATCH,
  );
  return async (organizationId, id, { timeoutMs, signal }) => {
    const deadline = performance.now() + timeoutMs;
    const changed = new Changed();
    const notify = () => changed.notify();
    const leave = watch.add(organizationId, id, notify);
    signal?.addEventListener('abort', notify);
    try {
      for (;;) {
        const status = await readStatus('', { organizationId, id });
        if (status === undefined || isEnded(status)) return status;
        const left = deadline - performance.now();
        if (left <= 0 || signal?.aborted) return undefined;
        await changed.within(Math.min(left, POLL_MS));
      }
    } finally {
      leave();
      signal?.removeEventListener('abort', notify);
    }
  };
}

async function readStatuses(
  parts: EngineParts,
  wanted: readonly { organizationId: Id; id: Id }[],
): Promise<(ExecutionStatus | undefined)[]> {
  const values = [wanted.map(({ organizationId }) => organizationId), wanted.map(({ id }) => id)];
  const rows = await parts.run<{ k: number; status: ExecutionStatus }>('read-statuses', values);
  const statuses: (ExecutionStatus | undefined)[] = wanted.map(() => undefined);
  for (const { k, status } of rows) statuses[k - 1] = status;
  return statuses;
}

/** A flag that can be waited for. What is notified before the wait is not lost. */
class Changed {
  #isSet = false;
  #wake: (() => void) | undefined;

  notify(): void {
    this.#isSet = true;
    this.#wake?.();
  }

  async within(ms: number): Promise<void> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isSet = false;
    this.#wake = undefined;
  }
}
