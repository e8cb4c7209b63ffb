import { get } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscribe } from '../support/flow-socket.ts';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flow: SeededFlow;
let executionId: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flow = await seedFlow(platform.engineDb, platform.a.id);
  executionId = await seedExecution(platform.engineDb, flow);
});
afterAll(() => platform.close()); // fails where a socket is left

const withToken = () => `${platform.url}/ws/flows/${flow.flowId}?token=${user.token}`;
const HANDSHAKE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A handshake by hand: its status, and the connection. */
const handshake = (url: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; socket: Socket }>((resolve, reject) => {
    const request = get(url, { headers: { ...HANDSHAKE, ...headers } });
    request.once('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, socket: response.socket });
    });
    request.once('upgrade', (response, socket) => resolve({ status: response.statusCode ?? 0, socket: socket as Socket }));
    request.once('error', reject);
  });
const closed = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise<void>((resolve) => void socket.once('close', () => resolve()));

test('a page of another origin is refused at the handshake', async () => {
  for (const [headers, expected] of [
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: platform.url }, 101],
    [{}, 101],
  ] as const) {
    const { status, socket } = await handshake(withToken(), headers);
    expect(status).toBe(expected);
    socket.destroy();
  }
});

test.each(['/api/task-outputs', '/api/auth/anon-key', '/nowhere', '/', '/ws/flows/%zz'])(
  'a handshake at %s is refused, and its connection ended',
  async (path) => {
    const { status, socket } = await handshake(`${platform.url}${path}?token=${user.token}`);
    expect(status).toBeGreaterThanOrEqual(400);
    await closed(socket);
  },
);

test('a message over 64 KiB ends the socket', async () => {
  const socket = await subscribe(withToken());
  socket.socket.send('x'.repeat(64 * 1024 + 1));
  expect((await socket.closed).code).toBe(1009);
});

test('nonsense is ignored', async () => {
  const socket = await subscribe(withToken());
  for (const text of ['', '{', '[]', 'null', '{"type":"subscribe"}', '{"type":"subscribe","channel":"../other"}']) socket.socket.send(text);
  socket.socket.send('{"type":"subscribe","channel":"summary"}');
  await socket.next((message) => message['summary'] === true);
  await socket.close();
});

test('F17: a reader that stops reading is closed, while others are served', async () => {
  const { socket: stopped } = await handshake(`${withToken()}&summary=true`);
  stopped.pause();
  const summary = JSON.stringify({ text: 'x'.repeat(100_000) });
  const ids: string[] = [];
  for (let item = 0; item < 20; item++) ids.push(await seedTask(platform.engineDb, flow, executionId, { task: 1, item, summary }));
  const live = await subscribe(`${withToken()}&summary=true`);
  const about = {
    organizationId: platform.a.id,
    flowId: flow.flowId,
    flowExecutionId: executionId,
    type: 'task_execution.updated' as const,
  };
  for (let round = 1; round <= 12; round++) {
    platform.events.publish(ids.map((id) => ({ ...about, id }))); // 2 MB a round: more than the buffers of both ends and the limit together
    await expect.poll(() => live.messages.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(ids.length * round);
  }
  await expect.poll(() => JSON.stringify(platform.logged), { timeout: 30_000 }).toContain('a reader of events was cut');
  stopped.resume();
  await closed(stopped);
  await live.close();
});

test('the token of a handshake is in no log', () => {
  expect(platform.logged.length).toBeGreaterThan(0);
  expect(JSON.stringify(platform.logged)).not.toContain(user.token);
});
