import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createLog } from '#base';
import { keepLease } from '../../src/worker/keep-lease.ts';

const log = createLog({ level: 'silent' });

/** A database that takes connections and answers nothing: what a thread that does not come up looks like from here. */
async function startMuteDatabase(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgres://flow_engine:x@127.0.0.1:${(server.address() as AddressInfo).port}/flow`;
}

test('a lease whose thread does not come up is renewed without it, and lost when it has ended', async () => {
  let renewals = 0;
  const lease = keepLease({ engineUrl: await startMuteDatabase(), workerId: 1, renew: async () => ++renewals < 3, log });
  onTestFinished(() => lease.close());
  await expect.poll(() => renewals, { timeout: 30_000 }).toBe(2);
  expect(lease.lost.aborted).toBe(false);
  await expect.poll(() => lease.lost.aborted, { timeout: 30_000 }).toBe(true);
});
