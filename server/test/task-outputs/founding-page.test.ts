/**
 * The page that the project was founded on (docs/reference/openapi.json has the operation): its body, its defaults, its status values, its
 * answers, one after the other. What a client written against that page sends must do what the page says.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { type SeededFlow, seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let platform: TestPlatform;
let user: TestClient;
let key: TestClient;
let flow: SeededFlow;
let executionId: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  key = await platform.as('service_account');
  flow = await seedFlow(platform.engineDb, platform.a.id);
  executionId = await seedExecution(platform.engineDb, flow, { flowVersion: 7 });
});
afterAll(() => platform.close());

const required = (change: Record<string, unknown> = {}) => ({
  flow_execution_id: executionId,
  organization_id: platform.a.id,
  task_name: 'extract',
  summary: 'done',
  ...change,
});
const post = (change: Record<string, unknown> = {}, client = user) => client.post('/api/task-outputs', required(change));

describe('Header Parameters', () => {
  test.each(['Bearer TOKEN', 'bearer TOKEN', 'TOKEN'])('Authorization: %s, an API key', async (form) => {
    const answer = await (await platform.as('anonymous')).post('/api/task-outputs', required(), {
      Authorization: form.replace('TOKEN', key.token),
    });
    expect(answer.status).toBe(201);
  });

  test('a user token', async () => {
    expect((await post()).status).toBe(201);
  });

  test('without it 401, with the envelope', async () => {
    const answer = await post({}, await platform.as('anonymous'));
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({
      error: { code: 'unauthorized', message: 'Authentication required' },
      request_id: expect.stringMatching(ULID),
    });
  });
});

describe('Body Parameters', () => {
  test.each(['flow_execution_id', 'organization_id', 'summary', 'task_name'])('%s is required', async (name) => {
    const body: Record<string, unknown> = required();
    delete body[name];
    const answer = await user.post('/api/task-outputs', body);
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([expect.objectContaining({ loc: ['body', name], type: 'missing' })]);
  });

  test('id is honoured, in any form of a UUID, and answered in lower case with hyphens', async () => {
    const id = newId();
    const answer = await post({ id: id.toUpperCase().replaceAll('-', '') });
    expect(answer.status).toBe(201);
    expect(answer.body.id).toBe(id);
  });

  test('id is made where it is absent', async () => {
    const [one, two] = [await post(), await post()];
    expect(one.body.id).toMatch(UUID);
    expect(two.body.id).not.toBe(one.body.id);
  });

  test.each([
    ['2024-05-06T07:08:09Z', '2024-05-06T07:08:09.000Z'],
    ['2024-05-06T07:08:09.123456Z', '2024-05-06T07:08:09.123Z'],
    ['2024-05-06T09:08:09+02:00', '2024-05-06T07:08:09.000Z'],
    ['2024-05-06T07:08:09', '2024-05-06T07:08:09.000Z'],
    ['2024-05-06', '2024-05-06T00:00:00.000Z'],
  ])('created_at %s is honoured', async (sent, stored) => {
    const answer = await post({ created_at: sent });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ created_at: stored, updated_at: stored });
  });

  test('a created_at in the future is now', async () => {
    const answer = await post({ created_at: '2999-01-01T00:00:00Z' });
    expect(answer.status).toBe(201);
    expect(Date.parse(answer.body.created_at)).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  test('C4: updated_at is read and ignored: a new record was never changed', async () => {
    const answer = await post({ updated_at: '2001-01-01T00:00:00Z' });
    expect(answer.body.updated_at).toBe(answer.body.created_at);
    expect((await post({ updated_at: 'yesterday' })).status).toBe(422);
  });

  test.each([
    ['output', null],
    ['output', { total: 12.5, lines: [{ sku: 'a' }] }],
    ['output', [1, 'two', null]],
    ['output', 'text'],
    ['output', 0],
    ['output', false],
    ['tags', null],
    ['tags', ['priority:high', 'customer:acme', 'reviewed']],
    ['tags', { status: 'approved', reviewer: 'u@example.com' }],
    ['summary', 'done'],
    ['summary', ''],
    ['summary', null],
    ['summary', { pages: 10, word_count: 5000 }],
    ['summary', { status_code: 200, response_time_ms: 450 }],
    ['summary', { valid_rows: 950, invalid_rows: 50 }],
    ['summary', ['a']],
    ['summary', 7],
  ])('%s: %j comes back as it was sent', async (field, value) => {
    const answer = await post({ [field]: value });
    expect(answer.status).toBe(201);
    expect(answer.body[field]).toEqual(value);
    expect((await user.get(`/api/task-outputs/${answer.body.id}`)).body[field]).toEqual(value);
  });

  test('output and tags are null where they are absent', async () => {
    expect((await post()).body).toMatchObject({ output: null, tags: null, error: null });
  });

  test('keys of a value keep their spelling, their order and their number', async () => {
    const output = { zebra_key: 1, AppleKey: { inner_key: [{ 'with space': null }] }, '': 'empty' };
    const { body } = await post({ output });
    const { body: read } = await user.get(`/api/task-outputs/${body.id}`);
    expect(JSON.stringify(read.output)).toBe(JSON.stringify(output));
  });

  test.each([1, 200])('task_name of %d characters is accepted', async (length) => {
    const name = 'x'.repeat(length);
    expect((await post({ task_name: name })).body.task_name).toBe(name);
  });

  test.each([
    ['', 'string_too_short'],
    ['x'.repeat(201), 'string_too_long'],
    [5, 'string_type'],
    [null, 'string_type'],
  ])('task_name %j is refused', async (name, type) => {
    const answer = await post({ task_name: name });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([expect.objectContaining({ loc: ['body', 'task_name'], type })]);
  });

  test('task_name is case-sensitive and need not be in the definition', async () => {
    expect((await post({ task_name: 'Extract ünïcode 🧾' })).body.task_name).toBe('Extract ünïcode 🧾');
  });

  test('unknown fields are ignored', async () => {
    expect((await post({ version: 1, nonsense: { a: 1 } })).status).toBe(201);
  });
});

describe('Valid status values', () => {
  test('the default is queued', async () => {
    expect((await post()).body).toMatchObject({
      status: 'queued',
      processing_status: 'queued',
      edited_status: 'not_edited',
      stale_status: 'consistent',
    });
  });

  test.each(['queued', 'running', 'in_progress', 'completed', 'failed', 'deleted', 'stale'])(
    '%s is taken and given back',
    async (status) => {
      const answer = await post({ status });
      expect(answer.status).toBe(201);
      expect(answer.body.status).toBe(status);
    },
  );

  test.each([
    ['in_progress', 'running', 'consistent'],
    ['stale', 'completed', 'stale'],
    ['failed', 'failed', 'consistent'],
  ])('%s is %s and %s in the newer fields', async (status, processing, stale) => {
    expect((await post({ status })).body).toMatchObject({ processing_status: processing, stale_status: stale });
  });

  test.each(['queued', 'running', 'completed', 'failed', 'deleted', 'awaiting_input', 'cancel_requested', 'cancelled'])(
    'processing_status %s is taken',
    async (status) => {
      expect((await post({ processing_status: status })).body.processing_status).toBe(status);
    },
  );

  test('a newer field beside the founding one wins', async () => {
    const answer = await post({ status: 'queued', processing_status: 'completed', edited_status: 'edited', stale_status: 'stale' });
    expect(answer.body).toMatchObject({ status: 'stale', processing_status: 'completed', edited_status: 'edited', stale_status: 'stale' });
  });

  test.each([
    ['status', 'done'],
    ['status', 'Completed'],
    ['processing_status', 'in_progress'],
    ['edited_status', 'edited_reexecuted'],
    ['stale_status', 'fresh'],
  ])('%s: %s is refused', async (field, word) => {
    const answer = await post({ [field]: word });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([expect.objectContaining({ loc: ['body', field], type: 'enum' })]);
  });

  test('deleted is excluded from queries', async () => {
    const { body } = await post({ status: 'deleted' });
    expect((await user.get(`/api/task-outputs/${body.id}`)).status).toBe(404);
    const list = await user.get('/api/task-outputs');
    expect(list.body.map((output: { id: string }) => output.id)).not.toContain(body.id);
  });
});

describe('Response 201', () => {
  test('has every attribute of the page, and those that came later', async () => {
    const { status, headers, body } = await post({ status: 'completed', output: { a: 1 } });
    expect(status).toBe(201);
    expect(headers.get('x-request-id')).toMatch(ULID);
    expect(body).toEqual({
      id: expect.stringMatching(UUID),
      flow_execution_id: executionId,
      organization_id: platform.a.id,
      task_name: 'extract',
      summary: 'done',
      output: { a: 1 },
      tags: null,
      status: 'completed',
      processing_status: 'completed',
      edited_status: 'not_edited',
      stale_status: 'consistent',
      error: null,
      flow_version: 7,
      created_at: expect.stringMatching(TIME),
      updated_at: expect.stringMatching(TIME),
      modified_by: user.id,
    });
  });

  test('is what GET /task-outputs/{id} answers', async () => {
    const { body } = await post({ tags: ['a'], summary: { pages: 1 } });
    expect((await user.get(`/api/task-outputs/${body.id}`)).body).toEqual(body);
  });

  test('each record is one of its own: the same content twice is two records', async () => {
    const [one, two] = [await post({ task_name: 'twice' }), await post({ task_name: 'twice' })];
    expect(two.body.id).not.toBe(one.body.id);
    const list = await user.get('/api/task-outputs?task_name=twice');
    expect(list.body).toHaveLength(2);
  });
});

describe('POST /', () => {
  test.each(['/task-outputs', '/task-outputs/', '/api/task-outputs/'])('%s is the same operation', async (path) => {
    const made = await user.post(path, required({ task_name: 'short' }));
    expect(made.status).toBe(201);
    const read = await user.get(`${path.replace(/\/$/, '')}/${made.body.id}`);
    expect(read.body).toEqual(made.body);
    expect((await user.get(`${path}?task_name=short&limit=1`)).body).toHaveLength(1);
  });
});
