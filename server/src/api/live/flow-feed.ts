import { setTimeout as wait } from 'node:timers/promises';
import { type Id, type Log, newId } from '#base';
import type { TenantDatabase } from '#db';
import type { ChangeEvent, EventHub } from '#events';
import type { Metrics, OpenSpan, Tracing } from '#telemetry';
import type { TenantTransaction } from '../flow-app.ts';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { toWireTime } from '../wire/index.ts';
import type { ChangeMessage, FeedMessage } from './change.wire.ts';
import { beginDeliveries, readTraces } from './delivery-spans.ts';
import { readChanges, readOutputChanges, type Watcher } from './read-changes.ts';
import { listChangesSince } from './replay.queries.ts';
import { joinMissed, type Missed, missedSince, placesInTime } from './replay-place.ts';

/** Events of one read: a query's list of ids stays short. */
const MAX_BATCH = 200;
/** Changes that wait to be read. Beyond it the reader is told to come back: it has lost the thread anyway. */
const MAX_WAITING = 20_000;
/** Changes that a returning reader is told one by one. Beyond it reading the lists anew is cheaper for both sides. */
const MAX_REPLAYED = 5_000;
/** Bytes that the client has not taken: at so many it is waited for. A stopped reader costs this much memory and one message, no more. */
const MAX_BUFFERED_BYTES = 512 * 1024;
/** For a reader to take what waits for it. A slow line takes half a megabyte in this time, a stopped reader nothing. */
const MAX_SLOW_MS = 10_000;

export interface FeedParts {
  events: EventHub;
  tenant: TenantDatabase;
  sources: OutputSources;
  log: Log;
  metrics: Metrics;
  tracing?: Tracing | undefined;
}

/** The way to one reader: a socket or a stream. */
export interface FeedChannel {
  readonly transport: 'socket' | 'stream';
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
 * and larger reads. What it missed, before it came back or while other processes were not heard, is read from the rows: the feed listens
 * before it reads them, so nothing falls between. Whoever made it closes it when the reader is gone.
 */
export class FlowFeed {
  readonly #channel: FeedChannel;
  readonly #parts: FeedParts;
  readonly #watcher: Watcher;
  readonly #leave: () => void;
  readonly #waiting = new Map<string, WaitingChange>();
  #missed: Missed | undefined;
  #isReading = false;
  #isBegun = false;
  #isClosed = false;

  /** Hears from now on, says nothing before `begin`. */
  constructor(channel: FeedChannel, parts: FeedParts, watcher: Watcher) {
    this.#channel = channel;
    this.#parts = parts;
    this.#watcher = watcher;
    parts.metrics.eventReaders.inc({ transport: channel.transport });
    this.#leave = parts.events.subscribe(
      watcher.principal.organizationId,
      watcher.flowId,
      (event) => this.#take(event),
      (since) => this.#recover(missedSince(since)),
    );
  }

  /** Says hello, then what was missed, if the reader comes back, then what happens. `place` is where it comes back to. */
  begin(missed?: Missed, place?: string): void {
    if (missed !== undefined) this.#missed = joinMissed(this.#missed, missed);
    this.acknowledge(missed === undefined ? newId() : missed === 'too_much' ? undefined : place);
    this.#isBegun = true;
    this.#work();
  }

  /** From now on messages carry summaries. */
  watchSummaries(): void {
    this.#watcher.wantsSummaries = true;
  }

  /** Says what the reader will hear; `place` is one that it may come back to. */
  acknowledge(place = this.restingPlace()): void {
    const { flowId, flowExecutionId, wantsSummaries } = this.#watcher;
    const only = flowExecutionId === undefined ? {} : { flow_execution_id: flowExecutionId };
    const id = place === undefined ? {} : { id: place };
    this.#write({ ...id, type: 'subscribed', flow_id: flowId, ...only, summary: wantsSummaries });
  }

  /** A place that the reader may come back to: nothing that it has not heard lies before it. Undefined while there is. */
  restingPlace(): Id | undefined {
    return this.#isReading || this.#waiting.size > 0 || this.#missed !== undefined ? undefined : newId();
  }

