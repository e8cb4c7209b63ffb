import type { Id } from '#base';
import type { EventHub } from '#events';

/**
 * Who waits for which execution. One subscription an organization, however many wait: with 200 callers a subscription each would turn every
 * event into 200 calls.
 */
export class EndWatch {
  readonly #events: EventHub;
  readonly #organizations = new Map<Id, { leave: () => void; waiting: Map<Id, Set<() => void>> }>();

  constructor(events: EventHub) {
    this.#events = events;
  }

  /** Calls `notify` whenever the execution has changed, until the returned function is called. */
  add(organizationId: Id, executionId: Id, notify: () => void): () => void {
    const { waiting } = this.#organizations.get(organizationId) ?? this.#subscribe(organizationId);
    const listeners = waiting.get(executionId) ?? new Set();
    waiting.set(executionId, listeners.add(notify));
    return () => {
      listeners.delete(notify);
      if (listeners.size === 0) waiting.delete(executionId);
      if (waiting.size === 0) this.#unsubscribe(organizationId);
    };
  }

  #subscribe(organizationId: Id) {
    const waiting = new Map<Id, Set<() => void>>();
    const leave = this.#events.subscribe(organizationId, undefined, ({ type, id }) => {
      if (type === 'flow_execution.updated') for (const notify of waiting.get(id) ?? []) notify();
    });
    const watched = { leave, waiting };
    this.#organizations.set(organizationId, watched);
    return watched;
  }

  #unsubscribe(organizationId: Id): void {
    this.#organizations.get(organizationId)?.leave();
    this.#organizations.delete(organizationId);
  }
}
