import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ACCOUNTS = '/api/service-accounts';

let platform: TestPlatform;
let admin: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  admin = await platform.as('org_admin');
});
afterAll(() => platform.close());

const create = async (body: object = { name: 'Importer' }) => (await admin.post(ACCOUNTS, body)).body;
const statusWith = async (token: string) => (await fetch(`${platform.url}/api/profile/me`, { headers: { 'X-API-Key': token } })).status;

test('a new account comes with its first key, which works at once', async () => {
  const answer = await admin.post(ACCOUNTS, { name: '  Importer  ', description: 'reads invoices' });
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({
    name: 'Importer',
    description: 'reads invoices',
    status: 'active',
    role: 'integration',
    organization_id: platform.a.id,
  });
  expect(answer.body.modified_by).toBe(admin.id);
  expect(answer.body.updated_at).toBe(answer.body.created_at);
  expect(answer.body.token.startsWith(answer.body.token_prefix)).toBe(true);
  expect(await statusWith(answer.body.token)).toBe(200);
  const keys = (await admin.get(`${ACCOUNTS}/${answer.body.id}/api-keys`)).body;
  expect(keys).toMatchObject([
    {
      id: answer.body.api_key_id,
      name: 'Importer',
      token_prefix: answer.body.token_prefix,
      user_id: null,
      service_account_id: answer.body.id,
    },
  ]);
});

test('a token is shown when it is made and never again', async () => {
  const account = await create();
  const key = (await admin.post(`${ACCOUNTS}/${account.id}/api-keys`, { name: 'second' })).body;
  const reads = await Promise.all([
    admin.get(ACCOUNTS),
    admin.get(`${ACCOUNTS}/${account.id}`),
    admin.get(`${ACCOUNTS}/${account.id}/api-keys`),
  ]);
  for (const { body } of reads) {
    expect(JSON.stringify(body)).not.toContain(account.token.slice(-37));
    expect(JSON.stringify(body)).not.toContain(key.token.slice(-37));
    expect(JSON.stringify(body)).not.toContain('"token"');
  }
  expect(reads[1].body.token_prefix).toBe(key.token_prefix);
});

test('accounts are listed newest first, in pages', async () => {
  const made = [await create({ name: 'one' }), await create({ name: 'two' }), await create({ name: 'three' })];
  const page = await admin.get(`${ACCOUNTS}?limit=2`);
  expect(page.body.map((account: { id: string }) => account.id)).toEqual([made[2].id, made[1].id]);
  expect(Number(page.headers.get('x-total-count'))).toBeGreaterThanOrEqual(3);
  expect((await admin.get(`${ACCOUNTS}?offset=1&limit=1`)).body[0].id).toBe(made[1].id);
  expect((await admin.get(`${ACCOUNTS}?offset=100000`)).body).toEqual([]);
});

test('a change touches name and description alone; null clears only the description', async () => {
  const account = await create({ name: 'Importer', description: 'old' });
  const path = `${ACCOUNTS}/${account.id}`;
  const renamed = await admin.patch(path, { name: 'Exporter', status: 'inactive', token: 'mine', organization_id: platform.b.id });
  expect(renamed).toMatchObject({
    status: 200,
    body: { name: 'Exporter', description: 'old', status: 'active', organization_id: platform.a.id },
  });
  expect(Date.parse(renamed.body.updated_at)).toBeGreaterThan(Date.parse(account.updated_at));
  expect((await admin.patch(path, { name: null, description: null })).body).toMatchObject({ name: 'Exporter', description: null });
  expect((await admin.patch(path, {})).body).toMatchObject({ name: 'Exporter', description: null });
  expect((await admin.patch(path, { name: '   ' })).body.detail).toMatchObject([{ type: 'string_too_short', loc: ['body', 'name'] }]);
  expect((await admin.patch(path, { name: 'x'.repeat(256) })).body.detail).toMatchObject([{ type: 'string_too_long' }]);
});

test('keys of an inactive account open nothing until it is active again', async () => {
  const account = await create();
  const [off, on] = [`${ACCOUNTS}/${account.id}/deactivate`, `${ACCOUNTS}/${account.id}/activate`];
  for (let i = 0; i < 2; i++) expect((await admin.post(off)).body.status).toBe('inactive');
  expect(await statusWith(account.token)).toBe(401);
  const key = await admin.post(`${ACCOUNTS}/${account.id}/api-keys`, { name: 'made while inactive' });
  expect([key.status, await statusWith(key.body.token)]).toEqual([201, 401]);
  for (let i = 0; i < 2; i++) expect((await admin.post(on)).body.status).toBe('active');
  expect([await statusWith(account.token), await statusWith(key.body.token)]).toEqual([200, 200]);
});

