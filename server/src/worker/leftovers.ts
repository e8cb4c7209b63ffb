import type { ClaimedTask } from '#engine';

/**
 * Whether a claim has left work behind. One that was not filled leaves nothing where all of it is one organization's unlimited work: else shares and
 * limits may hide more. Nor does one after a shared claim count, since it may have seen only the end of the circle of organizations.
 */
export class Leftovers {
  #lastWasShared = false;

  /** Of a claim of at most `batch`, which found something. */
  mayBe(claimed: readonly ClaimedTask[], batch: number): boolean {
    const wasShared = this.#lastWasShared;
    this.#lastWasShared = isShared(claimed);
    return claimed.length >= batch || wasShared || this.#lastWasShared;
  }
}

/** Several organizations' work, or limited work. */
function isShared(claimed: readonly ClaimedTask[]): boolean {
  const organizationId = claimed[0]?.execution.organizationId;
  return claimed.some(({ lane, execution }) => lane !== '' || execution.organizationId !== organizationId);
}
