import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Log } from '#base';
import { clientFor } from './primary-client.ts';

interface Subscription {
  onMessage(payload: string): void;
  onGap?: ((since: Date) => void) | undefined;
}

const breakOff = (client: Client) => client.connection.stream.destroy();

export interface Listener {
  listen(channel: string, onMessage: (payload: string) => void, onGap?: (since: Date) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5000;
const CONNECT_MS = 10_000;
const CLOSE_MS = 5_000;
/** A connection that only listens would never learn that its other end is gone without a word: it is asked something so often. */
const BEAT_MS = 10_000;
const ANSWER_MS = 10_000; // a beat that is not answered by then breaks the connection, and a new one is opened

/**
 * One connection of its own for LISTEN, for all channels: a pool's would be lost to other work. Opened with the first subscription; when it
 * breaks it is opened again for as long as someone listens, and each subscriber is told that it may have missed something.
 */
export function createListener(url: string, log?: Log): Listener {
  const channels = new Map<string, Set<Subscription>>();
  const closing = new AbortController();
  let connection: Promise<Client> | undefined;

  /** By performance.now(): when the connection last said anything. What was sent after that may not have been heard. */
  let heardAt = performance.now();
  const hear = () => {
    heardAt = performance.now();
  };

  const open = async (): Promise<Client> => {
    const client = new (clientFor(url))({
      connectionString: url,
      application_name: 'flow listener',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: ANSWER_MS,
    });
    client.on('error', (error) => log?.warn({ err: error }, 'the connection that hears notifications broke'));
    client.on('notification', ({ channel, payload }) => {
      hear();
      for (const subscription of channels.get(channel) ?? []) subscription.onMessage(payload ?? '');
    });
    await client.connect();
    try {
      for (const channel of channels.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      breakOff(client);
      throw error;
    }
    const beat = setInterval(() => void client.query('select 1').then(hear, () => breakOff(client)), BEAT_MS).unref();
    client.once('end', () => {
      clearInterval(beat);
      void reopen();
    });
    return client;
  };

  const connect = (): Promise<Client> => {
    if (!connection) {
      const opening = open();
      connection = opening;
      opening.catch(() => {
        if (connection === opening) connection = undefined;
      });
    }
    return connection;
  };

  const reopen = async (): Promise<void> => {
    connection = undefined;
    for (let pauseMs = RECONNECT_MIN_MS; !closing.signal.aborted && channels.size > 0; pauseMs = Math.min(pauseMs * 2, RECONNECT_MAX_MS)) {
      const since = await connect()
        .then(readGap)
        .catch(() => undefined);
      if (since) return tellGap(since);
      await wait(pauseMs, undefined, { ref: false, signal: closing.signal }).catch(() => {}); // closing ends the loop
    }
  };

  /** Since when it was deaf, by the database's clock: it is compared with times of rows. */
  const readGap = async (client: Client): Promise<Date> => {
    const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
    const since = new Date((rows[0] as { now: Date }).now.getTime() - (performance.now() - heardAt));
    hear();
    return since;
  };

  const tellGap = (since: Date) => {
    for (const subscriptions of channels.values()) for (const subscription of subscriptions) subscription.onGap?.(since);
  };

  const forget = async (channel: string, subscription: Subscription) => {
    const subscriptions = channels.get(channel);
    if (!subscriptions?.delete(subscription) || subscriptions.size > 0) return;
    channels.delete(channel);
    const client = await connection?.catch(() => undefined);
    await client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => {}); // a broken connection hears nothing anyway
  };

  return {
    listen: async (channel, onMessage, onGap) => {
      const subscription = { onMessage, onGap };
      const subscriptions = channels.get(channel) ?? new Set();
      channels.set(channel, subscriptions.add(subscription));
      try {
        const client = await connect();
        await client.query(`listen ${client.escapeIdentifier(channel)}`);
      } catch (error) {
        await forget(channel, subscription);
        throw error;
      }
      return () => forget(channel, subscription);
    },
    close: async () => {
      closing.abort();
      channels.clear();
      const client = await connection?.catch(() => undefined);
      if (client === undefined) return;
      const limit = setTimeout(() => breakOff(client), CLOSE_MS); // a server that says nothing is not waited for
      await client.end().finally(() => clearTimeout(limit));
    },
  };
}
