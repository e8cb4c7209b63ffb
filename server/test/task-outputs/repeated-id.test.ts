import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let executionId: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  const flow = await seedFlow(platform.engineDb, platform.a.id);
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

describe('the id sent again', () => {
  test('with the same content answers the same record, and makes no second', async () => {
    const content = { id: newId(), task_name: 'again', output: { a: [1, 2] }, created_at: '2024-01-02T03:04:05Z' };
    const [one, two] = [await post(content), await post(content)];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    expect((await user.get('/api/task-outputs?task_name=again')).body).toHaveLength(1);
  });

  test.each([
    ['another summary', { summary: 'other' }],
    ['another task', { task_name: 'other' }],
    ['another output', { output: 1 }],
    ['another status', { status: 'failed' }],
    ['other tags', { tags: [] }],
  ])('with %s is 409, and the record stays', async (_name, change) => {
    const content = { id: newId(), task_name: 'clash' };
    const first = await post(content);
    const second = await post({ ...content, ...change });
    expect(second.status).toBe(409);
    expect(second.body.error.code).toBe('conflict');
    expect((await user.get(`/api/task-outputs/${content.id}`)).body).toEqual(first.body);
  });

  test('twenty at once make one record', async () => {
    const content = { id: newId(), task_name: 'racing' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(content)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await user.get('/api/task-outputs?task_name=racing')).body).toHaveLength(1);
  });

  test('in another organization is free there: no id tells of another’s', async () => {
    const id = newId();
    await post({ id });
    const other = await platform.as('app_user', platform.b);
    const execution = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.b.id));
    const answer = await other.post('/api/task-outputs', {
      ...required({ id }),
      organization_id: platform.b.id,
      flow_execution_id: execution,
    });
    expect(answer.status).toBe(201);
  });
});
