import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpDatabase } from '../support/dump-database.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
});
afterAll(() => platform.close());

test('who steals the database steals no key, no password, no token', async () => {
  const password = 'canary password 4711';
  const email = 'canary@ardent.example';
  await platform.access.createUser({ organizationId: platform.a.id, email, password, role: 'org_admin' });
  const signIn = await platform.access.signIn(email, password);
  if (!('session' in signIn)) throw new Error('not signed in');
  const admin = await platform.as('org_admin');
  const account = (await admin.post('/api/service-accounts', { name: 'canary account' })).body;

  const text = await dumpDatabase(platform);
  expect(text).toContain('canary account');
  expect(text).toContain(account.token_prefix);
  const { accessToken, refreshToken } = signIn.session;
  const secrets = [password, account.token, account.token.slice(-37), accessToken, accessToken.split('.')[2] ?? '', refreshToken];
  for (const secret of secrets) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('hex'));
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
});

test('no secret reaches the log', async () => {
  const anyone = await platform.as('anonymous');
  await anyone.post('/auth/v1/token?grant_type=password', { email: 'x@y.example', password: 'logged password?' });
  await anyone.get('/api/profile/me', { 'X-API-Key': 'saf_org_logged_key' });
  const text = JSON.stringify(platform.logged);
  expect(text).not.toContain('logged password?');
  expect(text).not.toContain('saf_org_logged_key');
});
