import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const patch = (body: unknown) => user.patch('/api/profile/me', body);
const settings = async () => (await user.get('/api/profile/me')).body.settings;

test('a user renames themselves, and is answered the stored user', async () => {
  const { status, body } = await patch({
    first_name: '李',
    last_name: 'García',
    email: 'other@example.org',
    role: 'org_admin',
    status: 'inactive',
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    id: user.id,
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
    modified_by: user.id,
    first_name: '李',
    last_name: 'García',
    email: 'app_user@ardent.example',
    role: 'app_user',
    status: 'active',
    organization_id: platform.a.id,
    user_auth_id: user.id,
    settings: {},
    deleted: false,
  });
  expect((await user.get('/api/profile/me')).body).toMatchObject({ first_name: '李', last_name: 'García' });
});

test('null and absent fields stay as they are; a password is ignored', async () => {
  await patch({ first_name: 'Ada', last_name: 'Lovelace' });
  const { body } = await patch({ first_name: null, password: 'a-long-password', settings: null });
  expect(body).toMatchObject({ first_name: 'Ada', last_name: 'Lovelace' });
  expect((await patch({})).status).toBe(200);
});

describe('settings', () => {
  test('change by key; filters are replaced, views by flow are merged and taken away by null', async () => {
    const [one, two, view] = [newId(), newId(), newId()];
    await patch({
      settings: {
        hub_view: 'list',
        runs_per_page: 25,
        hub_tag_filters: [{ values: ['a'] }],
        default_flow_views: { [one]: 'runs', [two.toUpperCase()]: view },
      },
    });
    await patch({ settings: { hub_view: null, sidebar_open: false, hub_tag_filters: [], default_flow_views: { [one]: null } } });
    expect(await settings()).toEqual({
      templates_collapsed: false,
      hub_view: 'list',
      sidebar_open: false,
      hub_sort: 'created_at_desc',
      hub_tag_filters: [],
      runs_per_page: 25,
      default_flow_views: { [two]: view },
    });
  });

  test('that are changed at once all stay', async () => {
    const ids = Array.from({ length: 8 }, newId);
    const answers = await Promise.all(ids.map((id) => patch({ settings: { default_flow_views: { [id]: 'runs' } } })));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
    expect(Object.keys((await settings()).default_flow_views)).toEqual(expect.arrayContaining(ids));
  });

  test.each([
    ['an unknown key', { colour: 'blue' }],
    ['an unknown view', { hub_view: 'grid' }],
    ['a flow that is no id', { default_flow_views: { here: 'runs' } }],
    ['a view that is neither an id nor runs', { default_flow_views: { [newId()]: 'table' } }],
    ['a text for a number', { runs_per_page: '5' }],
  ])('with %s are 422', async (_, change) => {
    expect((await patch({ settings: change })).status).toBe(422);
  });
});

test.each([
  ['an empty name', { first_name: '' }],
  ['a name of 101 characters', { last_name: 'x'.repeat(101) }],
  ['a short password', { password: 'short' }],
  ['a long password', { password: 'x'.repeat(129) }],
])('%s is 422', async (_, body) => {
  expect((await patch(body)).status).toBe(422);
});

test('a service account has no profile to change', async () => {
  const key = await platform.as('service_account');
  expect((await key.patch('/api/profile/me', { first_name: 'Key' })).status).toBe(403);
});
