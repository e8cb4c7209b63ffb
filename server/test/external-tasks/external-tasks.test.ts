import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let client: TestClient;
let topicNumber = 0;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  client = await platform.as('integration');
});
afterAll(() => platform.close());

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const after = { name: 'after', task_executor_name: 'format_data', parameters: { fields: { said: 'tasks["stamp"].said' } } };

/** A flow whose task `stamp` waits under a topic of its own, and a way to start it. */
async function stampFlow(options: { task?: Record<string, unknown>; timeout?: string; caller?: TestClient } = {}) {
  const { caller = client, timeout } = options;
  const topic = `stamps-${++topicNumber}`;
  const parameters = { topic, input: { document: '{{receive.document_url}}' }, ...(timeout === undefined ? {} : { timeout }) };
  const stamp = { name: 'stamp', task_executor_name: 'external_task', parameters, ...options.task };
  const flowId = await createFlow(caller, [receive, stamp, after]);
  const { file_key } = await uploadText(caller, flowId);
  return { topic, flowId, start: async () => (await startRun(caller, flowId, { file_key })).id };
}

interface Claimed {
  task_execution_id: string;
  lease_token: string;
  [field: string]: unknown;
}

async function claim(topic: string, more: Record<string, unknown> = {}, caller = client): Promise<Claimed[]> {
  const answer = await caller.post('/api/external-tasks/claim', { topics: [topic], max: 10, wait_seconds: 10, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.tasks;
}

const report = (task: Claimed, verb: string, body: Record<string, unknown> = {}, caller = client) =>
  caller.post(`/api/external-tasks/${task.task_execution_id}/${verb}`, { lease_token: task.lease_token, ...body });

const outputOf = async (executionId: string, name: string) =>
  (await client.get(`/api/task-outputs?flow_execution_id=${executionId}&task_name=${name}`)).body[0]?.output;

test('a worker claims a task, says that it is at it, and completes it', async () => {
  const { topic, flowId, start } = await stampFlow();
  const claiming = claim(topic); // waits for it
  const id = await start();
  const [task] = (await claiming) as [Claimed];
  expect(task).toMatchObject({
    topic,
    flow_id: flowId,
    flow_execution_id: id,
    task_name: 'stamp',
    task_execution_idx: 0,
    attempt: expect.any(Number),
    idempotency_key: `${task.task_execution_id}:0`,
    input: { document: expect.stringContaining('gs://') },
  });
  expect(Date.parse(String(task['lease_expires_at'])) - Date.now()).toBeGreaterThan(50_000);
  expect(Buffer.from(task.lease_token, 'base64url')).toHaveLength(32);
  const stored = await platform.engineDb.query<{ row: string }>(
    'test/row',
    'select to_json(t)::text as row from task_executions t where id = $1',
    [task.task_execution_id],
  );
  expect(stored[0]?.row).not.toContain(task.lease_token);
  expect(await claim(topic, { wait_seconds: 0 })).toEqual([]);
  const extended = await report(task, 'heartbeat', { lease_seconds: 600 });
  expect(extended.status).toBe(200);
  expect(Date.parse(extended.body.lease_expires_at) - Date.now()).toBeGreaterThan(590_000);
  const completed = await report(task, 'complete', { output: { said: 'yes' } });
  expect([completed.status, completed.body]).toEqual([
    200,
    { task_execution_id: task.task_execution_id, deferred: false, will_retry: false },
  ]);
  expect((await reachEnd(client, id)).status).toBe('completed');
  expect(await outputOf(id, 'after')).toEqual({ said: 'yes' });
});

test('a token that is stale, or never was one, is refused with 409', async () => {
  const { topic, start } = await stampFlow();
  await start();
  const [task] = (await claim(topic)) as [Claimed];
  for (const verb of ['heartbeat', 'complete', 'fail']) {
    const body = verb === 'complete' ? { output: 1 } : verb === 'fail' ? { error: 'no' } : {};
    expect((await report({ ...task, lease_token: 'guess' }, verb, body)).status, verb).toBe(409);
  }
  expect((await report(task, 'complete', { output: { said: 1 } })).status).toBe(200);
  for (const verb of ['heartbeat', 'complete'])
    expect((await report(task, verb, verb === 'complete' ? { output: 1 } : {})).status).toBe(409);
});

test('a task whose lease has ended is claimed by another worker, and the first is refused', async () => {
  const { topic, start } = await stampFlow();
  const id = await start();
  const [first] = (await claim(topic, { lease_seconds: 1 })) as [Claimed];
  const [second] = (await claim(topic)) as [Claimed]; // waits until the lease has ended
  expect(second.task_execution_id).toBe(first.task_execution_id);
  expect(second['idempotency_key']).toBe(first['idempotency_key']);
  expect(Number(second['attempt'])).toBeGreaterThan(Number(first['attempt']));
  expect((await report(first, 'heartbeat')).status).toBe(409);
  expect((await report(first, 'complete', { output: { said: 'first' } })).status).toBe(409);
  expect((await report(second, 'complete', { output: { said: 'second' } })).status).toBe(200);
  await reachEnd(client, id);
  expect(await outputOf(id, 'after')).toEqual({ said: 'second' });
});

test('of many workers at once each task goes to one', async () => {
  const { topic, start } = await stampFlow();
  await Promise.all(Array.from({ length: 12 }, start));
  const seen: string[] = [];
  await expect
    .poll(
      async () => {
        const answers = await Promise.all(Array.from({ length: 6 }, () => claim(topic, { max: 2, wait_seconds: 0 })));
        seen.push(...answers.flat().map((task) => task.task_execution_id));
        return seen.length;
      },
      { timeout: 20_000 },
    )
    .toBe(12);
  expect(new Set(seen).size).toBe(12);
});

test('a failure that may be tried again follows the policy of the task', async () => {
  const retry = { max_attempts: 2, initial_interval: '100ms' };
  const { topic, start } = await stampFlow({ task: { retry } });
  const id = await start();
  const [first] = (await claim(topic)) as [Claimed];
  const failure = { error: { message: 'The stamp is wet', code: 'wet', type: 'StampError' }, retryable: true };
  expect((await report(first, 'fail', failure)).body).toMatchObject({ will_retry: true });
  const [second] = (await claim(topic)) as [Claimed];
  expect((await report(second, 'fail', failure)).body).toMatchObject({ will_retry: false });
  expect((await reachEnd(client, id)).status).toBe('failed');
  const { body } = await client.get(`/api/task-executions/${second.task_execution_id}`);
  expect(body).toMatchObject({
    processing_status: 'failed',
    error: { message: 'The stamp is wet', type: 'StampError', code: 'wet', retryable: true },
  });
});

test('a failure that may not be tried again ends the task', async () => {
  const { topic, start } = await stampFlow({ task: { retry: { max_attempts: 5 } } });
  const id = await start();
  const [task] = (await claim(topic)) as [Claimed];
  expect((await report(task, 'fail', { error: 'No such stamp' })).body).toMatchObject({ will_retry: false });
  expect((await reachEnd(client, id)).status).toBe('failed');
});

test('a task that no worker does in time fails with timeout', async () => {
  const { topic, start } = await stampFlow({ timeout: '1s' });
  const id = await start();
  const [task] = (await claim(topic)) as [Claimed];
  expect((await reachEnd(client, id)).status).toBe('failed');
  expect((await client.get(`/api/task-executions/${task.task_execution_id}`)).body.error).toMatchObject({ code: 'timeout' });
  expect((await report(task, 'complete', { output: 1 })).status).toBe(409);
});

test('a cancelled run takes its tasks from their workers', async () => {
  const { topic, start } = await stampFlow();
  const id = await start();
  const [task] = (await claim(topic)) as [Claimed];
  expect((await client.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
  expect((await reachEnd(client, id)).status).toBe('cancelled');
  expect((await report(task, 'heartbeat')).status).toBe(409);
});

test('another organization sees nothing of it', async () => {
  const other = await platform.as('org_admin', platform.b);
  const { topic, start } = await stampFlow();
  await start();
  const [task] = (await claim(topic)) as [Claimed];
  expect(await claim(topic, { wait_seconds: 0 }, other)).toEqual([]);
  expect((await report(task, 'complete', { output: 1 }, other)).status).toBe(404);
  expect((await report(task, 'heartbeat', {}, other)).status).toBe(404);
});

test('a platform that closes answers those who wait for a task at once', async () => {
  const own = await startTestPlatform();
  const waiting = (await own.as('integration')).post('/api/external-tasks/claim', { topics: ['never'], wait_seconds: 30 });
  await expect
    .poll(async () => (await (await own.as('admin_service_account')).get('/health/ready')).status) // it listens; the claim was sent before
    .toBe(200);
  const startedAt = performance.now();
  await own.close();
  expect((await waiting).body).toEqual({ tasks: [] });
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});

test('a large input reaches the worker whole', async () => {
  const topic = `stamps-${++topicNumber}`;
  const text = 'x'.repeat(100_000);
  const stamp = { name: 'stamp', task_executor_name: 'external_task', parameters: { topic, input: text }, depends_on: ['receive'] };
  const flowId = await createFlow(client, [receive, stamp]);
  const { file_key } = await uploadText(client, flowId);
  await startRun(client, flowId, { file_key });
  expect((await claim(topic))[0]?.['input']).toBe(text);
});

test('with one run at a time, a run that waits for a worker lets others go on, and resumes before those that came later', async () => {
  const one = await platform.as('app_user', platform.b);
  await platform.engineDb.query('test/limit', 'update organizations set max_concurrent = 1 where id = $1', [platform.b.id]);
  await platform.engineDb.query('test/slots', 'delete from execution_slots where organization_id = $1 and slot > 1', [platform.b.id]);
  await platform.engine.fitSlots(platform.b.id);
  const { topic, start } = await stampFlow({ caller: one });
  const slow = await createFlow(one, [
    receive,
    { name: 'pause', task_executor_name: 'delay', parameters: { duration: '1500ms' }, depends_on: ['receive'] },
  ]);
  const { file_key } = await uploadText(one, slow);
  const waiting = await start();
  await reach(one, waiting, 'awaiting_input');
  const held = (await startRun(one, slow, { file_key })).id;
  await reach(one, held, 'running'); // the first has given its slot up
  const later = (await startRun(one, slow, { file_key })).id;
  expect((await one.get(`/api/flow-executions/${later}`)).body.status).toBe('queued');
  const listed = await one.get(
    `/api/flow-executions?flow_id=${(await one.get(`/api/flow-executions/${waiting}`)).body.flow_id}&status=awaiting_input`,
  );
  expect(JSON.stringify(listed.body)).toContain(waiting);
  const [task] = (await claim(topic, {}, one)) as [Claimed];
  expect((await report(task, 'complete', { output: { said: 'late' } }, one)).body).toMatchObject({ deferred: true });
  expect((await one.get(`/api/task-executions/${task.task_execution_id}`)).body.processing_status).toBe('queued');
  expect((await one.get(`/api/flow-executions/${waiting}`)).body.status).toBe('queued');
  for (const id of [held, waiting, later]) expect((await reachEnd(one, id)).status).toBe('completed');
  const ended = await platform.engineDb.query<{ id: string }>(
    'test/order',
    'select id from flow_executions where id = any($1::uuid[]) order by completed_at',
    [[held, waiting, later]],
  );
  expect(ended.map(({ id }) => id)).toEqual([held, waiting, later]);
});

test('a worker may report by POST /task-executions with its token: a failure is tried again as the policy says, a result ends it', async () => {
  const { topic, start } = await stampFlow({ task: { retry: { max_attempts: 2, initial_interval: '10ms' } } });
  const id = await start();
  const post = (task: Claimed, body: Record<string, unknown>) => {
    const place = { flow_execution_id: id, task_name: 'stamp', task_execution_idx: 0 };
    return client.post('/api/task-executions', { ...place, lease_token: task.lease_token, ...body });
  };
  const [first] = (await claim(topic)) as [Claimed];
  const error = { message: 'the stamp is dry', retryable: true };
  expect((await post(first, { processing_status: 'failed', error })).status).toBe(201);
  expect((await post(first, { processing_status: 'completed', output: { said: 'late' } })).status).toBe(409);
  const [second] = (await claim(topic)) as [Claimed];
  expect((await post(second, { processing_status: 'completed', output: { said: 'at last' } })).body).toMatchObject({
    processing_status: 'completed',
  });
  await reachEnd(client, id);
  expect(await outputOf(id, 'after')).toEqual({ said: 'at last' });
});
