import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';

/** A receiver of effects that honours idempotency keys, and remembers what it was told. */
export interface Sink {
  url: string;
  /** Key -> the bodies that came under it. */
  bodies: ReadonlyMap<string, ReadonlySet<string>>;
  calls(): number;
  /** What must not be: a key that came with other contents, or the same effect under two keys. */
  problems(): string[];
  close(): void;
}

/** What a body holds whose first call is refused. */
export const REFUSED_ONCE = 'refused once';

/** Applies each key once and answers the number of its first call. */
export async function startSink(): Promise<Sink> {
  const bodies = new Map<string, Set<string>>();
  const numbers = new Map<string, number>();
  const refused = new Set<string>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    const key = String(request.headers['idempotency-key']);
    const body = await readAll(request).catch(() => undefined); // of a process that was killed
    if (body === undefined) return;
    calls++;
    if (body.includes(REFUSED_ONCE) && !refused.has(key)) {
      refused.add(key);
      response.writeHead(503).end('busy');
      return;
    }
    bodies.set(key, (bodies.get(key) ?? new Set()).add(body));
    numbers.set(key, numbers.get(key) ?? numbers.size + 1);
    response.end(String(numbers.get(key)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    calls: () => calls,
    problems: () => {
      const changed = [...bodies].filter(([, seen]) => seen.size > 1).map(([key, seen]) => `${key} came with ${[...seen].join(' and ')}`);
      const effects = [...bodies.values()].map((seen) => [...seen][0]);
      const doubled = effects.filter((effect, i) => effects.indexOf(effect) !== i).map((effect) => `${effect} came under two keys`);
      return [...changed, ...doubled];
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
