import type { WebsocketPluginOptions } from '@fastify/websocket';
import { CLOSE, CLOSING_MS } from './change.wire.ts';

const MAX_MESSAGE_BYTES = 64 * 1024; // clients send credentials and subscriptions only

/**
 * How the process serves sockets: what a client may send at once, and how they end with it. A client that breaks the protocol is its own
 * fault and ends its own socket; one that does not answer the close is cut, so that it cannot hold a shutdown up.
 */
export const socketServerOptions: WebsocketPluginOptions = {
  options: { maxPayload: MAX_MESSAGE_BYTES },
  errorHandler: (error, socket, request) => {
    request.log.debug({ err: error }, 'a socket broke');
    socket.terminate();
  },
  preClose(done) {
    const { clients } = this.websocketServer;
    this.server.removeAllListeners('upgrade'); // no new ones while it closes
    for (const client of clients) client.close(CLOSE.goingAway, 'The server is going down; connect again');
    const cut = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, CLOSING_MS);
    this.websocketServer.close(() => clearTimeout(cut));
    done();
  },
};
