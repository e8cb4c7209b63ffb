import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform({ config: { rateLimitPerSecond: 5, corsOrigins: ['https://console.example'] } });
});
afterAll(() => platform.close());

test('G15: a caller over the rate is 429 with Retry-After, another caller is not, and health never is', async () => {
  const [busy, calm, anyone] = await Promise.all([platform.as('service_account'), platform.as('app_user'), platform.as('anonymous')]);
  const answers = await Promise.all(Array.from({ length: 30 }, () => busy.get('/api/models')));
  const refused = answers.filter((answer) => answer.status === 429);
  expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(5);
  expect(refused.length).toBeGreaterThan(10);
  expect(refused[0]?.body.error.code).toBe('rate_limited');
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await calm.get('/api/models')).status).toBe(200);
  const probes = await Promise.all(Array.from({ length: 30 }, () => anyone.get('/health/live')));
  expect(new Set(probes.map((answer) => answer.status))).toEqual(new Set([200]));
});

test('browsers get strict headers', async () => {
  const { headers } = await (await platform.as('anonymous')).get('/health/live');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('strict-transport-security')).toBeNull();
});

test('G15: a named origin may call and read our headers, another may not', async () => {
  const anyone = await platform.as('anonymous');
  const named = await anyone.get('/health/live', { Origin: 'https://console.example' });
  expect(named.headers.get('access-control-allow-origin')).toBe('https://console.example');
  expect(named.headers.get('access-control-expose-headers')).toMatch(
    /X-Request-ID.*X-Total-Count.*Link.*Location.*Retry-After.*ETag.*Idempotency-Replayed/,
  );
  const other = await anyone.get('/health/live', { Origin: 'https://evil.example' });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await anyone.send('OPTIONS', '/api/service-accounts', undefined, {
    Origin: 'https://console.example',
    'Access-Control-Request-Method': 'PATCH',
    'Access-Control-Request-Headers': 'authorization, content-type, idempotency-key, last-event-id, if-none-match',
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/idempotency-key.*last-event-id.*if-none-match/);
});

test('metrics count requests by route, never by a value of a caller', async () => {
  const admin = await platform.as('org_admin');
  await admin.get('/api/service-accounts/0198a000-0000-7000-8000-00000000abcd');
  const { status, body } = await admin.get('/metrics');
  expect(status).toBe(200);
  expect(body).toContain('flow_http_requests_total{method="GET",route="/api/service-accounts/:service_account_id",status="404"} 1');
  expect(body).not.toContain('00000000abcd');
});

test('the reference page and its script come from this server', async () => {
  const anyone = await platform.as('anonymous');
  const page = await anyone.get('/docs/');
  expect(page.status).toBe(200);
  expect(page.body).not.toMatch(/src="https?:/);
  const script = await anyone.get(`/docs/${/src="(js[^"]+)"/.exec(page.body)?.[1]}`);
  expect(script.status).toBe(200);
  expect(script.headers.get('content-type')).toContain('javascript');
  expect(script.headers.get('content-security-policy')).toContain("default-src 'self'");
});
