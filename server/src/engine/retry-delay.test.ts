import { expect, test } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

const policy = { maxAttempts: 4, initialIntervalMs: 100, backoff: 3, maxIntervalMs: 500, nonRetryable: ['gone'] };
const failure = { tries: 0, code: 'busy', retryable: true };

test('each wait is longer, up to the maximum, and half of it is chance', () => {
  const waits = [0, 1, 2].map((tries) => retryDelayMs(policy, { ...failure, tries }, () => 1));
  expect(waits).toEqual([100, 300, 500]);
  expect(retryDelayMs(policy, failure, () => 0)).toBe(50);
  expect(retryDelayMs(policy, { ...failure, tries: 2 }, () => 0)).toBe(250);
});

test('the last attempt, a code that is excluded and a failure that is final end it', () => {
  expect(retryDelayMs(policy, { ...failure, tries: 3 })).toBeUndefined();
  expect(retryDelayMs(policy, { ...failure, code: 'gone' })).toBeUndefined();
  expect(retryDelayMs(policy, { ...failure, retryable: false })).toBeUndefined();
  expect(retryDelayMs({ ...policy, maxAttempts: 1 }, failure)).toBeUndefined();
});

test("a server's Retry-After is a floor, even above the maximum", () => {
  expect(retryDelayMs(policy, { ...failure, retryAfterMs: 9000 }, () => 0)).toBe(9000);
  expect(retryDelayMs(policy, { ...failure, retryAfterMs: 10 }, () => 1)).toBe(100);
});

test('no wait is longer than the statement can hold', () => {
  const months = { ...policy, initialIntervalMs: 90 * 86_400_000, maxIntervalMs: 90 * 86_400_000 };
  expect(retryDelayMs(months, failure, () => 1)).toBe(2 ** 31 - 1);
});
