import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { listenTo, openStream } from '../support/event-stream.ts';
import { openSocket } from '../support/flow-socket.ts';
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
afterAll(() => platform.close()); // fails where a stream is left

const path = (flowId = flow.flowId) => `/api/flows/${flowId}/events`;
const listen = (query = '', client = user, flowId = flow.flowId) => listenTo(`${platform.url}${path(flowId)}${query}`, client.headers);
const post = (change: Record<string, unknown> = {}, client = user, organizationId = platform.a.id) =>
  client.post('/api/task-outputs', {
    flow_execution_id: executionId,
    organization_id: organizationId,
    task_name: 'read',
    summary: { pages: 2 },
    ...change,
  });

test('G4 a stream tells what a socket tells, with the id that a browser comes back to', async () => {
  const [plain, watching] = [await listen(), await listen('?summary=true')];
  const socket = openSocket(`${platform.url}/ws/flows/${flow.flowId}?token=${user.token}`);
  await socket.next(({ type }) => type === 'subscribed');
  const { body } = await post({ status: 'completed', output: { secret: 'canary' } });
  const isIt = (message: { data?: { id: string } }) => message.data?.id === body.id;
  const [heard, watched, told] = await Promise.all([plain.next(isIt), watching.next(isIt), socket.next(isIt)]);
  expect(heard).toEqual({ ...told, id: expect.any(String), timestamp: expect.any(String) });
  expect(watched.data).toEqual({ ...heard.data, summary: { pages: 2 } });
  expect(plain.lastEventId()).toBe(heard.id);
  expect(plain.text()).toMatch(/^retry: \d+\n\n/);
  expect(plain.text() + watching.text()).not.toContain('canary');
  await socket.close();
  for (const stream of [plain, watching]) stream.close();
});

test('G4 a stream says to proxies that nothing of it may be kept or held back', async () => {
  const { response, close } = await listen();
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[0-9A-Z]{26}$/),
  });
  expect(response.headers['content-length']).toBeUndefined();
  close();
});

test('G4 ?flow_execution_id= narrows a stream and a socket to one run', async () => {
  const other = await seedExecution(platform.engineDb, flow);
  const stream = await listen(`?flow_execution_id=${other}`);
  const socket = openSocket(`${platform.url}/ws/flows/${flow.flowId}?token=${user.token}&flow_execution_id=${other}`);
  await socket.next(({ type }) => type === 'subscribed');
  for (let i = 0; i < 5; i++) await post();
  const { body } = await post({ flow_execution_id: other });
  for (const reader of [stream, socket]) {
    await reader.next((message) => message.data?.id === body.id);
    expect(reader.messages.filter(({ type }) => type !== 'subscribed')).toHaveLength(1);
  }
  stream.close();
  await socket.close();
});

test('G4 with the events of two organizations interleaved, each hears its own alone', async () => {
  const ofB = await seedFlow(platform.engineDb, platform.b.id);
  const executionOfB = await seedExecution(platform.engineDb, ofB);
  const b = await platform.as('app_user', platform.b);
  const [streamA, streamB] = [await listen(), await listen('', b, ofB.flowId)];
  const made: { a: string[]; b: string[] } = { a: [], b: [] };
  for (let round = 0; round < 20; round++) {
    const [ownA, ownB] = await Promise.all([
      post({ task_name: 'for-a' }),
      post({ task_name: 'for-b', flow_execution_id: executionOfB, organization_id: platform.b.id }, b),
    ]);
    made.a.push(ownA.body.id);
    made.b.push(ownB.body.id);
    // an event that carries the wrong organization's id must find nothing, either
    const about = { flowId: flow.flowId, flowExecutionId: executionId, type: 'task_output.created' as const };
    platform.events.publish([{ ...about, organizationId: platform.a.id, id: ownB.body.id }]);
  }
  await streamA.next((message) => message.data?.id === made.a.at(-1));
  await streamB.next((message) => message.data?.id === made.b.at(-1));
  const idsOf = (stream: typeof streamA) => stream.messages.flatMap((message) => message.data?.id ?? []);
  expect(new Set(idsOf(streamA))).toEqual(new Set(made.a));
  expect(new Set(idsOf(streamB))).toEqual(new Set(made.b));
  for (const stream of [streamA, streamB]) stream.close();
});

