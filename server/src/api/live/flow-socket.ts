import type { WebSocket } from '@fastify/websocket';
import { type Id, type Log, newId } from '#base';
import type { TenantDatabase } from '#db';
import type { ChangeEvent, EventHub } from '#events';
import type { OutputSources } from '../task-outputs/read-task-outputs.ts';
import { toWireTime } from '../wire/index.ts';
import { type ChangeMessage, CLOSE, CLOSING_MS } from './change.wire.ts';
import { readChanges, readOutputChanges, type Watcher } from './read-changes.ts';

/** Events of one read: a query's list of ids stays short. */
const MAX_BATCH = 200;
/** Changes that wait to be read. Beyond it the reader is told to come back: it has lost the thread anyway. */
const MAX_WAITING = 20_000;
/** Bytes that the client has not taken. A stopped reader costs this much memory, no more. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface FlowSocketParts {
  events: EventHub;
  tenant: TenantDatabase;
  sources: OutputSources;
  log: Log;
}

/**
 * One subscriber of one flow. Changes gather while a read is under way, an object once, so that a busy flow costs a slow subscriber fewer and
 * larger reads. Ends with its socket.
 */
export class FlowSocket {
  readonly #socket: WebSocket;
  readonly #parts: FlowSocketParts;
  readonly #watcher: Watcher;
  readonly #leave: () => void;
  #waiting = new Map<string, { event: ChangeEvent; messageId: Id }>();
  #isReading = false;

  constructor(socket: WebSocket, parts: FlowSocketParts, watcher: Watcher) {
    this.#socket = socket;
    this.#parts = parts;
    this.#watcher = watcher;
    this.#leave = parts.events.subscribe(watcher.principal.organizationId, watcher.flowId, (event) => this.#take(event));
    socket.once('close', () => this.#leave());
  }

  /** From now on messages carry summaries. */
  watchSummaries(): void {
    this.#watcher.wantsSummaries = true;
  }

  #take(event: ChangeEvent): void {
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
    while (this.#waiting.size > 0 && this.#socket.readyState === this.#socket.OPEN) {
      const batch = [...this.#waiting].slice(0, MAX_BATCH);
      for (const [key] of batch) this.#waiting.delete(key);
      await this.#send(batch.map(([, change]) => change));
    }
    this.#isReading = false;
  }

  /** A failed read costs these messages: the client reads the objects again when it next hears of them. */
  async #send(batch: readonly { event: ChangeEvent; messageId: Id }[]): Promise<void> {
    const { tenant, sources, log } = this.#parts;
    const { organizationId, id: principalId, role } = this.#watcher.principal;
    const events = batch.map(({ event }) => event);
    try {
      const [objects, outputs] = await tenant.transaction(
        { organizationId, principalId, role },
        async (tx) => [await readChanges(tx, this.#watcher, events), await readOutputChanges(tx, this.#watcher, sources, events)] as const,
        { readOnly: true },
      );
      for (const { event, messageId } of batch) {
        const state = (event.type.startsWith('task_output.') ? outputs : objects).get(event.id);
        if (state)
          this.#write({
            id: messageId,
            type: event.type,
            flow_id: event.flowId,
            flow_execution_id: event.flowExecutionId,
            ...state,
            timestamp: toWireTime(new Date()),
          });
      }
    } catch (error) {
      log.warn({ err: error, changes: batch.length }, 'changes were not forwarded to a socket');
    }
  }

  #write(message: ChangeMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#giveUp('Read faster, or connect again');
    else this.#socket.send(JSON.stringify(message));
  }

  #giveUp(reason: string): void {
    this.#leave();
    this.#waiting.clear();
    this.#socket.close(CLOSE.tryAgainLater, reason);
    const cut = setTimeout(() => this.#socket.terminate(), CLOSING_MS); // a reader that does not read does not answer the close either
    this.#socket.once('close', () => clearTimeout(cut));
  }
}