test('a deleted account is gone with its keys, from the next request on', async () => {
  const account = await create();
  expect((await admin.delete(`${ACCOUNTS}/${account.id}`)).status).toBe(204);
  expect(await statusWith(account.token)).toBe(401);
  expect((await admin.delete(`${ACCOUNTS}/${account.id}`)).status).toBe(404);
  expect((await admin.get(`${ACCOUNTS}/${account.id}/api-keys`)).status).toBe(404);
});

test('a deleted key opens nothing, is not listed, and leaves no hash', async () => {
  const account = await create();
  const path = `${ACCOUNTS}/${account.id}/api-keys/${account.api_key_id}`;
  expect((await admin.delete(path)).status).toBe(204);
  expect(await statusWith(account.token)).toBe(401);
  expect((await admin.get(`${ACCOUNTS}/${account.id}/api-keys`)).body).toEqual([]);
  expect([(await admin.delete(path)).status, (await admin.patch(path, { name: 'x' })).status]).toEqual([404, 404]);
  const rows = await platform.engineDb.query('test-key', 'select deleted, token_hash from api_keys where id = $1', [account.api_key_id]);
  expect(rows).toEqual([{ deleted: true, token_hash: null }]);
});

test('a key is renamed, and only under the path of its own account', async () => {
  const [account, other] = [await create(), await create()];
  const renamed = await admin.patch(`${ACCOUNTS}/${account.id}/api-keys/${account.api_key_id}`, {
    name: 'night',
    description: 'runs at night',
  });
  expect(renamed).toMatchObject({ status: 200, body: { name: 'night', description: 'runs at night', token_prefix: account.token_prefix } });
  const foreign = `${ACCOUNTS}/${other.id}/api-keys/${account.api_key_id}`;
  expect([(await admin.patch(foreign, { name: 'x' })).status, (await admin.delete(foreign)).status]).toEqual([404, 404]);
  expect(await statusWith(account.token)).toBe(200);
});

test('an account has at most fifty live keys, also when they are made at the same time', async () => {
  const account = await create();
  const path = `${ACCOUNTS}/${account.id}/api-keys`;
  const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => admin.post(path, { name: `key ${i}` })));
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(49);
  expect(answers.filter((answer) => answer.status === 409)).toHaveLength(11);
  await admin.delete(`${path}/${account.api_key_id}`);
  expect((await admin.post(path, { name: 'room again' })).status).toBe(201);
});

test('the use of a key is noted to the minute', async () => {
  const account = await create();
  const path = `${ACCOUNTS}/${account.id}/api-keys`;
  expect((await admin.get(path)).body[0].last_used_at).toBeNull();
  await statusWith(account.token);
  const [first] = (await admin.get(path)).body;
  expect(Math.abs(Date.parse(first.last_used_at) - Date.now())).toBeLessThan(60_000);
  await statusWith(account.token);
  expect((await admin.get(path)).body[0].last_used_at).toBe(first.last_used_at);
});

test('an account may administer by key only where an administrator asked for it', async () => {
  const ordinary = await create();
  const administrator = await create({ name: 'Provisioner', role: 'org_admin' });
  const createWith = (token: string) =>
    fetch(`${platform.url}${ACCOUNTS}`, {
      method: 'POST',
      headers: { 'X-API-Key': token, 'Content-Type': 'application/json' },
      body: '{"name": "made by key"}',
    });
  expect((await createWith(ordinary.token)).status).toBe(403);
  const made = await createWith(administrator.token);
  expect([made.status, ((await made.json()) as { modified_by: string }).modified_by]).toEqual([201, 'integration']);
  expect((await admin.post(ACCOUNTS, { name: 'x', role: 'backoffice' })).status).toBe(422);
});

test('an id that nobody has is 404 on every operation', async () => {
  const path = `${ACCOUNTS}/${newId()}`;
  const answers = await Promise.all([
    admin.get(path),
    admin.patch(path, { name: 'x' }),
    admin.delete(path),
    admin.post(`${path}/activate`),
    admin.get(`${path}/api-keys`),
    admin.post(`${path}/api-keys`, { name: 'x' }),
    admin.patch(`${path}/api-keys/${newId()}`, { name: 'x' }),
    admin.delete(`${path}/api-keys/${newId()}`),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404));
});
