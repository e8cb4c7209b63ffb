import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { type SeededFlow, seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

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

const required = (change: Record<string, unknown> = {}) => ({
  flow_execution_id: executionId,
  organization_id: platform.a.id,
  task_name: 'extract',
  summary: 'done',
  ...change,
});
const post = (change: Record<string, unknown> = {}, client = user) => client.post('/api/task-outputs', required(change));

describe('Response 400, 404, 422 and 500', () => {
  const isEnvelope = (body: unknown, code: string) =>
    expect(body).toMatchObject({ error: { code, message: expect.any(String) }, request_id: expect.stringMatching(ULID) });

  test('400 for what is no JSON', async () => {
    const answer = await user.send('POST', '/api/task-outputs', '{"flow_execution_id": ', { 'Content-Type': 'application/json' });
    expect(answer.status).toBe(400);
    isEnvelope(answer.body, 'bad_request');
  });

  test('404 for an execution that never was', async () => {
    const answer = await post({ flow_execution_id: newId() });
    expect(answer.status).toBe(404);
    isEnvelope(answer.body, 'not_found');
  });

  test('404 for a deleted execution', async () => {
    const deleted = await seedExecution(platform.engineDb, flow, { deletedAt: new Date() });
    expect((await post({ flow_execution_id: deleted })).status).toBe(404);
  });

  test('404 for an organization_id that is not the caller’s, and nothing is written', async () => {
    const answer = await post({ organization_id: platform.b.id, task_name: 'foreign' });
    expect(answer.status).toBe(404);
    isEnvelope(answer.body, 'not_found');
    expect((await user.get('/api/task-outputs?task_name=foreign')).body).toEqual([]);
  });

  test('404 for an execution of another organization, the same answer as for none', async () => {
    const other = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.b.id));
    const [foreign, absent] = [await post({ flow_execution_id: other }), await post({ flow_execution_id: newId() })];
    expect(foreign.status).toBe(404);
    expect(foreign.body.error.message.replace(other, '')).toBe(absent.body.error.message.replace(/[0-9a-f-]{36}/, ''));
  });

  test('422 says every fault at once, in the envelope and beside it', async () => {
    const answer = await post({ flow_execution_id: 'x', task_name: 5, status: 'no' });
    expect(answer.status).toBe(422);
    isEnvelope(answer.body, 'validation_error');
    const places = answer.body.error.details.map((fault: { loc: string[] }) => fault.loc[1]);
    expect(places.sort()).toEqual(['flow_execution_id', 'status', 'task_name']);
    expect(answer.body.detail).toEqual(answer.body.error.details);
  });

  test.each([
    ['id', 'not-a-uuid', 'uuid_parsing'],
    ['flow_execution_id', '123', 'uuid_parsing'],
    ['organization_id', 5, 'string_type'],
    ['created_at', 'yesterday', 'datetime_parsing'],
  ])('422 for %s: %j', async (field, value, type) => {
    const answer = await post({ [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([expect.objectContaining({ loc: ['body', field], type })]);
  });

  test('413 over 50 MB; a result of 12 MB is taken and comes back whole', async () => {
    const text = 'x'.repeat(12 * 1024 * 1024);
    const taken = await post({ output: { text } });
    expect(taken.status).toBe(201);
    expect((await user.get(`/api/task-outputs/${taken.body.id}`)).body.output.text).toBe(text);
    const refused = await post({ output: 'x'.repeat(51 * 1024 * 1024) });
    expect([refused.status, refused.body.error.code]).toEqual([413, 'payload_too_large']);
  });

  test('422 for a NUL in text, with its place', async () => {
    const answer = await post({ task_name: 'a\0b' });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details).toEqual([expect.objectContaining({ loc: ['body', 'task_name'] })]);
  });
});

test('500 has the envelope and says nothing of the inside; the log has the cause under the request id', async () => {
  const broken = await startTestPlatform();
  try {
    const client = await broken.as('app_user');
    const execution = await seedExecution(broken.engineDb, await seedFlow(broken.engineDb, broken.a.id));
    const owner = new Client({ connectionString: broken.ownerUrl });
    await owner.connect();
    await owner.query('revoke insert on task_outputs from flow_api').finally(() => owner.end());
    const answer = await client.post('/api/task-outputs', required({ organization_id: broken.a.id, flow_execution_id: execution }));
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      error: { code: 'repository_error', message: 'Database operation failed' },
      request_id: answer.headers.get('x-request-id'),
    });
    expect(broken.logged.some((line) => line['request_id'] === answer.body.request_id)).toBe(true);
  } finally {
    await broken.close();
  }
});
