import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of loopback that answers when the test says so: what a task calls, so that the test sees how much runs, and when a call is given up. */
export interface HttpGate {
  url: string;
  /** Calls that wait for an answer, by path. */
  waiting(path?: string): number;
  /** The most that waited at once, since `reset`. */
  most(): number;
  /** Calls whose socket was closed before they were answered, and when (`performance.now`), by path. */
  givenUp: Map<string, number>;
  /** Answers all that waits; with `stay`, also what comes, at once. */
  open(options?: { stay: boolean }): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startHttpGate(): Promise<HttpGate> {
  const waiting = new Map<ServerResponse, string>();
  const givenUp = new Map<string, number>();
  let most = 0;
  let isOpen = false;
  const answer = (response: ServerResponse) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"late": true}');
  const server = createServer((request, response) => {
    request.resume();
    if (isOpen) return void answer(response);
    const path = request.url ?? '';
    waiting.set(response, path);
    most = Math.max(most, waiting.size);
    response.once('close', () => {
      if (waiting.delete(response)) givenUp.set(path, performance.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: (path) => [...waiting.values()].filter((each) => path === undefined || each === path).length,
    most: () => most,
    givenUp,
    open({ stay } = { stay: false }) {
      isOpen = stay;
      for (const response of [...waiting.keys()]) {
        waiting.delete(response);
        answer(response);
      }
    },
    reset() {
      isOpen = false;
      most = 0;
      givenUp.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
