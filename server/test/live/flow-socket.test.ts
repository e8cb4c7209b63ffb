import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { openSocket, subscribe } from '../support/flow-socket.ts';
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
afterAll(() => platform.close());

const path = (flowId = flow.flowId) => `${platform.url}/ws/flows/${flowId}`;
const withToken = (flowId = flow.flowId, client = user) => `${path(flowId)}?token=${client.token}`;
const post = (change: Record<string, unknown> = {}) =>
  user.post('/api/task-outputs', {
    flow_execution_id: executionId,
    organization_id: platform.a.id,
    task_name: 'read',
    summary: { pages: 2 },
    ...change,
  });

describe('a task output that is posted', () => {
  test('is told to the flow’s subscribers with ids and statuses, and to watchers of summaries whole', async () => {
    const [plain, watching] = [await subscribe(withToken()), await subscribe(`${withToken()}&summary=true`)];
    const { body } = await post({ status: 'completed', output: { secret: 'canary' } });
    const [heard, watched] = await Promise.all([plain, watching].map((socket) => socket.next((message) => message.data?.id === body.id)));
    expect(heard).toEqual({
      id: expect.any(String),
      type: 'task_output.created',
      flow_id: flow.flowId,
      flow_execution_id: executionId,
      task_name: 'read',
      status: 'completed',
      data: { id: body.id, processing_status: 'completed', edited_status: 'not_edited', stale_status: 'consistent' },
      timestamp: expect.any(String),
    });
    expect(watched?.data).toEqual({ ...heard?.data, summary: { pages: 2 } });
    expect(JSON.stringify([plain.messages, watching.messages])).not.toContain('canary');
    await Promise.all([plain.close(), watching.close()]);
  });

  test('is there to be read when the message arrives', async () => {
    const socket = await subscribe(withToken());
    for (let i = 0; i < 20; i++) {
      const posted = post({ task_name: `t${i}` });
      const message = await socket.next(({ task_name }) => task_name === `t${i}`);
      expect((await user.get(`/api/task-outputs/${message.data?.id}`)).status).toBe(200);
      await posted;
    }
    await socket.close();
  });

  test('is told once, though it was sent twice', async () => {
    const socket = await subscribe(withToken());
    const id = newId();
    await post({ id });
    await post({ id });
    const { body: last } = await post();
    await socket.next((message) => message.data?.id === last.id);
    expect(socket.messages.filter((message) => message.data?.id === id)).toHaveLength(1);
    await socket.close();
  });

  test('a summary can be asked for later', async () => {
    const socket = await subscribe(withToken());
    socket.socket.send(JSON.stringify({ type: 'subscribe', channel: 'summary' }));
    await socket.next((message) => message.type === 'subscribed' && message['summary'] === true);
    const { body } = await post();
    expect((await socket.next((message) => message.data?.id === body.id)).data?.['summary']).toEqual({ pages: 2 });
    await socket.close();
  });

  test('reaches only its organization and its flow', async () => {
    const ofB = await seedFlow(platform.engineDb, platform.b.id);
    const other = await seedFlow(platform.engineDb, platform.a.id);
    const outsiders = [
      await subscribe(withToken(ofB.flowId, await platform.as('org_admin', platform.b))),
      await subscribe(withToken(other.flowId)),
    ];
    const insider = await subscribe(withToken());
    for (let i = 0; i < 50; i++) await post();
    const { body } = await post();
    await insider.next((message) => message.data?.id === body.id);
    for (const socket of outsiders) {
      expect(socket.messages.map(({ type }) => type)).toEqual(['subscribed']);
      await socket.close();
    }
    await insider.close();
  });
});

