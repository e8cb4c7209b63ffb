import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { flatDefinition } from './definitions.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ config: { uniqueFlowNames: false } });
});
afterAll(() => platform.close());

test('C8: with FLOW_UNIQUE_FLOW_NAMES=false a script may create the same name twice', async () => {
  const user = await platform.as('app_user');
  const body = { display_name: 'Same', definition: flatDefinition() };
  const [first, second] = [await user.post('/api/flows', body), await user.post('/api/flows', body)];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).not.toBe(first.body.id);
  expect((await user.patch(`/api/flows/${first.body.id}`, { display_name: 'Same', description: 'x' })).status).toBe(200);
});
