import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A way to the database that a test can break: a proxy on a free port of loopback. */
export interface BreakableConnection {
  /** The same database, by way of the proxy. */
  url: string;
  /** Drops every connection and refuses new ones. */
  break(): Promise<void>;
  /** Lets connections through again. */
  mend(): Promise<void>;
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });

export async function openBreakableConnection(url: string): Promise<BreakableConnection> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const accept = (near: Socket) => {
    const far = createConnection(Number(target.port), target.hostname);
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  };
  let server = createServer(accept);
  const port = await listen(server, 0);
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);
  return {
    url: through.href,
    break: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    mend: async () => {
      server = createServer(accept);
      await listen(server, port);
    },
  };
}
