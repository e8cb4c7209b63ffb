import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Executor } from '../contract.ts';

/** The server of an executor's example, played on loopback: it takes whatever it is sent and says so, the same each time. */
export interface ExampleServer {
  url: string;
  asked: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[];
  /** The example's definition with this server in place of its own. */
  definitionOf(executor: Pick<Executor, 'example'>): string;
  close(): Promise<void>;
}

/** A value for a secret that an example names: good as a token, and to sign with. */
export const signingSecret = (name: string): string => `whsec_${createHash('sha256').update(name).digest('base64')}`;

export async function startExampleServer(): Promise<ExampleServer> {
  const asked: ExampleServer['asked'] = [];
  const server = createServer(async (request, response) => {
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: await text(request) });
    response.sendDate = false;
    response.writeHead(200, { 'Content-Type': 'application/json', Connection: 'close' }).end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    definitionOf: ({ example: { definition, origin } }) => (origin === undefined ? definition : definition.replaceAll(origin, url)),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
