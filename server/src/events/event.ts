import type { Id } from '#base';

/** One changed object, announced after its commit. Ids and words only, never a truth: a reader reads the rows again. */
export interface ChangeEvent {
  organizationId: Id;
  flowId: Id;
  flowExecutionId: Id;
  type:
    | 'flow_execution.created'
    | 'flow_execution.updated'
    | 'flow_execution.deleted'
    | 'task_execution.updated'
    | 'task_output.created'
    | 'task_output.updated'
    | 'task_tags.updated'
    | 'task_status.updated';
  /** The changed object's own id. */
  id: Id;
}

/**
 * Tells the subscribers of this process at once, and those of other processes by one NOTIFY every few milliseconds, ids only.
 * NOTIFY is a hint: a lost one costs freshness, never correctness.
 */
export interface EventHub {
  /** After commit only. Never throws, never waits. */
  publish(events: ChangeEvent[]): void;
  /**
   * Events of one organization; `flowId` narrows. `onGap` says since when events of other processes may have been missed: their channel was
   * down, and is heard again. Answers the way out.
   */
  subscribe(organizationId: Id, flowId: Id | undefined, listener: (event: ChangeEvent) => void, onGap?: (since: Date) => void): () => void;
  /** Called when work may have become ready in any process: wakes the claim loops. */
  onWork(listener: () => void): () => void;
  announceWork(): void;
  /** For how long this process has not heard what it has said itself on the channel, in ms: 0 where it hears. */
  unheardMs(): number;
  close(): Promise<void>;
}
