import type { ClaimedTask, StartOffer } from '#engine';

export interface OfferTerms {
  workerId: number;
  claim: number;
  /** Told once what came of the offer; undefined: no answer came. */
  onAnswer(tasks: readonly ClaimedTask[] | undefined): void;
}

/** Offers of one claim loop to calls of start that have not answered: of unlimited work only, whose places nobody else could use meanwhile. */
export class StartOffers {
  readonly #answers = new Set<Promise<void>>();
  #tasks = 0;

  /** How many tasks they may bring. */
  get tasks(): number {
    return this.#tasks;
  }

  /** Those that are open now, as they are answered. */
  get answers(): readonly Promise<void>[] {
    return [...this.#answers];
  }

  make({ workerId, claim, onAnswer }: OfferTerms): StartOffer {
    const answer = Promise.withResolvers<void>();
    this.#tasks += claim;
    this.#answers.add(answer.promise);
    const end = (tasks: readonly ClaimedTask[] | undefined): void => {
      this.#tasks -= claim;
      this.#answers.delete(answer.promise);
      onAnswer(tasks);
      answer.resolve();
    };
    return { workerId, claim, take: end, fail: () => end(undefined) };
  }
}
