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
  /** Of what waits: when the first of it came. */
  #waitsSince: number | undefined;
  /** When the first of what was sent and was not heard again was sent. */
  #unheardSince: number | undefined;

  constructor(options: { origin: Id; log: Log; send: (payloads: string[]) => Promise<unknown> }) {
    this.#origin = options.origin;
    this.#log = options.log;
    this.#send = options.send;
  }

  add(events: readonly ChangeEvent[]): void {
    if (this.#isClosed) return;
    this.#waitsSince ??= performance.now();
    for (const event of events) {
      if (this.#events.size < MAX_WAITING) this.#events.set(`${event.type} ${event.id}`, event);
    }
    this.#schedule();
  }

  addWork(): void {
    if (this.#isClosed) return;
    this.#waitsSince ??= performance.now();
    this.#work = true;
    this.#schedule();
  }

  /** For how long what was sent has not been heard by this process itself, in ms: 0 where all was. */
  get unheardMs(): number {
    return this.#unheardSince === undefined ? 0 : performance.now() - this.#unheardSince;
  }

  /** This process has heard itself: the channel works. Answers how long ago the change was committed, by the mark of what was heard. */
  heard(mark: number): number {
    this.#unheardSince = undefined;
    return performance.now() - mark;
  }

  /** What was sent before is not to be heard any more: the connection was another. */
  forget(): void {
    this.#unheardSince = undefined;
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
    const mark = this.#waitsSince ?? performance.now();
    const payloads = encodePayloads({ origin: this.#origin, work: this.#work, events: [...this.#events.values()] }, mark);
    this.#waitsSince = undefined;
    this.#events = new Map();
    this.#work = false;
    try {
      this.#unheardSince ??= performance.now(); // before it is sent: it may be heard before the answer comes
      await this.#send(payloads);
    } catch (error) {
      this.#log.warn({ err: error, payloads: payloads.length }, 'other processes were not told of changes; they will poll');
    }
  }
}
