import type { FastifyReply } from 'fastify';
import type { Id } from '#base';
import { CLOSING_MS } from './change.wire.ts';
import type { FeedChannel } from './flow-feed.ts';

/** When a browser comes back after the connection was lost. */
const RETRY_MS = 2_000;

/** Proxies must hand each event on at once, and keep none. */
const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

/** An answer of Server-Sent Events. */
export interface EventStream extends FeedChannel {
  /** A comment, which no client shows; an id with it becomes the place that a browser comes back to. */
  ping(id: Id | undefined): void;
  end(): void;
  onClose(listener: () => void): void;
}

/**
 * Takes the answer over and begins it; the headers that hooks have set go along. Events carry no `event:` line, so that one listener of a
 * browser's EventSource hears them all: the type is in the JSON. A reader that does not read is cut.
 */
export function openEventStream(reply: FastifyReply): EventStream {
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...HEADERS })) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200);
  raw.write(`retry: ${RETRY_MS}\n\n`);
  raw.on('error', () => raw.destroy()); // a reader that is gone: 'close' follows
  const closed = new Promise<void>((resolve) => (raw.destroyed ? resolve() : void raw.once('close', () => resolve())));
  let taken = Promise.resolve();
  return {
    transport: 'stream',
    get isOpen() {
      return !raw.destroyed && !raw.writableEnded;
    },
    get bufferedBytes() {
      return raw.writableLength;
    },
    write: (message) => {
      const place = message.id === undefined ? '' : `id: ${message.id}\n`;
      taken = new Promise((resolve) => void raw.write(`${place}data: ${JSON.stringify(message)}\n\n`, () => resolve()));
    },
    taken: () => Promise.race([taken, closed]),
    ping: (id) => void raw.write(id === undefined ? ': ping\n\n' : `: ping\nid: ${id}\n\n`),
    giveUp: () => raw.destroy(),
    end: () => {
      raw.end();
      const cut = setTimeout(() => raw.destroy(), CLOSING_MS); // a reader that does not read does not take the end, either
      void closed.then(() => clearTimeout(cut));
    },
    onClose: (listener) => void closed.then(listener),
  };
}
