import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const SLOW_CLIENTS = 500;

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close()); // slow clients hold nothing up

/** Begins a request and never ends it. */
async function openSlowly(beginning: string): Promise<Socket> {
  const { hostname, port } = new URL(platform.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {}); // being cut is what it waits for
  await once(socket, 'connect');
  socket.write(beginning);
  return socket;
}

const beginnings = [
  '',
  'GET /api/models HTTP/1.1\r\nHost: flows.example\r\nX-Slow: ',
  'POST /api/flows HTTP/1.1\r\nHost: flows.example\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
];

test('attack 39: with 500 clients that never end their request, every request of a healthy one is answered', async () => {
  const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, (_, i) => openSlowly(beginnings[i % beginnings.length] ?? '')));
  try {
    for (let round = 0; round < 20; round++) {
      for (const socket of slow) if (socket.writable) socket.write('x');
      const answers = await Promise.all(Array.from({ length: 10 }, () => user.get('/api/models')));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    }
  } finally {
    for (const socket of slow) socket.destroy();
  }
  expect((await user.get('/api/models')).status).toBe(200);
});

test('attack 39: a client that does not end its headers is cut', async () => {
  const socket = await openSlowly(beginnings[1] ?? '');
  socket.resume();
  await once(socket, 'close', { signal: AbortSignal.timeout(55_000) });
});
