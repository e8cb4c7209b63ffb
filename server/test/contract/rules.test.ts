/** Rules that are one question and one answer each, through HTTP: those that a tag's own suite does not come upon. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { flatDefinition } from '../flows/definitions.ts';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import { type SeededFlow, seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient, TestResponse } from '../support/test-client.ts';
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

const tagOperation = (change: object) => ({
  tags: [{ operation: 'add', flow_execution_id: executionId, task_name: 'read', tag: 'a', tag_type: 'b', ...change }],
});

describe('which of 400 and 422', () => {
  test.each<[string, () => Promise<TestResponse>, number, string]>([
    ['a malformed id in a path', () => user.get('/api/flows/nothing'), 422, 'validation_error'],
    ['a malformed id in a query', () => user.get('/api/flow-executions?flow_id=nothing'), 422, 'validation_error'],
    [
      'a malformed id in a body',
      () => user.patch('/api/task-tags', tagOperation({ flow_execution_id: 'nothing' })),
      422,
      'validation_error',
    ],
    ['an operation that is none', () => user.patch('/api/task-tags', tagOperation({ operation: 'swap' })), 422, 'validation_error'],
    ['an empty list', () => user.patch('/api/task-tags', { tags: [] }), 422, 'validation_error'],
    ['a number out of range', () => user.get('/api/flows?page_size=0'), 422, 'validation_error'],
    ['a field that is missing', () => user.post('/api/flows', { display_name: 'x' }), 422, 'validation_error'],
    ['a task that the flow does not have', () => user.patch('/api/task-tags', tagOperation({ task_name: 'nobody' })), 400, 'bad_request'],
    [
      'a status word that is none, where any text may stand',
      () => user.get(`/api/flow-executions?flow_id=${flow.flowId}&status=done`),
      400,
      'bad_request',
    ],
    [
      'a definition that cannot be',
      () => user.post('/api/flows', { display_name: 'x', definition: { tasks: 5 } }),
      400,
      'invalid_dsl_input',
    ],
    ['what is no JSON', () => user.post('/api/flows', '{', { 'Content-Type': 'application/json' }), 400, 'bad_request'],
  ])('C3: %s', async (_, call, status, code) => {
    const answer = (await call()) as TestResponse<{ error: { code: string } }>;
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});

test('C4: updated_at is there from the beginning, and is then created_at', async () => {
  const flowId = await createFlow(user, flatDefinition().tasks);
  const { file_key: fileKey } = await uploadText(user, flowId);
  const { id } = await startRun(user, flowId, { file_key: fileKey });
  await user.patch('/api/task-tags', tagOperation({ flow_execution_id: id, task_name: 'file' }));
  const posted = { flow_execution_id: id, organization_id: platform.a.id, task_name: 'file', summary: null };
  const answers = [
    (await user.get(`/api/flows/${flowId}`)).body,
    (await user.get(`/api/flows/${flowId}/versions`)).body[0],
    (await user.get(`/api/flow-executions/${id}`)).body,
    (await user.post('/api/task-outputs', posted)).body,
    (await user.get(`/api/task-tags?flow_execution_id=${id}`)).body[0],
  ];
  for (const answer of answers) expect(answer.updated_at, JSON.stringify(answer)).toBe(answer.created_at);
  const task = (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions[0];
  expect(task.updated_at >= task.created_at).toBe(true);
});

test('C5: `skipped` is taken as completed where a worker says it', async () => {
  const worker = await platform.as('service_account');
  const answer = await worker.post(`/api/flow-executions/${executionId}/task-status`, {
    statuses: [{ task_name: 'read', status: 'skipped' }],
  });
  expect(answer.body).toMatchObject([{ status: 'completed', raw_status: 'skipped' }]);
});

test('C22: a definition’s names have 200 characters at most; a longer one in a question is only unknown', async () => {
  const definition = { tasks: [{ name: 'x'.repeat(201), task_executor_name: 'receive_file' }] };
  const made = await user.post('/api/flows', { display_name: 'Long names', definition });
  expect([made.status, made.body.error.code]).toEqual([400, 'invalid_dsl_input']);
  const { status, body } = await user.get(`/api/flows/${flow.flowId}/tags?task_name=${'x'.repeat(255)}`);
  expect([status, body]).toEqual([200, []]);
});

describe('lists', () => {
  test('C25: what status_exclude leaves out is not counted', async () => {
    const counted = await seedFlow(platform.engineDb, platform.a.id);
    for (const status of ['running', 'completed', 'failed'] as const) {
      const ended = status === 'running' ? {} : { open: 0, completedAt: new Date() };
      await seedExecution(platform.engineDb, counted, { status, ...ended });
    }
    const total = async (query: string) =>
      (await user.get(`/api/flow-executions?flow_id=${counted.flowId}&${query}`)).headers.get('x-total-count');
    expect([await total(''), await total('status_exclude=failed'), await total('status_exclude=failed,running&page_size=1')]).toEqual([
      '3',
      '2',
      '1',
    ]);
  });

  test('G18: flows are an object with a page, however old the client', async () => {
    const { body } = await user.get('/api/flows', { Accept: 'application/json; version=1' });
    expect(Object.keys(body).sort()).toEqual(['flows', 'page', 'page_size', 'total']);
  });

  test.each([
    ['/api/flows?page_size=1', true],
    [() => `/api/flows/${flow.flowId}/versions/summary?page_size=1`, false],
    [() => `/api/flow-executions?flow_id=${flow.flowId}`, false],
    [() => `/api/flows/${flow.flowId}/versions`, false],
    [() => `/api/flows/${flow.flowId}/versions/1/summary`, false],
    [() => `/api/flows/${flow.flowId}/files`, false],
    [() => `/api/flows/${flow.flowId}/tags`, false],
    ['/api/flows/available-tags', false],
    ['/api/task-outputs', false],
    ['/api/task-executions', false],
    [() => `/api/task-tags?flow_execution_id=${executionId}`, false],
    ['/api/task-executors', false],
    ['/api/service-accounts', false],
    [() => `/api/flows/${flow.flowId}/metadata/keys`, false],
    [() => `/api/flows/${flow.flowId}/metadata/values?key=a`, false],
  ])('%s says how many there are, and where the next page is', async (path, hasNext) => {
    await seedFlow(platform.engineDb, platform.a.id);
    const { status, headers, body } = await user.get(typeof path === 'string' ? path : path());
    expect([status, headers.get('x-total-count')]).toEqual([200, expect.stringMatching(/^\d+$/)]);
    if (Array.isArray(body)) expect(Number(headers.get('x-total-count'))).toBeGreaterThanOrEqual(body.length);
    expect(headers.get('link') !== null).toBe(hasNext);
    if (hasNext) expect(headers.get('link')).toMatch(/^<http:\/\/.*page=2.*>; rel="next"$/);
  });
});

test.each(['app_user', 'service_account'] as const)('G10: a run says that a %s triggered it', async (caller) => {
  const client = await platform.as(caller);
  const flowId = await createFlow(user, flatDefinition().tasks);
  const { file_key: fileKey } = await uploadText(user, flowId);
  const answer = await client.post('/api/flow-executions', { flow_id: flowId, input: { file_key: fileKey } });
  expect(answer.body.triggered_by).toBe(caller === 'app_user' ? client.id : 'integration');
});

test('G14: review_view_id is kept and given back, and nothing of it is checked', async () => {
  const view = newId();
  const settings = { review_view_id: view };
  const made = await user.post('/api/flows', { display_name: 'With a view', definition: flatDefinition(), settings });
  expect(made.body.settings.review_view_id).toBe(view);
  expect((await user.patch(`/api/flows/${made.body.id}`, { settings: { review_view_id: null } })).body.settings.review_view_id).toBeNull();
});

test('G16: no operation schedules a run; executors say whether they may be scheduled', async () => {
  const { paths } = (await user.get('/api/openapi.json')).body;
  expect(Object.keys(paths).filter((path) => path.includes('schedule'))).toEqual([]);
  const { body } = await user.get('/api/task-executors');
  for (const executor of body) expect(executor.is_schedulable_executor).toEqual(expect.any(Boolean));
});

test('G17: a flow whose executor is gone is read, its fault is told, and it does not run', async () => {
  const definition = {
    name: 'gone',
    tasks: [
      { name: 'receive', task_executor_name: 'receive_file' },
      { name: 'read', task_executor_name: 'retired', depends_on: ['receive'] },
    ],
  };
  const { flowId } = await seedFlow(platform.engineDb, platform.a.id, { definition });
  const { status, body } = await user.get(`/api/flows/${flowId}?include_validation_errors=true&include_output_schemas=true`);
  expect([status, body.validation_errors.map((fault: { type: string }) => fault.type)]).toEqual([200, ['unknown_executor']]);
  const run = await user.post('/api/flow-executions', { flow_id: flowId, input: {} });
  expect([run.status, run.body.error.code]).toEqual([400, 'invalid_dsl_input']);
});

describe('what every answer has', () => {
  test.each([
    ['nobody', {}, 'Authentication required'],
    ['a bad token', { Authorization: 'Bearer nonsense' }, 'Invalid authentication token'],
    ['a bad key', { 'X-API-Key': 'saf_org_00000000_00000000_nonsense' }, 'Invalid authentication token'],
  ])('401 for %s asks for Bearer', async (_, headers, message) => {
    const anonymous = await platform.as('anonymous');
    const answer = await anonymous.get('/api/task-executors', headers as Record<string, string>);
    expect([answer.status, answer.headers.get('www-authenticate'), answer.body.error.message]).toEqual([401, 'Bearer', message]);
  });

  test.each([
    ['PUT', '/api/task-tags', 405, 'method_not_allowed'],
    ['GET', '/api/flow-executions/bulk/', 422, 'validation_error'],
    ['PATCH', '/api/task-data', 405, 'method_not_allowed'],
  ])('%s %s is %i in the envelope', async (method, path, status, code) => {
    const answer = await user.send(method, path);
    expect([answer.status, answer.body.error.code, answer.body.request_id]).toEqual([
      status,
      code,
      expect.stringMatching(/^[0-9A-Z]{26}$/),
    ]);
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/[A-Z]/);
  });

  test('a trailing slash is the same path, a form is 415', async () => {
    expect((await user.get(`/api/task-tags/?flow_execution_id=${executionId}`)).status).toBe(200);
    expect((await user.post('/api/task-data/', { flow_definition: { tasks: [] } })).status).toBe(200);
    const form = await user.post('/api/task-data', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' });
    expect([form.status, form.body.error.code]).toEqual([415, 'unsupported_media_type']);
  });
});
