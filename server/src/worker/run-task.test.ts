import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '#base';
import type { ClaimedTask } from '#engine';
import type { Executor, ExecutorContext, Outcome } from '#executors';
import { runTask, type TaskSurroundings } from './run-task.ts';
import type { ReadValues } from './task-scope.ts';
import { catalogueWith, claimed, planOf, receive, silent, workOf } from './testing/claimed-task.ts';

// These executors touch neither files nor models.
const surroundings = { log: silent, taskLog: silent } as unknown as TaskSurroundings;

interface Given {
  task?: Record<string, unknown>;
  inputs?: ReadValues[];
  row?: Partial<ClaimedTask>;
  stop?: AbortController;
  installed?: boolean;
}

/** Runs one attempt of a task `work`, whose executor is the test's. */
async function attempt(
  run: Executor['run'],
  { task = {}, inputs = [], row = {}, stop = new AbortController(), installed = true }: Given = {},
) {
  const executor = workOf(run);
  const plan = planOf([receive, { name: 'work', task_executor_name: 'work', depends_on: ['receive'], ...task }], catalogueWith(executor));
  return runTask(claimed(plan, plan.tasks.length - 1, row), plan, inputs, installed ? executor : undefined, surroundings, stop);
}

const done: Outcome = { status: 'completed', output: { n: 1 }, summary: { s: 2 }, routes: ['a'] };
const answers = (outcome: Outcome) => async () => outcome;
const failure = (more: Partial<Extract<Outcome, { status: 'failed' }>> = {}): Outcome => ({
  status: 'failed',
  error: { code: 'busy', message: 'Busy', retryable: true },
  ...more,
});
/** As an executor should: ends when it is told to stop. */
const untilStopped: Executor['run'] = async (_, { signal }) => {
  if (!signal.aborted) await once(signal, 'abort');
  return { status: 'failed', error: { code: 'aborted', message: 'stopped', retryable: true } };
};