describe('G4 who may not listen is answered before a stream begins', () => {
  test.each([
    ['nobody', () => path(), 'anonymous', 401],
    ['a bad token', () => `${path()}?token=nonsense`, 'anonymous', 401],
    ['a flow that never was', () => path(newId()), 'app_user', 404],
    ['another organization’s flow', async () => path((await seedFlow(platform.engineDb, platform.b.id)).flowId), 'app_user', 404],
    ['a flow that a worker is not invited to', () => path(), 'worker', 404],
    ['a run of another flow', async () => `${path()}?flow_execution_id=${await otherRun(platform.a.id)}`, 'app_user', 404],
    ['another organization’s run', async () => `${path()}?flow_execution_id=${await otherRun(platform.b.id)}`, 'app_user', 404],
    ['what is no id', () => `${path('nonsense')}`, 'app_user', 422],
  ] as const)('%s', async (_name, where, caller, status) => {
    const client = await platform.as(caller);
    const answer = await client.get(await where());
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toEqual(expect.any(String));
  });

  const otherRun = async (organizationId: string) => seedExecution(platform.engineDb, await seedFlow(platform.engineDb, organizationId));

  test('a token in the address lets a browser in, HEAD lets nobody', async () => {
    const stream = await listenTo(`${platform.url}${path()}?token=${user.token}`);
    stream.close();
    expect((await user.send('HEAD', path())).status).toBe(405);
  });
});

test('G4 (F17) a stream whose reader does not read is cut, while others are served', async () => {
  const stopped = await openStream(`${platform.url}${path()}?summary=true`, user.headers);
  stopped.response.pause();
  const summary = JSON.stringify({ text: 'x'.repeat(100_000) });
  const ids: string[] = [];
  for (let item = 0; item < 20; item++) ids.push(await seedTask(platform.engineDb, flow, executionId, { task: 1, item, summary }));
  const live = await listen('?summary=true');
  const about = { organizationId: platform.a.id, flowId: flow.flowId, flowExecutionId: executionId };
  for (let round = 1; round <= 12; round++) {
    platform.events.publish(ids.map((id) => ({ ...about, id, type: 'task_execution.updated' })));
    await expect.poll(() => live.messages.length, { interval: 5, timeout: 20_000 }).toBeGreaterThan(ids.length * round);
  }
  await expect.poll(() => JSON.stringify(platform.logged), { timeout: 30_000 }).toContain('a reader of events was cut');
  stopped.response.resume();
  await stopped.ended;
  live.close();
});

test('G4 streams and sockets end soon after the right does, for each in its own way', async () => {
  const { id: userId } = await platform.access.createUser({
    organizationId: platform.a.id,
    email: 'leaver@ardent.example',
    role: 'app_user',
    firstName: 'Lea',
    lastName: 'Ver',
  });
  const { accessToken } = await platform.access.openSession(platform.a.id, userId, 'password');
  const stream = await listenTo(`${platform.url}${path()}`, { Authorization: `Bearer ${accessToken}` });
  const socket = openSocket(`${platform.url}/ws/flows/${flow.flowId}?token=${accessToken}`);
  await socket.next(({ type }) => type === 'subscribed');
  await platform.engineDb.query('test-leave', "update users set status = 'inactive' where organization_id = $1 and id = $2", [
    platform.a.id,
    userId,
  ]);
  await stream.ended;
  expect((await socket.closed).code).toBe(4401);
  expect(stream.text()).toContain(': ping');
});

test('G4 when the server goes down, streams end and hold nothing up', async () => {
  const own = await startTestPlatform();
  const seeded = await seedFlow(own.engineDb, own.a.id);
  const stream = await listenTo(`${own.url}/api/flows/${seeded.flowId}/events`, (await own.as('app_user')).headers);
  await Promise.all([stream.ended, own.close()]);
});

test('G4 no token of an address is in any log', () => {
  expect(JSON.stringify(platform.logged)).not.toContain(user.token);
});
