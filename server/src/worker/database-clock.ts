import type { TaskEngine } from '#engine';

/** Clocks drift apart by seconds a day at most; a machine that slept is a worker whose lease was lost, and asks anew. */
const RENEWAL_MS = 60_000;

/**
 * The database's clock, as this process knows it: asked once in a while, and counted on by the monotonic clock, which nobody sets. What a worker
 * decides by a time of the rows (a delay that is over, a wait that has run out) it decides by this one, wherever its own clock stands (RELIABILITY F18).
 * Exact to the time that a question takes.
 */
export class DatabaseClock {
  readonly #engine: Pick<TaskEngine, 'readClock'>;
  #timeAtZero = Number.NaN;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(engine: Pick<TaskEngine, 'readClock'>) {
    this.#engine = engine;
  }

  /** Asks the database. To be awaited once before `now`. */
  async read(): Promise<void> {
    const askedAt = performance.now();
    const time = (await this.#engine.readClock()).getTime();
    this.#readAt = performance.now();
    this.#timeAtZero = time - (askedAt + this.#readAt) / 2;
  }

  /** Asks again where the last answer is a minute old. */
  async renew(): Promise<void> {
    if (performance.now() - this.#readAt > RENEWAL_MS) await this.read();
  }

  now = (): Date => new Date(Math.round(this.#timeAtZero + performance.now()));
}
