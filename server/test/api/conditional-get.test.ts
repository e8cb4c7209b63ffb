import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flow: SeededFlow;
const ids = { execution: '', task: '', output: '' };

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flow = await seedFlow(platform.engineDb, platform.a.id);
  ids.execution = await seedExecution(platform.engineDb, flow);
  ids.task = await seedTask(platform.engineDb, flow, ids.execution, { task: 1 });
  const body = { flow_execution_id: ids.execution, organization_id: platform.a.id, task_name: 'read', summary: {} };
  ids.output = (await user.post('/api/task-outputs', body)).body.id;
});
afterAll(() => platform.close());

const paths: [string, () => string][] = [
  ['a flow', () => `/api/flows/${flow.flowId}`],
  ['a version', () => `/api/flows/${flow.flowId}/versions/1`],
  ['the flows', () => '/api/flows'],
  ['a run', () => `/api/flow-executions/${ids.execution}`],
  ['a task execution', () => `/api/task-executions/${ids.task}`],
  ['an output', () => `/api/task-outputs/${ids.output}`],
  ['the executors', () => '/api/task-executors'],
  ['the models', () => '/api/models'],
];

describe.each(paths)('G15 %s', (_name, path) => {
  test('has a tag, and is 304 without a body to who has it', async () => {
    const first = await user.get(path());
    const tag = first.headers.get('etag') ?? '';
    expect(first.status).toBe(200);
    expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(first.headers.get('cache-control')).toMatch(/^private/);
    const again = await user.get(path(), { 'If-None-Match': `"other", ${tag}` });
    expect(again).toMatchObject({ status: 304, body: undefined });
    expect(again.headers.get('etag')).toBe(tag);
    expect(again.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
    expect((await user.get(path(), { 'If-None-Match': '"other"' })).status).toBe(200);
    const head = await user.send('HEAD', path());
    expect([head.status, head.headers.get('etag')]).toEqual([200, tag]);
  });
});

test('G15 what has changed is sent again, with another tag', async () => {
  const path = `/api/flows/${flow.flowId}`;
  const tag = (await user.get(path)).headers.get('etag') ?? '';
  await user.patch(path, { description: 'Changed' });
  const changed = await user.get(path, { 'If-None-Match': tag });
  expect(changed).toMatchObject({ status: 200, body: { description: 'Changed' } });
  expect(changed.headers.get('etag')).not.toBe(tag);
});

test('G15 a tag is no right: who may not see a thing learns nothing by one', async () => {
  const path = `/api/flows/${flow.flowId}`;
  const tag = (await user.get(path)).headers.get('etag') ?? '';
  const stranger = await platform.as('app_user', platform.b);
  for (const known of [tag, '*']) {
    const answer = await stranger.get(path, { 'If-None-Match': known });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('etag')).toBeNull();
  }
  expect((await (await platform.as('anonymous')).get(path, { 'If-None-Match': tag })).status).toBe(401);
});

test('G15 every answer has a request id: the caller’s own where it is a ULID, and errors name it', async () => {
  const own = '01HZX3K7Q2M4N6P8R0S2T4V6W8';
  expect((await user.get('/api/models', { 'X-Request-ID': own })).headers.get('x-request-id')).toBe(own);
  expect((await user.get('/api/models', { 'X-Request-ID': 'mine' })).headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
  const missing = await user.get('/api/flows/0198a000-0000-7000-8000-00000000abcd', { 'X-Request-ID': own });
  expect(missing.body.request_id).toBe(own);
});
