import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const VALUE = 'zq-canary-value-7f3a';

let platform: TestPlatform;
let admin: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  admin = await platform.as('org_admin');
});
afterAll(() => platform.close());

const put = (name: string, body: unknown = { value: VALUE }, client = admin) => client.put(`/api/secrets/${name}`, body);
const names = async (client: TestClient) => (await client.get('/api/secrets')).body.map((secret: { name: string }) => secret.name);

describe('a secret', () => {
  test('is new once, then changed, and answers names and dates alone', async () => {
    const made = await put('API_KEY');
    expect(made.status).toBe(201);
    expect(made.body).toEqual({ name: 'API_KEY', modified_by: admin.id, created_at: expect.any(String), updated_at: made.body.created_at });
    const other = await platform.as('admin_service_account');
    const changed = await put('API_KEY', { value: 'another' }, other);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ modified_by: 'integration', created_at: made.body.created_at });
    const list = await admin.get('/api/secrets');
    expect(list.body).toEqual([changed.body]);
    expect(list.headers.get('x-total-count')).toBe('1');
  });

  test('is listed by name, in pages', async () => {
    for (const name of ['ZED', 'MIDDLE', '_first']) await put(name);
    expect(await names(admin)).toEqual(['API_KEY', 'MIDDLE', 'ZED', '_first']);
    const page = await admin.get('/api/secrets?offset=1&limit=2');
    expect(page.body.map((secret: { name: string }) => secret.name)).toEqual(['MIDDLE', 'ZED']);
    expect(page.headers.get('x-total-count')).toBe('4');
  });

  test('is gone when it was deleted', async () => {
    expect((await admin.delete('/api/secrets/ZED')).status).toBe(204);
    expect((await admin.delete('/api/secrets/ZED')).status).toBe(404);
    expect(await names(admin)).not.toContain('ZED');
  });

  test("is another organization's own under the same name", async () => {
    const theirs = await platform.as('org_admin', platform.b);
    expect(await names(theirs)).toEqual([]);
    expect((await theirs.delete('/api/secrets/API_KEY')).status).toBe(404);
    expect((await put('API_KEY', { value: 'theirs' }, theirs)).status).toBe(201);
    expect(await names(admin)).toContain('API_KEY');
  });

  test('may have 64 KiB, and a name that can be written in a reference', async () => {
    expect((await put('LARGE', { value: 'ü'.repeat(32 * 1024) })).status).toBe(201);
    expect((await put('LARGE', { value: 'ü'.repeat(32 * 1024 + 1) })).status).toBe(413);
    for (const name of ['1ST', 'a-b', 'a.b', 'a%20b', 'x'.repeat(101), '%7B%7B']) expect((await put(name)).status, name).toBe(422);
    for (const body of [{}, { value: '' }, { value: null }, { value: 5 }, { value: ['x'] }, []])
      expect((await put('A', body)).status, JSON.stringify(body)).toBe(422);
  });
});

describe('who may', () => {
  test.each([
    ['org_admin', 200, 200],
    ['backoffice', 200, 200],
    ['admin_service_account', 200, 200],
    ['app_user', 200, 403],
    ['service_account', 200, 403],
    ['integration', 200, 403],
    ['worker', 403, 403],
    ['publisher', 403, 403],
    ['anonymous', 401, 401],
  ] as const)('%s', async (caller, read, write) => {
    const client = await platform.as(caller);
    expect((await client.get('/api/secrets')).status).toBe(read);
    expect((await put('API_KEY', { value: 'x' }, client)).status).toBe(write);
    if (write !== 200) expect((await client.delete('/api/secrets/API_KEY')).status).toBe(write);
  });
});

describe('a value that is refused', () => {
  test.each<[string, string]>([
    ['a number', JSON.stringify({ value: 7, note: VALUE })],
    ['a list', JSON.stringify({ value: [VALUE] })],
    ['under another name', JSON.stringify({ valeu: VALUE })],
    ['as the whole body', JSON.stringify(VALUE)],
    ['in a list', JSON.stringify([VALUE])],
    ['with a NUL', JSON.stringify({ value: `${VALUE}\0` })],
    ['with half a character', `{"value": "${VALUE}\\ud800"}`],
    ['in broken JSON', `{"value": "${VALUE}" oops`],
    ['alone', VALUE],
    ['too large', JSON.stringify({ value: VALUE.repeat(10_000) })],
  ])('%s: is not repeated', async (_, body) => {
    const answer = await admin.put('/api/secrets/REFUSED', body, { 'Content-Type': 'application/json' });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.stringify(answer.body)).not.toContain(VALUE.slice(0, 9));
  });
});

test('what lies in the database opens nowhere else', async () => {
  await put('ONE', { value: 'first value' });
  await put('TWO', { value: 'second value' });
  const rows = await platform.engineDb.query<{ name: string; sealed: Buffer }>(
    'test-sealed',
    "select name, sealed from secrets where organization_id = $1 and name in ('ONE', 'TWO') order by name",
    [platform.a.id],
  );
  expect(rows.map(({ sealed }) => sealed.toString('latin1')).join()).not.toMatch(/first|second/);
  const { createSecretReader, unsealSecret } = await import('#access');
  const { encryptionKey } = platform.config;
  const reader = createSecretReader({ engineDb: platform.engineDb, encryptionKey });
  expect(await reader.open(platform.a.id, ['ONE', 'TWO', 'NONE'])).toEqual({ ONE: 'first value', TWO: 'second value' });
  expect(await reader.open(platform.b.id, ['ONE'])).toEqual({});
  const sealed = rows[0]?.sealed ?? Buffer.alloc(0);
  const place = { organizationId: platform.a.id, name: 'ONE' };
  expect(unsealSecret(encryptionKey, place, sealed)).toBe('first value');
  const wrong: [Buffer, typeof place, Buffer][] = [
    [encryptionKey, { ...place, name: 'TWO' }, sealed],
    [encryptionKey, { ...place, organizationId: platform.b.id }, sealed],
    [Buffer.alloc(32, 1), place, sealed],
    [encryptionKey, place, Buffer.concat([sealed.subarray(0, -1), Buffer.of((sealed.at(-1) ?? 0) ^ 1)])],
  ];
  for (const [key, at, bytes] of wrong) expect(() => unsealSecret(key, at, bytes)).toThrow("The secret '");
});
