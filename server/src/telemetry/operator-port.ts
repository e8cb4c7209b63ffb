import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '#base';

export interface OperatorAnswer {
  status: number;
  type: string;
  body: string;
}

export interface OperatorPort {
  url: string;
  close(): Promise<void>;
}

const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 32; // scrapers and probes: a few; whatever is more is no instrument

/**
 * Listens for the operator's instruments, apart from the API: a process without an API has them too, and none needs an account of an organization. Only
 * GET; a path that is not in `pages` is 404. Who may reach it is the operator's network to say.
 */
export async function openOperatorPort(options: {
  host: string;
  port: number;
  pages: Readonly<Record<string, () => Promise<OperatorAnswer>>>;
  log: Log;
}): Promise<OperatorPort> {
  const { host, port, pages, log } = options;
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    const page = Object.hasOwn(pages, pathOf(request.url)) ? pages[pathOf(request.url)] : undefined;
    const give = ({ status, type, body }: OperatorAnswer) =>
      void response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    if (request.method !== 'GET' || page === undefined) return give({ status: 404, type: 'text/plain', body: 'not found\n' });
    page().then(give, (error: unknown) => {
      log.error({ err: error, path: pathOf(request.url) }, "an instrument's question was not answered");
      give({ status: 500, type: 'text/plain', body: 'internal error\n' });
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const pathOf = (url = '/'): string => url.split('?')[0] ?? '/';
