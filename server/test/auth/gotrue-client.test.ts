import { AuthClient } from '@supabase/auth-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const EMAIL = 'Ada@Ardent.example';
const PASSWORD = 'correct horse battery';

let platform: TestPlatform;
let userId: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  const user = {
    organizationId: platform.a.id,
    email: EMAIL,
    password: PASSWORD,
    role: 'app_user' as const,
    firstName: 'Ada',
    lastName: 'Byron',
  };
  userId = (await platform.access.createUser(user)).id;
});
afterAll(() => platform.close());

async function createGoTrueClient(): Promise<InstanceType<typeof AuthClient>> {
  const anyone = await platform.as('anonymous');
  const { anon_key: anonKey } = (await anyone.get('/api/auth/anon-key')).body;
  return new AuthClient({
    url: `${platform.url}/auth/v1`,
    headers: { apikey: anonKey },
    persistSession: false,
    autoRefreshToken: false,
    detectSessionInUrl: false,
  });
}

test('the client of GoTrue signs in, and its token opens the API', async () => {
  const client = await createGoTrueClient();
  const { data, error } = await client.signInWithPassword({ email: EMAIL.toLowerCase(), password: PASSWORD });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    id: userId,
    email: EMAIL,
    app_metadata: { org_id: platform.a.id, role: 'app_user' },
    user_metadata: { first_name: 'Ada' },
  });
  expect(data.session).toMatchObject({ token_type: 'bearer', expires_in: 3_600 });
  const profile = await fetch(`${platform.url}/api/profile/me`, { headers: { Authorization: `Bearer ${data.session?.access_token}` } });
  expect(await profile.json()).toMatchObject({
    id: userId,
    email: EMAIL,
    first_name: 'Ada',
    role: 'app_user',
    organization_name: 'Ardent',
  });
});

test('a token carries the claims of the contract', async () => {
  const client = await createGoTrueClient();
  const { data } = await client.signInWithPassword({ email: EMAIL, password: PASSWORD });
  const claims = JSON.parse(Buffer.from(data.session?.access_token.split('.')[1] ?? '', 'base64url').toString());
  expect(claims).toMatchObject({ sub: userId, email: EMAIL, aud: 'authenticated', aal: 'aal1', org_id: platform.a.id, role: 'app_user' });
  expect(claims.amr).toEqual([{ method: 'password', timestamp: expect.any(Number) }]);
  expect(claims.exp - claims.iat).toBe(3_600);
  expect(claims.session_id).toMatch(/^[0-9a-f-]{36}$/);
});

test('the client renews its session and reads its user', async () => {
  const client = await createGoTrueClient();
  const first = await client.signInWithPassword({ email: EMAIL, password: PASSWORD });
  const second = await client.refreshSession();
  expect(second.error).toBeNull();
  expect(second.data.session?.refresh_token).not.toBe(first.data.session?.refresh_token);
  const { data } = await client.getUser();
  expect(data.user?.id).toBe(userId);
});

test('a wrong password and an unknown address are told in the same words', async () => {
  const client = await createGoTrueClient();
  const wrong = await client.signInWithPassword({ email: EMAIL, password: 'something else' });
  const unknown = await client.signInWithPassword({ email: 'nobody@ardent.example', password: PASSWORD });
  for (const { data, error } of [wrong, unknown]) {
    expect(data.session).toBeNull();
    expect(error).toMatchObject({ status: 400, code: 'invalid_credentials', message: 'Invalid login credentials' });
  }
});

test('signing out ends the session at once', async () => {
  const client = await createGoTrueClient();
  const { data } = await client.signInWithPassword({ email: EMAIL, password: PASSWORD });
  expect((await client.signOut()).error).toBeNull();
  const headers = { Authorization: `Bearer ${data.session?.access_token}` };
  expect((await fetch(`${platform.url}/api/profile/me`, { headers })).status).toBe(401);
  const again = await client.refreshSession({ refresh_token: data.session?.refresh_token ?? '' });
  expect(again.error?.name).toBe('AuthSessionMissingError');
});

test('signing out elsewhere leaves this session', async () => {
  const [here, there] = [await createGoTrueClient(), await createGoTrueClient()];
  await here.signInWithPassword({ email: EMAIL, password: PASSWORD });
  await there.signInWithPassword({ email: EMAIL, password: PASSWORD });
  expect((await here.signOut({ scope: 'others' })).error).toBeNull();
  expect((await here.getUser()).data.user?.id).toBe(userId);
  expect((await there.getUser()).data.user).toBeNull();
});

test('errors of sign-in have the form that old and new clients of GoTrue read', async () => {
  const anyone = await platform.as('anonymous');
  const refused = await anyone.post('/auth/v1/token?grant_type=refresh_token', { refresh_token: 'nonsense' });
  expect(refused.status).toBe(400);
  expect(refused.body).toEqual({
    code: 400,
    error_code: 'refresh_token_not_found',
    msg: 'Invalid Refresh Token: Refresh Token Not Found',
    error: 'invalid_grant',
    error_description: 'Invalid Refresh Token: Refresh Token Not Found',
  });
  expect(await anyone.post('/auth/v1/token?grant_type=magic', {})).toMatchObject({
    status: 422,
    body: { error_code: 'validation_failed' },
  });
  expect(await anyone.post('/auth/v1/token?grant_type=password', { email: EMAIL })).toMatchObject({
    status: 422,
    body: { error_code: 'validation_failed' },
  });
  expect(
    await anyone.post('/auth/v1/token?grant_type=refresh_token', { refresh_token: 'x' }, { apikey: 'of-another-installation' }),
  ).toMatchObject({
    status: 401,
    body: { msg: 'Invalid API key' },
  });
});
