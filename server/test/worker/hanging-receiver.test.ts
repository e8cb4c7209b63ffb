/** A receiver that never answers must not hold up what others wait for (RELIABILITY F17). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signingSecret } from '../../src/executors/testing/example-server.ts';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const MESSAGES = 300; // more than one claim loop holds
const MOST_AT_ONCE = 20; // of one organization, to one server, in one process

let platform: TestPlatform;
let hanging: Server;
let prompt: Server;
let held = 0;
let most = 0;
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

beforeAll(async () => {
  hanging = createServer((_, response) => {
    most = Math.max(most, ++held);
    response.once('close', () => held--);
  });
  prompt = createServer((_, response) => response.end());
  for (const server of [hanging, prompt]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  platform = await startTestPlatform({ loops: 1, config: { allowPrivateNetworks: ['127.0.0.0/8'] } });
});
afterAll(async () => {
  await platform.close();
  for (const server of [hanging, prompt]) {
    server.closeAllConnections();
    server.close();
  }
});

const notify = (url: string, more: object = {}) => ({
  name: 'notify',
  task_executor_name: 'webhook_notification',
  depends_on: ['receive'],
  parameters: { url, type: 'a.b', secrets: [signingSecret('x')], timeout: '30s' },
  ...more,
});
const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };

test('F17: 300 messages to a server that hangs hold 20 calls, and another run passes them by', async () => {
  const user = await platform.as('app_user');
  const stuck = await createFlow(user, [receive, notify(urlOf(hanging), { for_each: Array.from({ length: MESSAGES }, (_, i) => i) })]);
  const free = await createFlow(user, [receive, notify(urlOf(prompt))]);
  const input = { file_key: (await uploadText(user, stuck)).file_key };
  const { id } = await startRun(user, stuck, input);
  await expect.poll(() => held, { timeout: 20_000 }).toBe(MOST_AT_ONCE);
  for (const client of [user, await platform.as('app_user')]) {
    const startedAt = performance.now();
    const run = await startRun(client, free, { file_key: (await uploadText(client, free)).file_key }, { waitSeconds: 20 });
    expect(run.status).toBe('completed');
    expect(performance.now() - startedAt).toBeLessThan(20_000); // not the 30 s that a call to the other may take
  }
  expect(most).toBe(MOST_AT_ONCE);
  await user.post(`/api/flow-executions/${id}/cancel`);
  await reach(user, id, 'cancelled');
});
