import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is wrong with a file store at this moment. `slow`: each answer takes a second; `hang`: none comes; `flipped`: one bit of what is read is another. */
export type StoreFault = 'none' | 'error500' | 'slow' | 'hang' | 'truncated' | 'missing' | 'flipped';

/** A small server that speaks as much of S3's protocol as a store needs, and fails as a test says. */
export interface ObjectServer {
  url: string;
  fault: StoreFault;
  objects: Map<string, Buffer>;
  /** Requests that it has had, since it was asked last. */
  takeRequests(): string[];
  close(): Promise<void>;
}

const SLOW_MS = 1_000;

export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, Buffer>();
  let requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request;
    const key = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(`${method} ${key}`);
      if (objectServer.fault === 'hang') return;
      setTimeout(() => answer({ method, key, body: Buffer.concat(chunks) }, response), objectServer.fault === 'slow' ? SLOW_MS : 0);
    });
  });
  const answer = ({ method, key, body }: { method: string; key: string; body: Buffer }, response: ServerResponse): void => {
    const stored = objectServer.fault === 'missing' ? undefined : objects.get(key);
    if (objectServer.fault === 'error500') refuse(response, 500, 'InternalError');
    else if (method === 'PUT') {
      objects.set(key, body);
      response.writeHead(200, { ETag: '"1"' }).end();
    } else if (method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else if (stored) give(method, stored, response);
    else refuse(response, 404, 'NoSuchKey');
  };
  const give = (method: string, stored: Buffer, response: ServerResponse): void => {
    response.writeHead(200, { 'Content-Length': stored.length, 'Content-Type': 'application/octet-stream' });
    if (method === 'HEAD') response.end();
    else if (objectServer.fault === 'truncated') response.write(stored.subarray(0, stored.length >> 1), () => response.destroy());
    else response.end(objectServer.fault === 'flipped' ? withFlippedBit(stored) : stored);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const objectServer: ObjectServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: 'none',
    objects,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return objectServer;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}

function withFlippedBit(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  const middle = flipped.length >> 1;
  flipped[middle] = (flipped[middle] as number) ^ 1;
  return flipped;
}
