import type { Id, Log } from '#base';
import type { ChangeEvent } from './event.ts';
import { encodePayloads } from './event-payload.ts';

/** At most one NOTIFY in this time: each is a commit, and commits that notify wait for one another. Longer costs freshness elsewhere. */
const INTERVAL_MS = 5;
/** What may wait while the database is slow or away. Beyond it events are dropped: other processes then read late, never wrong. */
const MAX_WAITING = 20_000;

/**
 * What other processes are still to hear. One statement is under way at a time, so whatever happens meanwhile travels in the next one, an
 * object that changed twice only once.
 */
export class OutgoingQueue {
  readonly #origin: Id;
  readonly #log: Log;
  readonly #send: (payloads: string[]) => Promise<unknown>;
  #events = new Map<string, ChangeEvent>();
  #work = false;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: { origin: Id; log: Log; send: (payloads: string[]) => Promise<unknown> }) {
    this.#origin = options.origin;
    this.#log = options.log;
    this.#send = options.send;
  }

  add(events: readonly ChangeEvent[]): void {
    if (this.#isClosed) return;
    for (const event of events) {
      if (this.#events.size < MAX_WAITING) this.#events.set(`${event.type} ${event.id}`, event);
    }
    this.#schedule();
  }

  addWork(): void {
    if (this.#isClosed) return;
    this.#work = true;
    this.#schedule();
  }

  /** Sends what waits, once, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#sending;
    await this.#flush();
  }

  #schedule(): void {
    if (this.#timer || this.#sending || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#flush().finally(() => {
        this.#sending = undefined;
        if (this.#events.size > 0 || this.#work) this.#schedule();
      });
    }, INTERVAL_MS);
  }

  async #flush(): Promise<void> {
    if (this.#events.size === 0 && !this.#work) return;
    const payloads = encodePayloads({ origin: this.#origin, work: this.#work, events: [...this.#events.values()] });
    this.#events = new Map();
    this.#work = false;
    try {
      await this.#send(payloads);
    } catch (error) {
      this.#log.warn({ err: error, payloads: payloads.length }, 'other processes were not told of changes; they will poll');
    }
  }
}
