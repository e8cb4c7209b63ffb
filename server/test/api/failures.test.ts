import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BreakableConnection, openBreakableConnection } from '../support/breakable-connection.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let connection: BreakableConnection;

beforeAll(async () => {
  const connectBy = async (url: string) => {
    connection = await openBreakableConnection(url);
    return connection.url;
  };
  platform = await startTestPlatform({ connectBy });
});
afterAll(async () => {
  await platform.close();
  await connection.break();
});

async function asOwner(text: string): Promise<void> {
  const client = new Client({ connectionString: platform.ownerUrl });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

test('an error of the database tells nothing of itself, and is logged once under the request id', async () => {
  const admin = await platform.as('org_admin');
  await asOwner('alter table service_accounts rename column description to hidden');
  const answer = await admin
    .get('/api/service-accounts')
    .finally(() => asOwner('alter table service_accounts rename column hidden to description'));
  expect(answer).toMatchObject({ status: 500, body: { error: { message: 'Database operation failed', code: 'repository_error' } } });
  expect(JSON.stringify(answer.body)).not.toMatch(/description|column|select|service_accounts|at /i);
  const lines = platform.logged.filter((line) => line['request_id'] === answer.body.request_id);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ route: '/api/service-accounts', err: { code: '42703' } });
});

test('while the database is away requests are 503 with Retry-After, and afterwards they work', async () => {
  const admin = await platform.as('org_admin');
  const anyone = await platform.as('anonymous');
  await connection.break();
  const [answer, ready, live] = await Promise.all([
    admin.get('/api/service-accounts'),
    anyone.get('/health/ready'),
    anyone.get('/health/live'),
  ]);
  expect(answer).toMatchObject({ status: 503, body: { error: { code: 'service_unavailable' } } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect([ready.status, live.status]).toEqual([503, 200]);
  await connection.mend();
  expect((await admin.get('/api/service-accounts')).status).toBe(200);
});