  close(): void {
    if (!this.#isClosed) this.#parts.metrics.eventReaders.dec({ transport: this.#channel.transport });
    this.#isClosed = true;
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
    this.#work();
  }

  #recover(missed: Missed): void {
    this.#missed = joinMissed(this.#missed, missed);
    this.#work();
  }

  #work(): void {
    if (!this.#isReading && this.#isBegun) void this.#forward();
  }

  async #forward(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#channel.isOpen && (this.#missed !== undefined || this.#waiting.size > 0)) await this.#sendNext();
    } catch (error) {
      this.#parts.log.warn({ err: error, ...this.#about() }, 'changes were not forwarded to a reader');
      this.#giveUp('Changes cannot be read now; connect again'); // with the last place that it heard of nothing is lost
    } finally {
      this.#isReading = false;
    }
  }

  async #sendNext(): Promise<void> {
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed !== undefined) return this.#replay(missed);
    const batch = [...this.#waiting].slice(0, MAX_BATCH);
    for (const [key] of batch) this.#waiting.delete(key);
    await this.#send(batch.map(([, change]) => change));
  }

  async #replay(missed: Missed): Promise<void> {
    const place = newId();
    const changes =
      missed === 'too_much' ? undefined : await this.#transact((tx) => listChangesSince(tx, this.#watcher, missed.since, MAX_REPLAYED));
    if (changes === undefined || changes.length > MAX_REPLAYED) {
      this.#write({ id: place, type: 'resync', flow_id: this.#watcher.flowId });
      return;
    }
    const placeAt = placesInTime();
    const past = changes.map(({ event, at }) => ({ event, messageId: placeAt(at) }));
    for (let from = 0; from < past.length && this.#channel.isOpen; from += MAX_BATCH) await this.#send(past.slice(from, from + MAX_BATCH));
  }

  async #send(batch: readonly WaitingChange[]): Promise<void> {
    const { messages, spans } = await this.#read(batch);
    for (const message of messages) {
      if (this.#channel.bufferedBytes > MAX_BUFFERED_BYTES) await this.#waitForReader();
      this.#write(message);
    }
    this.#parts.metrics.eventsDelivered.inc(messages.length);
    for (const span of spans) span.end();
  }

  #transact<T>(work: (tx: TenantTransaction) => Promise<T>): Promise<T> {
    const { organizationId, id: principalId, role } = this.#watcher.principal;
    return this.#parts.tenant.transaction({ organizationId, principalId, role }, work, { readOnly: true });
  }

  async #read(batch: readonly WaitingChange[]): Promise<{ messages: ChangeMessage[]; spans: OpenSpan[] }> {
    const { sources, tracing } = this.#parts;
    const events = batch.map(({ event }) => event);
    const { objects, outputs, spans } = await this.#transact(async (tx) => {
      const traces = tracing && (await readTraces(tx, this.#watcher.principal.organizationId, events));
      return {
        spans: tracing && traces ? beginDeliveries(tracing, traces, events) : [],
        objects: await readChanges(tx, this.#watcher, events),
        outputs: await readOutputChanges(tx, this.#watcher, sources, events),
      };
    });
    const messages = batch.flatMap(({ event, messageId }) => {
      const state = (event.type.startsWith('task_output.') ? outputs : objects).get(event.id);
      if (!state) return [];
      const about = { flow_id: event.flowId, flow_execution_id: event.flowExecutionId };
      return { id: messageId, type: event.type, ...about, ...state, timestamp: toWireTime(new Date()) };
    });
    return { messages, spans };
  }

  async #waitForReader(): Promise<void> {
    const taken = new AbortController();
    const late = wait(MAX_SLOW_MS, true, { ref: false, signal: taken.signal }).catch(() => false);
    const isLate = await Promise.race([this.#channel.taken().then(() => false), late]);
    taken.abort();
    if (isLate) this.#giveUp('Read faster, or connect again');
  }

  #about() {
    const { flowId, flowExecutionId, principal } = this.#watcher;
    return { organization_id: principal.organizationId, flow_id: flowId, flow_execution_id: flowExecutionId };
  }

  #write(message: FeedMessage): void {
    if (this.#channel.isOpen) this.#channel.write(message);
  }

  #giveUp(reason: string): void {
    this.close();
    this.#parts.log.info({ ...this.#about(), reason }, 'a reader of events was cut');
    this.#channel.giveUp(reason);
  }
}
