import { setTimeout as wait } from 'node:timers/promises';
import { type Log, newId } from '#base';
import type { EngineDatabase } from '#db';
import type { EventHub } from './event.ts';
import { decodePayload, markOf, originMark } from './event-payload.ts';
import { LocalDelivery } from './local-delivery.ts';
import { OutgoingQueue } from './outgoing-queue.ts';

const CHANNEL = 'flow_events';
/** A hint need not wait for the disk: with a commit that does, each would cost the write-ahead log a flush. */
const NOTIFY = `select set_config('synchronous_commit', 'off', true), pg_notify($1, payload) from unnest($2::text[]) as payload`;

const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 10_000;

export interface EventHubOptions {
  engineDb: Pick<EngineDatabase, 'query' | 'listen'>;
  log: Log;
  /** Told for each hint that came back: how long ago the change was that it tells of. */
  onLag?: (ms: number) => void;
}

/**
 * The hub of this process. It is usable at once, and hears other processes as soon as the database answers: until then it retries by
 * itself. Resolves after the first attempt. `close` sends what still waits, and leaves no timer and no listener.
 */
export async function createEventHub({ engineDb, log, onLag }: EventHubOptions): Promise<EventHub> {
  const origin = newId();
  const local = new LocalDelivery(log);
  const outgoing = new OutgoingQueue({ origin, log, send: (payloads) => engineDb.query('notify_events', NOTIFY, [CHANNEL, payloads]) });
  const own = originMark(origin);
  const receive = (text: string) => {
    if (text.startsWith(own)) {
      const lagMs = outgoing.heard(markOf(text));
      onLag?.(lagMs);
      return;
    }
    const payload = decodePayload(text);
    if (!payload) return;
    local.deliver(payload.events);
    if (payload.work) local.announceWork();
  };
  const recover = (since: Date) => {
    outgoing.forget();
    local.announceWork();
    local.tellGap(since);
  };
  const listening = keepListening({ listen: () => engineDb.listen(CHANNEL, receive, recover), recover, log });
  await listening.firstAttempt;
  return {
    publish: (events) => {
      local.deliver(events);
      outgoing.add(events);
    },
    subscribe: (...subscription) => local.subscribe(...subscription),
    onWork: (listener) => local.onWork(listener),
    announceWork: () => {
      local.announceWork();
      outgoing.addWork();
    },
    unheardMs: () => outgoing.unheardMs,
    close: async () => {
      local.clear();
      await Promise.all([listening.close(), outgoing.close()]);
    },
  };
}

interface Listening {
  firstAttempt: Promise<void>;
  close(): Promise<void>;
}

/** Tries to listen until it succeeds, with jitter, so that processes do not return to a restarted server in step; a broken connection is the listener's own to mend. */
function keepListening(options: { listen: () => Promise<() => Promise<void>>; recover: (since: Date) => void; log: Log }): Listening {
  const { listen, recover, log } = options;
  const startedAt = new Date();
  const closing = new AbortController();
  let stop: (() => Promise<void>) | undefined;
  const attempt = async (): Promise<void> => {
    try {
      stop = await listen();
    } catch (error) {
      log.warn({ err: error }, 'changes in other processes are not heard yet; trying again');
    }
  };
  const retry = async (): Promise<void> => {
    for (let pauseMs = RETRY_MIN_MS; !stop && !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS)) {
      await wait(pauseMs * (0.5 + Math.random()), undefined, { ref: false, signal: closing.signal }).catch(() => {}); // closing ends the loop
      if (!closing.signal.aborted) await attempt();
      if (stop) recover(startedAt);
    }
  };
  const firstAttempt = attempt();
  const done = firstAttempt.then(retry);
  return {
    firstAttempt,
    close: async () => {
      closing.abort();
      await done;
      await stop?.().catch((error) => log.warn({ err: error }, 'the subscription to changes was not ended'));
    },
  };
}
