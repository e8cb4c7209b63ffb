import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { flatDefinition } from './definitions.ts';

let platform: TestPlatform;
let user: TestClient;
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

let count = 0;
const uniqueName = () => `Flow ${++count}`;
const create = (body: Record<string, unknown>) =>
  user.post('/api/flows', { display_name: uniqueName(), definition: flatDefinition(), ...body });

describe('what could hurt the process is refused', () => {
  const many = (count: number) => ({
    tasks: Array.from({ length: count }, (_, i) => ({ name: `t${i}`, task_executor_name: 'receive_file' })),
  });

  test('5,000 tasks', async () => {
    const { status, body } = await create({ definition: many(5000) });
    expect([status, body.error.code]).toEqual([400, 'invalid_dsl_input']);
    expect(body.error.details[0]).toMatch(/2000/);
  });

  test('2,000 tasks are taken', async () => {
    expect((await create({ definition: many(2000) })).status).toBe(201);
  });

  test.each(['application/json', 'application/yaml'])('10,000 nested brackets as %s', async (type) => {
    const nested = '['.repeat(10_000) + ']'.repeat(10_000);
    const text = type === 'application/json' ? `{"display_name": "x", "definition": {"tasks": ${nested}}}` : `name: x\ntasks: ${nested}`;
    const { status } = await user.post('/api/flows', text, { 'Content-Type': type });
    expect(status).toBe(400);
  });

  test('a key __proto__ in a definition', async () => {
    const text = '{"display_name": "x", "definition": {"tasks": [], "__proto__": {"a": 1}}}';
    expect((await user.post('/api/flows', text, { 'Content-Type': 'application/json' })).status).toBe(400);
  });

  test('a definition over 5 MB, and a body over 10 MB', async () => {
    const large = await create({ definition: JSON.stringify({ tasks: [], note: 'x'.repeat(6 * 1024 * 1024) }) });
    expect([large.status, large.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    const object = await create({ definition: { tasks: [], note: 'x'.repeat(6 * 1024 * 1024) } });
    expect([object.status, object.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    const larger = await create({ definition: { tasks: [], note: 'x'.repeat(11 * 1024 * 1024) } });
    expect([larger.status, larger.body.error.code]).toEqual([413, 'payload_too_large']);
  });

  test('a NUL in the definition', async () => {
    expect((await create({ definition: { tasks: [], note: 'a\0b' } })).status).toBe(422);
    expect((await user.post('/api/flows', 'name: x\ntasks: []\nnote: "a\\0b"', { 'Content-Type': 'application/yaml' })).status).toBe(400);
  });

  test('text that is no JSON', async () => {
    const { status, body } = await user.post('/api/flows', '{"display_name": ', { 'Content-Type': 'application/json' });
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
  });

  test('and the process still answers', async () => {
    expect((await user.get('/api/flows')).status).toBe(200);
  });
});
