import type { WebSocket } from '@fastify/websocket';
import { CLOSE, CLOSING_MS } from './change.wire.ts';
import type { FeedChannel } from './flow-feed.ts';

/** A socket as the way to a reader: a message is a text frame. */
export function socketChannel(socket: WebSocket): FeedChannel {
  let taken = Promise.resolve();
  return {
    transport: 'socket',
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    write: (message) => {
      taken = new Promise((resolve) => socket.send(JSON.stringify(message), () => resolve())); // also called where it is closed
    },
    taken: () => taken,
    giveUp: (reason) => {
      socket.close(CLOSE.tryAgainLater, reason);
      const cut = setTimeout(() => socket.terminate(), CLOSING_MS); // a reader that does not read does not answer the close either
      socket.once('close', () => clearTimeout(cut));
    },
  };
}
