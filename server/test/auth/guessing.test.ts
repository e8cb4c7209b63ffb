import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const EMAIL = 'ada@ardent.example';
const PASSWORD = 'correct horse battery';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.access.createUser({ organizationId: platform.a.id, email: EMAIL, password: PASSWORD, role: 'app_user' });
});
afterAll(() => platform.close());

const median = (times: number[]) => times.sort((x, y) => x - y)[Math.floor(times.length / 2)] as number;

test('an unknown address takes as long as a wrong password', async () => {
  const times: Record<'wrong' | 'unknown', number[]> = { wrong: [], unknown: [] };
  for (let i = 0; i < 30; i++) {
    for (const [name, email] of [['wrong', EMAIL] as const, ['unknown', `nobody-${i}@ardent.example`] as const]) {
      const start = performance.now();
      expect(await platform.access.signIn(email, 'not the password')).toEqual({ refused: 'invalid_credentials' });
      times[name].push(performance.now() - start);
    }
  }
  const [wrong, unknown] = [median(times.wrong), median(times.unknown)];
  expect(Math.abs(wrong - unknown)).toBeLessThan(Math.max(5, wrong / 3));
});

test('the eleventh password within a minute is not even looked at', async () => {
  const anyone = await platform.as('anonymous');
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++)
    statuses.push((await anyone.post('/auth/v1/token?grant_type=password', { email: EMAIL, password: `guess ${i}` })).status);
  expect(statuses).toEqual([...Array(10).fill(400), 429]);
  const limited = await anyone.post('/auth/v1/token?grant_type=password', { email: EMAIL, password: PASSWORD });
  expect(limited).toMatchObject({ status: 429, body: { error_code: 'over_request_rate_limit' } });
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
});