describe('other changes', () => {
  test('a deleted run is told', async () => {
    const id = await seedExecution(platform.engineDb, flow);
    const socket = await subscribe(withToken());
    await user.delete(`/api/flow-executions/${id}`);
    const message = await socket.next(({ type }) => type === 'flow_execution.deleted');
    expect(message).toMatchObject({ flow_execution_id: id, status: 'deleted', data: { id, status: 'deleted' } });
    await socket.close();
  });

  test('a task execution is told with its name, item and status; one that users do not see is not', async () => {
    const socket = await subscribe(withToken());
    const [shown, hidden] = [
      await seedTask(platform.engineDb, flow, executionId, { task: 1, item: 4, status: 'failed' }),
      await seedTask(platform.engineDb, flow, executionId, { task: 1, item: 5, status: 'pending' }),
    ];
    const about = {
      organizationId: platform.a.id,
      flowId: flow.flowId,
      flowExecutionId: executionId,
      type: 'task_execution.updated' as const,
    };
    platform.events.publish([
      { ...about, id: hidden },
      { ...about, id: shown },
    ]);
    const message = await socket.next((heard) => heard.type === 'task_execution.updated');
    expect(message).toMatchObject({
      task_name: 'read',
      task_execution_idx: 4,
      status: 'failed',
      data: { id: shown, processing_status: 'failed' },
    });
    await socket.close();
  });

  test('watchers of summaries get those of task executions, too', async () => {
    const socket = await subscribe(`${withToken()}&summary=true`);
    const id = await seedTask(platform.engineDb, flow, executionId, { task: 1, item: 9, summary: '{"pages":3}' });
    const about = { organizationId: platform.a.id, flowId: flow.flowId, flowExecutionId: executionId };
    platform.events.publish([{ ...about, id, type: 'task_execution.updated' }]);
    expect((await socket.next((message) => message.data?.id === id)).data).toMatchObject({ summary: { pages: 3 } });
    await socket.close();
  });

  test('an event that names a foreign object tells nothing', async () => {
    const socket = await subscribe(withToken());
    const foreign = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.b.id));
    const about = { organizationId: platform.a.id, flowId: flow.flowId, flowExecutionId: foreign };
    platform.events.publish([{ ...about, id: foreign, type: 'flow_execution.updated' }]);
    const { body } = await post();
    await socket.next((message) => message.data?.id === body.id);
    expect(socket.messages.filter(({ type }) => type.startsWith('flow_execution'))).toEqual([]);
    await socket.close();
  });
});

describe('credentials', () => {
  test('by ?token=, on both paths', async () => {
    for (const url of [withToken(), withToken().replace('/ws/', '/api/ws/'), `${path()}/?token=${user.token}`])
      await (await subscribe(url)).close();
  });

  test('by an API key', async () => {
    await (await subscribe(withToken(flow.flowId, await platform.as('service_account')))).close();
  });

  test('by the subprotocol, which is answered without the token', async () => {
    const socket = await subscribe(path(), ['bearer', user.token]);
    expect(socket.socket.protocol).toBe('bearer');
    await socket.close();
  });

  test('by the first message', async () => {
    const opened = openSocket(path());
    opened.socket.addEventListener('open', () => opened.socket.send(JSON.stringify({ type: 'auth', token: user.token })));
    await opened.next((message) => message.type === 'subscribed');
    await opened.close();
  });

  test('a first message that brings none closes with 4401', async () => {
    const opened = openSocket(path());
    opened.socket.addEventListener('open', () => opened.socket.send('hello'));
    expect((await opened.closed).code).toBe(4401);
  });

  test('silence closes with 4401 after 5 s', async () => {
    const started = Date.now();
    expect((await openSocket(path()).closed).code).toBe(4401);
    expect(Date.now() - started).toBeGreaterThan(4_500);
  });

  test.each([
    ['a bad token', () => `${path()}?token=nonsense`, 4401],
    ['another organization’s flow', async () => withToken((await seedFlow(platform.engineDb, platform.b.id)).flowId), 4404],
    ['a flow that never was', () => withToken(newId()), 4404],
    ['what is no id', () => withToken('nonsense'), 4404],
    [
      'a deleted flow',
      async () => withToken((await seedFlow(platform.engineDb, platform.a.id, { row: { deletedAt: new Date() } })).flowId),
      4404,
    ],
    ['a flow that a worker is not invited to', async () => withToken(flow.flowId, await platform.as('worker')), 4404],
  ])('%s closes with its code, and says nothing before', async (_name, url, code) => {
    const opened = openSocket(await url());
    expect((await opened.closed).code).toBe(code);
    expect(opened.messages).toEqual([]);
  });
});

test('when the server goes down, sockets are told', async () => {
  const own = await startTestPlatform();
  const seeded = await seedFlow(own.engineDb, own.a.id);
  const client = await own.as('app_user');
  const socket = await subscribe(`${own.url}/ws/flows/${seeded.flowId}?token=${client.token}`);
  const [{ code }] = await Promise.all([socket.closed, own.close()]);
  expect(code).toBe(1001);
});
