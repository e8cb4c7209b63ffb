import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.close());

interface WireExecutor {
  task_executor_name: string;
  task_executor_description: string;
  parameters_schema: object;
  flow_input_schema: object | null;
  is_input_task_executor: boolean;
}

test('the executors are sorted by name, and exactly those that take a run say what its input is', async () => {
  const user = await platform.as('app_user');
  const { body } = await user.get<WireExecutor[]>('/api/task-executors');
  const names = body.map((executor) => executor.task_executor_name);
  expect(names).toEqual([...names].sort());
  for (const executor of body) {
    expect(executor.flow_input_schema !== null).toBe(executor.is_input_task_executor);
    expect(executor.task_executor_description.length).toBeGreaterThanOrEqual(10);
    expect(executor.parameters_schema).not.toHaveProperty('$schema');
  }
});

test('the executors may be kept for five minutes, and asked for again by their ETag', async () => {
  const user = await platform.as('app_user');
  const first = await user.get('/api/task-executors');
  expect(first.headers.get('cache-control')).toBe('private, max-age=300');
  const etag = first.headers.get('etag') ?? '';
  for (const known of [etag.replace('W/', ''), `"other", ${etag}`, '*']) {
    expect((await user.get('/api/task-executors', { 'If-None-Match': known })).status).toBe(304);
  }
  const again = await user.get('/api/task-executors', { 'If-None-Match': etag });
  expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, undefined, etag]);
  expect((await user.get('/api/task-executors', { 'If-None-Match': '"other"' })).status).toBe(200);
});

test('the models are sorted by name and counted, and the local one is in every region', async () => {
  const user = await platform.as('app_user');
  for (const query of ['', '?region=eu', '?region=global', '?region=']) {
    const { body } = await user.get(`/api/models${query}`);
    const names = body.models.map((model: { model_name: string }) => model.model_name);
    expect(names).toEqual([...names].sort());
    expect(body.count).toBe(names.length);
    expect(body.models.find((model: { model_name: string }) => model.model_name === 'local')).toMatchObject({
      providers: ['local'],
      regions: ['eu', 'global'],
      endpoint_count: 1,
    });
  }
  expect((await user.get('/api/models?region=mars')).body.detail).toMatchObject([{ type: 'enum', loc: ['query', 'region'] }]);
});
