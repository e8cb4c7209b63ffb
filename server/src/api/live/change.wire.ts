import type { Id } from '#base';
import type { ChangeEvent } from '#events';

/** A message of a socket (core.md G4). `data` has the ids and statuses; for watchers of summaries, the summary too. */
export interface ChangeMessage {
  /** Of the message; rises. */
  id: Id;
  type: ChangeEvent['type'];
  flow_id: Id;
  flow_execution_id: Id;
  task_name?: string;
  task_execution_idx?: number;
  status: string;
  /** `id` is the changed object's own. */
  data: { id: Id; [field: string]: unknown };
  timestamp: string;
}

/** The present state of a changed object, to which the message's own fields are added. */
export type ChangeState = Pick<ChangeMessage, 'task_name' | 'task_execution_idx' | 'status' | 'data'>;

/** Close codes of our own; the last three digits are those of HTTP. */
export const CLOSE = { unauthorized: 4401, forbidden: 4403, notFound: 4404, tryAgainLater: 1013, goingAway: 1001 } as const;

/** For a client to answer a close, before its connection is cut. */
export const CLOSING_MS = 1_000;
