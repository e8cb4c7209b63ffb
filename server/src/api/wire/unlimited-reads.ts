import { FlowError, type Id } from '#base';

const MAX_AT_ONCE = 2; // core.md G2: a whole organization is read by few at a time
const RETRY_SECONDS = 5;

/** Counts the lists of whole organizations that are under way, in this process. */
export class UnlimitedReads {
  readonly #open = new Map<Id, number>();

  /** Takes a place; the answer gives it back, once. Throws `rate_limited` where the organization has none left. */
  take(organizationId: Id): () => void {
    const open = this.#open.get(organizationId) ?? 0;
    if (open >= MAX_AT_ONCE) {
      throw new FlowError('rate_limited', `At most ${MAX_AT_ONCE} unlimited lists are read at once; use limit, or wait`, {
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
