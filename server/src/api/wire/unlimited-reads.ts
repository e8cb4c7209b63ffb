import { FlowError, type Id } from '#base';

const UNLIMITED_LISTS = { most: 2, what: 'unlimited lists are read' }; // core.md G2: a whole organization is read by few at a time
const RETRY_SECONDS = 5;

/** Counts the long reads of each organization that are under way in this process: lists of all that it has, unless said otherwise. */
export class UnlimitedReads {
  readonly #most: number;
  readonly #what: string;
  readonly #open = new Map<Id, number>();

  constructor({ most, what }: { most: number; what: string } = UNLIMITED_LISTS) {
    this.#most = most;
    this.#what = what;
  }

  /** Takes a place; the answer gives it back, once. Throws `rate_limited` where the organization has none left. */
  take(organizationId: Id): () => void {
    const open = this.#open.get(organizationId) ?? 0;
    if (open >= this.#most) {
      throw new FlowError('rate_limited', `At most ${this.#most} ${this.#what} at once; use limit, or wait`, {
        headers: { 'Retry-After': String(RETRY_SECONDS) },
      });
    }
    this.#open.set(organizationId, open + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#release(organizationId);
      isTaken = false;
    };
  }

  #release(organizationId: Id): void {
    const open = (this.#open.get(organizationId) ?? 1) - 1;
    if (open > 0) this.#open.set(organizationId, open);
    else this.#open.delete(organizationId);
  }
}
