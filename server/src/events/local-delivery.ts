import type { Id, Log } from '#base';
import type { ChangeEvent } from './event.ts';

interface Subscription {
  flowId: Id | undefined;
  listener: (event: ChangeEvent) => void;
  onGap: ((since: Date) => void) | undefined;
}

/** Who listens in this process. A listener that throws is logged, and hurts neither the publisher nor the other listeners. */
export class LocalDelivery {
  readonly #log: Log;
  readonly #byOrganization = new Map<Id, Set<Subscription>>();
  readonly #workListeners = new Set<() => void>();
  #workIsAnnounced = false;

  constructor(log: Log) {
    this.#log = log;
  }

  subscribe(organizationId: Id, flowId: Id | undefined, listener: Subscription['listener'], onGap?: Subscription['onGap']): () => void {
    const subscription = { flowId, listener, onGap };
    const subscriptions = this.#byOrganization.get(organizationId) ?? new Set();
    this.#byOrganization.set(organizationId, subscriptions.add(subscription));
    return () => {
      subscriptions.delete(subscription);
      if (subscriptions.size === 0 && this.#byOrganization.get(organizationId) === subscriptions)
        this.#byOrganization.delete(organizationId);
    };
  }

  deliver(events: readonly ChangeEvent[]): void {
    for (const event of events) {
      for (const { flowId, listener } of this.#byOrganization.get(event.organizationId) ?? []) {
        if (flowId === undefined || flowId === event.flowId) this.#call(() => listener(event));
      }
    }
  }

  /** Tells every subscriber that it may have missed something. */
  tellGap(since: Date): void {
    for (const subscriptions of this.#byOrganization.values()) {
      for (const { onGap } of subscriptions) if (onGap) this.#call(() => onGap(since));
    }
  }

  onWork(listener: () => void): () => void {
    const own = () => listener(); // the same function may listen twice
    this.#workListeners.add(own);
    return () => void this.#workListeners.delete(own);
  }

  /** Wakes the claim loops once, however often it is called before the present turn of the event loop ends. */
  announceWork(): void {
    if (this.#workIsAnnounced) return;
    this.#workIsAnnounced = true;
    queueMicrotask(() => {
      this.#workIsAnnounced = false;
      for (const listener of this.#workListeners) this.#call(listener);
    });
  }

  clear(): void {
    this.#byOrganization.clear();
    this.#workListeners.clear();
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error({ err: error }, 'a listener of events threw');
    }
  }
}