describe('what an executor answers becomes', () => {
  test('completed, as JSON text, with its resolved parameters', async () => {
    const inputs: ReadValues[] = [{ name: 'receive', mode: 'single', values: [{ filename: 'a.pdf' }] }];
    const outcome = await attempt(answers(done), { task: { parameters: { name: '{{receive.filename}}' } }, inputs });
    const input = '{"name":"a.pdf"}';
    expect(outcome).toEqual({ status: 'completed', output: '{"n":1}', summary: { s: 2 }, routes: ['a'], input });
  });

  test('scheduled and awaiting_input, with their checkpoint', async () => {
    const until = new Date('2030-01-01T00:00:00Z');
    expect(await attempt(answers({ status: 'scheduled', until, checkpoint: 1 }))).toMatchObject({
      status: 'scheduled',
      until,
      checkpoint: 1,
    });
    expect(await attempt(answers({ status: 'awaiting_input', checkpoint: { a: 1 }, until, topic: 'stamps' }))).toMatchObject({
      status: 'awaiting_input',
      checkpoint: { a: 1 },
      until,
      topic: 'stamps',
    });
  });

  test('failed, with the pause before the next attempt while the policy has one', async () => {
    const retry = { max_attempts: 3, initial_interval: '10s', backoff: 1, non_retryable: ['denied'] };
    const first = await attempt(answers(failure()), { task: { retry } });
    expect(first).toMatchObject({ status: 'failed', error: { code: 'busy', type: 'task_error', retryable: true, traceback: null } });
    const { retryInMs } = first as { retryInMs: number };
    expect(retryInMs).toBeGreaterThanOrEqual(5000);
    expect(retryInMs).toBeLessThanOrEqual(10_000);
    const pauseOf = async (outcome: Outcome, tries: number) =>
      ((await attempt(answers(outcome), { task: { retry }, row: { tries } })) as { retryInMs?: number }).retryInMs;
    expect(await pauseOf(failure({ retryAfterMs: 60_000 }), 1)).toBe(60_000);
    expect(await pauseOf(failure(), 2)).toBeUndefined();
    expect(await pauseOf(failure({ error: { code: 'denied', message: 'No', retryable: true } }), 0)).toBeUndefined();
    expect(await pauseOf(failure({ error: { code: 'busy', message: 'No', retryable: false } }), 0)).toBeUndefined();
  });

  test('unstorable_output where it is no JSON, at once', async () => {
    const cyclic: Json[] = [];
    cyclic.push(cyclic);
    for (const output of [1n as unknown as Json, cyclic]) {
      const outcome = await attempt(answers({ status: 'completed', output }));
      expect(outcome).toMatchObject({ status: 'failed', error: { code: 'unstorable_output', retryable: false } });
      expect(outcome).not.toHaveProperty('retryInMs');
    }
  });

  test.each<[string, Executor['run']]>([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
    ['answers nothing', async () => undefined as unknown as Outcome],
    ['answers another word', async () => ({ status: 'done' }) as unknown as Outcome],
  ])('executor_error where it %s, tried again, its cause not told', async (_, run) => {
    const outcome = await attempt(run);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'executor_error' }, retryInMs: expect.any(Number) });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

describe('without running', () => {
  const never: Executor['run'] = async () => expect.fail('it ran');

  test('a condition that does not hold skips', async () => {
    expect(await attempt(never, { task: { when: '1 > 2' } })).toEqual({ status: 'skipped' });
  });

  test('a fault of a reference or a condition fails for good, under its code', async () => {
    const inputs: ReadValues[] = [{ name: 'receive', mode: 'single', values: [{ metadata: {} }] }];
    const missing = await attempt(never, { task: { parameters: { a: '{{receive.metadata.b}}' } }, inputs });
    expect(missing).toMatchObject({ status: 'failed', error: { code: 'no_such_field', retryable: false } });
    expect(missing).not.toHaveProperty('retryInMs');
    const condition = await attempt(never, { task: { when: 'receive.metadata.b' }, inputs });
    expect(condition).toMatchObject({ status: 'failed', error: { code: 'cel_evaluation', retryable: false } });
  });

  test('an executor that is not installed fails for good', async () => {
    expect(await attempt(never, { installed: false })).toMatchObject({ status: 'failed', error: { code: 'unknown_executor' } });
  });

  test('a gate gives the items that it fans out over', async () => {
    const plan = planOf([
      receive,
      { name: 'each', task_executor_name: 'format_data', for_each: '{{input.metadata.list}}', parameters: { template: 'x' } },
    ]);
    const gate = claimed(plan, 1, { input: { metadata: { list: [1, null, { a: 2 }] } } });
    expect(gate.planned.kind).toBe('gate');
    expect(await runTask(gate, plan, [], undefined, surroundings, new AbortController())).toEqual({
      status: 'completed',
      items: [1, null, { a: 2 }],
    });
  });
});

test('an attempt knows its key, its number, its first start, its checkpoint and the run', async () => {
  let seen: ExecutorContext | undefined;
  await attempt(
    async (_, context) => {
      seen = context;
      return done;
    },
    { row: { attempt: 4, checkpoint: { at: 1 } } },
  );
  expect(seen).toMatchObject({
    idempotencyKey: 't1:0',
    attempt: 4,
    firstStartedAt: new Date('2026-03-14T09:00:01Z'),
    checkpoint: { at: 1 },
    scope: { execution: { id: 'e', run_number: 7, flow_version: 3 } },
  });
});

describe('told to stop', () => {
  const stopped = (reason: string) => {
    const stop = new AbortController();
    stop.abort(reason);
    return stop;
  };

  test.each([
    ['cancelled', 'cancelled'],
    ['draining', 'released'],
    ['lease_lost', 'released'],
  ])('%s: %s', async (reason, status) => {
    expect(await attempt(untilStopped, { stop: stopped(reason) })).toEqual({ status });
  });

  test.each([
    ['cancelled', 'cancelled'],
    ['draining', 'completed'],
  ])('%s: what was completed all the same is %s', async (reason, status) => {
    expect(await attempt(answers(done), { stop: stopped(reason) })).toMatchObject({ status });
  });

  test('what it throws then is no bug', async () => {
    const run: Executor['run'] = async (_, { signal }) => {
      throw signal.reason;
    };
    expect(await attempt(run, { stop: stopped('cancelled') })).toEqual({ status: 'cancelled' });
  });
});

describe('by the clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('the deadline aborts the attempt, and fails it as timeout', async () => {
    const running = attempt(untilStopped, { task: { timeout: '1500ms', retry: { max_attempts: 1 } } });
    await vi.advanceTimersByTimeAsync(1500);
    const outcome = await running;
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: true } });
    expect(outcome).toMatchObject({ error: { message: expect.stringContaining('1.5 s') } });
  });

  test('what completes at its deadline counts', async () => {
    const run: Executor['run'] = async (_, { signal }) => {
      await once(signal, 'abort');
      return done;
    };
    const running = attempt(run, { task: { timeout: '1s' } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await running).toMatchObject({ status: 'completed' });
  });

  test('an executor that is deaf is left behind 30 s after it was told', async () => {
    const stop = new AbortController();
    const settled = vi.fn();
    const running = attempt(() => new Promise(() => {}), { stop }).then((outcome) => {
      settled();
      return outcome;
    });
    await vi.advanceTimersByTimeAsync(10);
    stop.abort('cancelled');
    await vi.advanceTimersByTimeAsync(29_900);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(await running).toEqual({ status: 'cancelled' });
  });

  test('no timer is left behind by an attempt that ends', async () => {
    await attempt(answers(done), { task: { timeout: '40d' } });
    expect(vi.getTimerCount()).toBe(0);
  });
});
