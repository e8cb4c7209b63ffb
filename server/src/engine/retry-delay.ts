import type { RetryPolicy } from '#language';

/** Half of the wait is fixed, half is chance: what failed together does not come back together. */
const JITTER = 0.5;

/** 24 days: what the statement's integer holds. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * When a task that has failed `tries` times before this failure runs again, in milliseconds from now; undefined where the policy ends it.
 * `retryAfterMs` (a server's Retry-After) is a floor, even over the policy's maximum: to come earlier is to fail again.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failure: { tries: number; code: string; retryable: boolean; retryAfterMs?: number | undefined },
  random: () => number = Math.random,
): number | undefined {
  if (!failure.retryable || failure.tries + 1 >= policy.maxAttempts || policy.nonRetryable.includes(failure.code)) return undefined;
  const full = Math.min(policy.initialIntervalMs * policy.backoff ** failure.tries, policy.maxIntervalMs);
  return Math.min(Math.max(Math.round(full * (1 - JITTER + JITTER * random())), failure.retryAfterMs ?? 0), LONGEST_MS);
}
