import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
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

/** A run that has ended, of one version of the flow. */
const addRun = (flowId: string, version: number, deleted = false) =>
  platform.engineDb.query(
    'add-run',
    `insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input, modified_by, deleted_at)
     select organization_id, $1, flow_id, id, version, 1, 'completed', 0, 1, 0, '{}', 'system', case when $4 then now() end
     from flow_versions where flow_id = $2 and version = $3`,
    [newId(), flowId, version, deleted],
  );

test('runs are counted over all versions, deleted ones left out; the newest version that has any is counted on request', async () => {
  const { body: flow } = await user.post('/api/flows', { display_name: 'Counted', definition: flatDefinition() });
  const { body: other } = await user.post('/api/flows', { display_name: 'Other', definition: flatDefinition() });
  for (let i = 0; i < 3; i++) await user.put(`/api/flows/${flow.id}/definition`, { definition: flatDefinition() });
  for (const version of [1, 2, 2, 3]) await addRun(flow.id, version, version === 3);
  await addRun(other.id, 1);
  const { body } = await user.get('/api/flows?search=counted&include_latest_version_executions_count=true');
  expect(body.flows[0]).toMatchObject({ version: 4, flow_executions_count: 3, latest_version_executions_count: 2 });
  expect((await user.get(`/api/flows/${flow.id}`)).body).toMatchObject({ flow_executions_count: 3, latest_version_executions_count: null });
  expect((await user.get(`/api/flows/${flow.id}/versions/1`)).body.flow_executions_count).toBe(3);
});
