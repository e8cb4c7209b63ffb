import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '#access';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.close());

let made = 0;
async function signInSomebody(): Promise<Session> {
  const email = `user-${made++}@ardent.example`;
  const { id } = await platform.access.createUser({ organizationId: platform.a.id, email, role: 'app_user' });
  return platform.access.openSession(platform.a.id, id, 'password');
}

const profileWith = (token: string) => fetch(`${platform.url}/api/profile/me`, { headers: { Authorization: `Bearer ${token}` } });

async function refresh(token: string) {
  const anyone = await platform.as('anonymous');
  return anyone.post('/auth/v1/token?grant_type=refresh_token', { refresh_token: token });
}

const age = (seconds: number) =>
  platform.engineDb.query(
    'test-age-refresh',
    'update refresh_tokens set used_at = used_at - make_interval(secs => $1) where used_at is not null',
    [seconds],
  );

test('a refresh token makes the next one, and may be repeated within the grace', async () => {
  const session = await signInSomebody();
  const [first, repeated] = [await refresh(session.refreshToken), await refresh(session.refreshToken)];
  expect([first.status, repeated.status]).toEqual([200, 200]);
  expect((await refresh(first.body.refresh_token)).status).toBe(200);
  expect((await profileWith(first.body.access_token)).status).toBe(200);
});

test('a refresh token used again later ends the session of thief and owner', async () => {
  const session = await signInSomebody();
  const next = await refresh(session.refreshToken);
  await age(60);
  expect(await refresh(session.refreshToken)).toMatchObject({ status: 400, body: { error_code: 'refresh_token_already_used' } });
  expect(await refresh(next.body.refresh_token)).toMatchObject({ status: 403, body: { error_code: 'session_not_found' } });
  expect((await profileWith(next.body.access_token)).status).toBe(401);
});

test('two calls with one refresh token at once both get a session', async () => {
  const session = await signInSomebody();
  const answers = await Promise.all(Array.from({ length: 4 }, () => refresh(session.refreshToken)));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(4);
});

test('a refresh token that nobody used for months is gone', async () => {
  const session = await signInSomebody();
  await platform.engineDb.query('test-old-refresh', "update refresh_tokens set created_at = created_at - interval '61 days'", []);
  expect(await refresh(session.refreshToken)).toMatchObject({ status: 400, body: { error_code: 'refresh_token_not_found' } });
});

test('a deactivated user is out with the next request, and cannot renew', async () => {
  const session = await signInSomebody();
  expect((await profileWith(session.accessToken)).status).toBe(200);
  await platform.engineDb.query('test-deactivate', "update users set status = 'inactive' where id = $1", [session.user.id]);
  expect((await profileWith(session.accessToken)).status).toBe(401);
  expect(await refresh(session.refreshToken)).toMatchObject({ status: 403, body: { error_code: 'user_banned' } });
});

test('a changed role counts from the next request, whatever the token says', async () => {
  const session = await signInSomebody();
  await platform.engineDb.query('test-promote', "update users set role = 'worker' where id = $1", [session.user.id]);
  expect(await (await profileWith(session.accessToken)).json()).toMatchObject({ role: 'worker' });
  const refused = await fetch(`${platform.url}/api/service-accounts`, { headers: { Authorization: `Bearer ${session.accessToken}` } });
  expect(refused.status).toBe(403);
});

test('an inactive organization may be read, not changed, and nobody signs in to it', async () => {
  const { id: organizationId } = await platform.access.createOrganization({ name: 'Dormant' });
  const password = 'correct horse battery';
  const user = await platform.access.createUser({ organizationId, email: 'admin@dormant.example', password, role: 'org_admin' });
  const session = await platform.access.openSession(organizationId, user.id, 'password');
  await platform.engineDb.query('test-freeze', 'update organizations set is_active = false where id = $1', [organizationId]);
  const headers = { Authorization: `Bearer ${session.accessToken}`, 'Content-Type': 'application/json' };
  expect((await fetch(`${platform.url}/api/service-accounts`, { headers })).status).toBe(200);
  const write = await fetch(`${platform.url}/api/service-accounts`, { method: 'POST', headers, body: '{"name": "x"}' });
  expect([write.status, await write.json()]).toMatchObject([403, { error: { code: 'organization_inactive' } }]);
  const anyone = await platform.as('anonymous');
  const signIn = await anyone.post('/auth/v1/token?grant_type=password', { email: 'admin@dormant.example', password });
  expect(signIn).toMatchObject({ status: 403, body: { error_code: 'user_banned' } });
});
