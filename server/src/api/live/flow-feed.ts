import { setTimeout as wait } from 'node:timers/promises';
import { type Id, type Log, newId } from '#base';
import type { TenantDatabase } from '#db';
import type { ChangeEvent, EventHub } from '#events';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { toWireTime } from '../wire/index.ts';
import type { ChangeMessage, FeedMessage } from './change.wire.ts';
import { readChanges, readOutputChanges, type Watcher } from './read-changes.ts';

/** Events of one read: a query's list of ids stays short. */
const MAX_BATCH = 200;
/** Changes that wait to be read. Beyond it the reader is told to come back: it has lost the thread anyway. */
const MAX_WAITING = 20_000;
/** Bytes that the client has not taken: at so many it is waited for. A stopped reader costs this much memory and one message, no more. */
const MAX_BUFFERED_BYTES = 512 * 1024;
/** For a reader to take what waits for it. A slow line takes half a megabyte in this time, a stopped reader nothing. */
const MAX_SLOW_MS = 10_000;

export interface FeedParts {
  events: EventHub;
  tenant: TenantDatabase;
  sources: OutputSources;
  log: Log;
}

/** The way to one reader: a socket or a stream. */
export interface FeedChannel {
  readonly isOpen: boolean;
  /** What was written and not yet taken by the reader's machine. */
  readonly bufferedBytes: number;
  write(message: FeedMessage): void;
  /** Resolves when what was written is taken, or the reader is gone. */
  taken(): Promise<void>;
  /** Ends it, so that the reader comes back. */
  giveUp(reason: string): void;
}

interface WaitingChange {
  event: ChangeEvent;
  messageId: Id;
}

/**
 * What one reader of one flow hears. Changes gather while a read is under way, an object once, so that a busy flow costs a slow reader fewer
 * and larger reads. Whoever made it closes it when the reader is gone.
 */
export class FlowFeed {
  readonly #channel: FeedChannel;
  readonly #parts: FeedParts;
  readonly #watcher: Watcher;
  readonly #leave: () => void;
  readonly #waiting = new Map<string, WaitingChange>();
  #isReading = false;

  /** Hears from now on; says nothing before the next turn of the event loop. */
  constructor(channel: FeedChannel, parts: FeedParts, watcher: Watcher) {
    this.#channel = channel;
    this.#parts = parts;
    this.#watcher = watcher;
    this.#leave = parts.events.subscribe(watcher.principal.organizationId, watcher.flowId, (event) => this.#take(event));
  }

  /** From now on messages carry summaries. */
  watchSummaries(): void {
    this.#watcher.wantsSummaries = true;
  }

  /** Says that the reader is heard, and what it will hear. */
  acknowledge(): void {
    const { flowId, flowExecutionId, wantsSummaries } = this.#watcher;
    const only = flowExecutionId === undefined ? {} : { flow_execution_id: flowExecutionId };
    this.#write({ id: newId(), type: 'subscribed', flow_id: flowId, ...only, summary: wantsSummaries });
  }

  /** A place that the reader may come back to: nothing that it has not heard lies before it. Undefined while there is. */
  restingPlace(): Id | undefined {
    return this.#isReading || this.#waiting.size > 0 ? undefined : newId();
  }

  close(): void {
    this.#leave();
    this.#waiting.clear();
  }

  #take(event: ChangeEvent): void {
    const only = this.#watcher.flowExecutionId;
    if (only !== undefined && event.flowExecutionId !== only) return;
    if (this.#waiting.size >= MAX_WAITING) {
      this.#giveUp('Too many changes at once; connect again');
      return;
    }
    const key = `${event.type} ${event.id}`;
    if (!this.#waiting.has(key)) this.#waiting.set(key, { event, messageId: newId() });
    if (!this.#isReading) void this.#forward();
  }

  async #forward(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.size > 0 && this.#channel.isOpen) {
      const batch = [...this.#waiting].slice(0, MAX_BATCH);
      for (const [key] of batch) this.#waiting.delete(key);
      await this.#send(batch.map(([, change]) => change));
    }
    this.#isReading = false;
  }

  /** A failed read costs these messages: the client reads the objects again when it next hears of them. */
  async #send(batch: readonly WaitingChange[]): Promise<void> {
    try {
      for (const message of await this.#read(batch)) {
        if (this.#channel.bufferedBytes > MAX_BUFFERED_BYTES) await this.#waitForReader();
        this.#write(message);
      }
    } catch (error) {
      this.#parts.log.warn({ err: error, changes: batch.length }, 'changes were not forwarded to a reader');
    }
  }

  async #read(batch: readonly WaitingChange[]): Promise<ChangeMessage[]> {
    const { tenant, sources } = this.#parts;
    const { organizationId, id: principalId, role } = this.#watcher.principal;
    const events = batch.map(({ event }) => event);
    const [objects, outputs] = await tenant.transaction(
      { organizationId, principalId, role },
      async (tx) => [await readChanges(tx, this.#watcher, events), await readOutputChanges(tx, this.#watcher, sources, events)] as const,
      { readOnly: true },
    );
    return batch.flatMap(({ event, messageId }) => {
      const state = (event.type.startsWith('task_output.') ? outputs : objects).get(event.id);
      if (!state) return [];
      const about = { flow_id: event.flowId, flow_execution_id: event.flowExecutionId };
      return { id: messageId, type: event.type, ...about, ...state, timestamp: toWireTime(new Date()) };
    });
  }

  async #waitForReader(): Promise<void> {
    const taken = new AbortController();
    const late = wait(MAX_SLOW_MS, true, { ref: false, signal: taken.signal }).catch(() => false);
    const isLate = await Promise.race([this.#channel.taken().then(() => false), late]);
    taken.abort();
    if (isLate) this.#giveUp('Read faster, or connect again');
  }

  #write(message: FeedMessage): void {
    if (this.#channel.isOpen) this.#channel.write(message);
  }

  #giveUp(reason: string): void {
    this.close();
    const { flowId, principal } = this.#watcher;
    this.#parts.log.info({ flow_id: flowId, organization_id: principal.organizationId, reason }, 'a reader of events was cut');
    this.#channel.giveUp(reason);
  }
}
