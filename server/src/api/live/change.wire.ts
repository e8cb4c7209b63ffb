import { Type } from 'typebox';
import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import { AnyObject, Timestamp, Uuid } from '../wire/index.ts';

/** A message about a change (core.md G4). `data` has the ids and statuses; for watchers of summaries, the summary too. */
export interface ChangeMessage {
  /** Of the message; rises. A client that comes back gives the last one it saw as `last_event_id`. */
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

/** A message about the connection itself: it is open; or what changed meanwhile cannot be told, read anew. Its id is a place to come back to. */
export interface FeedNotice {
  id?: Id;
  type: 'subscribed' | 'resync';
  flow_id: Id;
  [field: string]: unknown;
}

export type FeedMessage = ChangeMessage | FeedNotice;

/** What a stream's `data:` lines hold; a socket's messages are the same. */
export const FlowEvent = Type.Object(
  {
    id: Type.Optional(Uuid({ description: 'Of the message; give the last one as last_event_id to hear what changed since' })),
    type: Type.String({
      description:
        'flow_execution.created, .updated, .deleted; task_execution.updated; task_output.created, .updated; task_tags.updated; task_status.updated; ' +
        'subscribed (once, at the beginning); resync (changes were lost: read again)',
    }),
    flow_id: Uuid(),
    flow_execution_id: Type.Optional(Uuid()),
    task_name: Type.Optional(Type.String()),
    task_execution_idx: Type.Optional(Type.Integer()),
    status: Type.Optional(Type.String()),
    data: Type.Optional(AnyObject({ description: "The changed object's own id, its statuses, and for watchers of summaries its summary" })),
    timestamp: Type.Optional(Timestamp()),
  },
  { title: 'FlowEvent' },
);

/** The present state of a changed object, to which the message's own fields are added. */
export type ChangeState = Pick<ChangeMessage, 'task_name' | 'task_execution_idx' | 'status' | 'data'>;

/** Close codes of our own; the last three digits are those of HTTP. */
export const CLOSE = { unauthorized: 4401, forbidden: 4403, notFound: 4404, tryAgainLater: 1013, goingAway: 1001 } as const;

/** For a client to answer a close, before its connection is cut. */
export const CLOSING_MS = 1_000;
