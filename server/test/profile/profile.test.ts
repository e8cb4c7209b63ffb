import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.close());

test('a user learns who they are, with every setting filled in', async () => {
  const user = await platform.as('worker');
  const { status, body } = await user.get('/api/profile/me');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: user.id,
    first_name: 'Test',
    email: 'worker@ardent.example',
    role: 'worker',
    status: 'active',
    organization_id: platform.a.id,
    organization_name: 'Ardent',
    organization_tier: 'enterprise',
    organization_payment_method: 'stripe',
    landing_page: { landing_page_config: 'hub', landing_page_flow_id: null },
  });
  expect(body.settings).toEqual({
    templates_collapsed: false,
    hub_view: 'cards',
    sidebar_open: true,
    hub_sort: 'created_at_desc',
    hub_tag_filters: [],
    runs_per_page: 10,
    default_flow_views: {},
  });
});

test('settings that were stored stand beside the defaults', async () => {
  const user = await platform.as('app_user');
  const settings = JSON.stringify({ hub_view: 'list', default_flow_views: { 'a-flow': 'runs' } });
  await platform.engineDb.query('test-settings', 'update users set settings = $2 where id = $1', [user.id, settings]);
  expect((await user.get('/api/profile/me')).body.settings).toMatchObject({
    hub_view: 'list',
    runs_per_page: 10,
    default_flow_views: { 'a-flow': 'runs' },
  });
});

test('a key learns which service account it belongs to', async () => {
  const key = await platform.as('service_account', platform.b);
  expect((await key.get('/api/profile/me')).body).toMatchObject({
    id: key.id,
    first_name: 'integration of Borealis',
    last_name: '',
    email: `${key.id}@service.invalid`,
    role: 'integration',
    organization_id: platform.b.id,
    organization_name: 'Borealis',
  });
});
