import { createServer, type Socket } from 'node:net';

/** A listener that no call may reach: it counts who connects, and answers nothing. */
export interface Canary {
  port: number;
  /** Where it listens, as far as this machine has the address. */
  addresses: string[];
  connections(): number;
  close(): Promise<void>;
}

const LOOPBACK = ['127.0.0.1', '::1'];

/** One port on every loopback address of the machine: what is meant for the same place in another spelling arrives here. */
export async function startCanary(): Promise<Canary> {
  let count = 0;
  const sockets = new Set<Socket>();
  const listen = (host: string, port: number) => {
    const server = createServer((socket) => {
      count++;
      sockets.add(socket);
      socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary');
    });
    return new Promise<typeof server | undefined>((resolve) => {
      server.once('error', () => resolve(undefined)); // a machine without IPv6
      server.listen(port, host, () => resolve(server));
    });
  };
  const first = await listen('127.0.0.1', 0);
  const address = first?.address();
  if (first === undefined || typeof address !== 'object' || address === null) throw new Error('no canary could be started');
  const second = await listen('::1', address.port);
  return {
    port: address.port,
    addresses: second === undefined ? ['127.0.0.1'] : LOOPBACK,
    connections: () => count,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([first, second].map((server) => server && new Promise((resolve) => server.close(resolve))));
    },
  };
}
