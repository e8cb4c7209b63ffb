import type { ClaimedTask } from './claimed-task.ts';

/** Room that a worker of this process keeps for the first tasks of one call of start. One of `take` and `fail` ends it. */
export interface StartOffer {
  workerId: number;
  /** How many tasks it takes; of limited executors none. */
  claim: number;
  /** What the statement has handed out; none is an answer too. */
  take(tasks: readonly ClaimedTask[]): void;
  /** No answer came: whether it has handed out something is unknown. */
  fail(): void;
}

/**
 * How what starts runs, and what is started, meet within a process: while nothing else waits for a worker, it takes first tasks in the statement that
 * starts their runs, which spares each a claim and a version of its row. With a backlog it offers nothing, and all is claimed by turn.
 */
export interface StartClaims {
  /** Set by the worker while it works. `most`: how many could be taken. */
  offer?: ((most: number) => StartOffer | undefined) | undefined;
}
