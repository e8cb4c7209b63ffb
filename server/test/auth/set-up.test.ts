import { afterAll, expect, test } from 'vitest';
import { type Access, createAccess } from '#access';
import { createLog } from '#base';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestPlatform } from '../support/test-platform.ts';

const ADMIN = { email: 'first@ardent.example', password: 'correct horse battery' };
const log = createLog({ level: 'silent' });

const opened: { engineDb: EngineDatabase; database: TestDatabase }[] = [];

async function openEmptyPlatform(): Promise<{ access: Access; engineDb: EngineDatabase; encryptionKey: Buffer }> {
  const database = await createTestDatabase();
  const engineDb = createEngineDatabase(database.engineUrl, { max: 4 });
  opened.push({ engineDb, database });
  const { encryptionKey } = database;
  return { access: await createAccess({ engineDb, config: { encryptionKey }, log }), engineDb, encryptionKey };
}

afterAll(async () => {
  for (const { engineDb, database } of opened) {
    await engineDb.close();
    await database.drop();
  }
});

test('the configured administrator is made once, with slots for a hundred executions', async () => {
  const { access, engineDb } = await openEmptyPlatform();
  expect(await access.prepareFirstStart(ADMIN)).toEqual({ state: 'ready' });
  expect(await access.prepareFirstStart({ ...ADMIN, email: 'second@ardent.example' })).toEqual({ state: 'ready' });
  const users = await engineDb.query<{ email: string; role: string }>('test-users', 'select email, role from users', []);
  expect(users).toEqual([{ email: ADMIN.email, role: 'org_admin' }]);
  expect(await engineDb.query('test-slots', 'select count(*)::integer as slots from execution_slots', [])).toEqual([{ slots: 100 }]);
  expect(await access.signIn(ADMIN.email, ADMIN.password)).toHaveProperty('session');
});

test('without one a token makes the administrator, once, though many try at the same time', async () => {
  const { access, engineDb } = await openEmptyPlatform();
  const first = await access.prepareFirstStart();
  if (first.state !== 'set_up') throw new Error('expected a set-up token');
  expect(await access.prepareFirstStart()).toEqual(first);
  await expect(access.consumeSetupToken('guess', ADMIN)).rejects.toMatchObject({ code: 'unauthorized' });
  const tries = await Promise.allSettled(
    [1, 2, 3].map((n) => access.consumeSetupToken(first.token, { ...ADMIN, email: `admin-${n}@ardent.example` })),
  );
  expect(tries.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await engineDb.query('test-count', 'select count(*)::integer as users from users', [])).toEqual([{ users: 1 }]);
  expect(await access.prepareFirstStart()).toEqual({ state: 'ready' });
});

test('a weak password leaves nothing behind', async () => {
  const { access, engineDb } = await openEmptyPlatform();
  await expect(access.prepareFirstStart({ ...ADMIN, password: 'short' })).rejects.toMatchObject({ code: 'bad_request' });
  expect(await engineDb.query('test-organizations', 'select id from organizations where not is_system', [])).toEqual([]);
});

test('an encryption key that does not open the keys of the database stops the start and says so', async () => {
  const { engineDb } = await openEmptyPlatform();
  const config = { encryptionKey: Buffer.alloc(32, 7) };
  await expect(createAccess({ engineDb, config, log })).rejects.toThrow('FLOW_ENCRYPTION_KEY does not open');
});

test('every process of an installation gives out the same anon key', async () => {
  const { access, engineDb, encryptionKey } = await openEmptyPlatform();
  const second = await createAccess({ engineDb, config: { encryptionKey }, log });
  expect(second.anonKey).toBe(access.anonKey);
});

test('the token of the set-up link makes the first administrator over HTTP, who then signs in', async () => {
  const platform = await startTestPlatform();
  try {
    const anyone = await platform.as('anonymous');
    const first = await platform.access.prepareFirstStart();
    const token = first.state === 'set_up' ? first.token : '';
    expect((await anyone.post('/api/setup', { token, ...ADMIN, password: 'short' })).body.detail).toMatchObject([
      { type: 'string_too_short' },
    ]);
    expect((await anyone.post('/api/setup', { token: 'guess', ...ADMIN })).status).toBe(401);
    const made = await anyone.post('/api/setup', { token, ...ADMIN, organization_name: 'Made by hand' });
    expect(made).toMatchObject({ status: 201, body: { organization_id: expect.any(String), user_id: expect.any(String) } });
    expect((await anyone.post('/api/setup', { token, ...ADMIN, email: 'other@ardent.example' })).status).toBe(401);
    const session = await anyone.post('/auth/v1/token?grant_type=password', ADMIN);
    const profile = await anyone.get('/api/profile/me', { Authorization: `Bearer ${session.body.access_token}` });
    expect(profile.body).toMatchObject({ role: 'org_admin', organization_name: 'Made by hand' });
  } finally {
    await platform.close();
  }
});
