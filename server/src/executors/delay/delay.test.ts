import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import { contextOf } from '../testing/executor-context.ts';
import { delay } from './delay.ts';

describe('delay', () => {
  test('a short one is held to the millisecond, counted from the first attempt', async () => {
    const firstStartedAt = new Date();
    const outcome = await delay.run({ duration: '60ms' }, contextOf({ firstStartedAt }));
    expect(Date.now() - firstStartedAt.getTime()).toBeGreaterThanOrEqual(59);
    expect(outcome).toEqual({
      status: 'completed',
      output: { waited_ms: 60, until: new Date(firstStartedAt.getTime() + 60).toISOString() },
    });
  });

  test('a retry after a crash does not wait anew', async () => {
    const startedAt = performance.now();
    const outcome = await delay.run({ duration: '1h' }, contextOf({ firstStartedAt: new Date(Date.now() - 3_600_001) }));
    expect(outcome).toMatchObject({ status: 'completed', output: { waited_ms: 3_600_000 } });
    expect(performance.now() - startedAt).toBeLessThan(50);
  });

  test('a long one is a timer row, which completes when it is due', async () => {
    const firstStartedAt = new Date();
    const outcome = await delay.run({ duration: '1h30m' }, contextOf({ firstStartedAt }));
    const until = new Date(firstStartedAt.getTime() + 5_400_000);
    expect(outcome).toEqual({ status: 'scheduled', until, checkpoint: { until: until.toISOString() } });
    const due = contextOf({ firstStartedAt: new Date(Date.now() - 5_400_001), checkpoint: { until: until.toISOString() } });
    expect(await delay.run({ duration: '1h30m' }, due)).toMatchObject({ status: 'completed', output: { waited_ms: 5_400_000 } });
  });

  test('until a moment, with its offset; one that is past is no wait', async () => {
    const until = new Date(Date.now() + 40).toISOString();
    expect(await delay.run({ until }, contextOf())).toMatchObject({ status: 'completed', output: { until } });
    expect(await delay.run({ until: '2020-01-01T00:00:00+02:00' }, contextOf())).toMatchObject({
      status: 'completed',
      output: { waited_ms: 0, until: '2019-12-31T22:00:00.000Z' },
    });
    expect(await delay.run({ until: '2999-01-01' }, contextOf())).toMatchObject({ status: 'failed' });
  });

  test('an abort ends the wait at once', async () => {
    const controller = new AbortController();
    const startedAt = performance.now();
    const running = delay.run({ duration: '2s' }, contextOf({ signal: controller.signal }));
    controller.abort();
    expect(await running).toMatchObject({ status: 'failed', error: { code: 'aborted' } });
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  test.each([
    {},
    { duration: '5s', until: '2030-01-01T00:00:00Z' },
    { duration: 'soon' },
    { duration: '-5s' },
    { duration: '100000d' },
    { duration: 0 },
    { until: 'tomorrow' },
    { until: '2030-01-01T10:00:00' },
    { until: '2030-13-45T00:00:00Z' },
    { duration: ['1s'] },
    { wait: '1s' },
  ] as JsonObject[])('%j is refused as a value', async (parameters) => {
    expect(await delay.run(parameters, contextOf())).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_parameters', retryable: false },
    });
  });
});
