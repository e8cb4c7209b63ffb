import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let key: TestClient;
let executionId: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  key = await platform.as('service_account');
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

describe('modified_by', () => {
  test.each([undefined, 'system', 'integration', '123e4567-e89b-12d3-a456-426614174000'])(
    'of a user is the user, whatever is sent (%s)',
    async (sent) => {
      expect((await post(sent === undefined ? {} : { modified_by: sent })).body.modified_by).toBe(user.id);
    },
  );

  test.each([
    [undefined, 'integration'],
    ['system', 'system'],
    ['integration', 'integration'],
    ['service-account', 'service-account'],
    ['123e4567-e89b-12d3-a456-426614174000', 'integration'],
    ['somebody else', 'integration'],
  ])('C27: of an API key that sends %s is %s', async (sent, recorded) => {
    expect((await post(sent === undefined ? {} : { modified_by: sent }, key)).body.modified_by).toBe(recorded);
  });
});

test.each(['org_admin', 'app_user', 'integration', 'service_account'] as const)('%s may post', async (caller) => {
  expect((await post({}, await platform.as(caller))).status).toBe(201);
});

test.each(['worker', 'publisher'] as const)('%s may not', async (caller) => {
  expect((await post({}, await platform.as(caller))).status).toBe(403);
});
