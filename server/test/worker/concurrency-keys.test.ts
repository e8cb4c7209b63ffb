import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Executor } from '#executors';
import { reach } from '../support/run-flow.ts';
import { type RunningPlatform, receive, startRunningPlatform } from '../support/running-platform.ts';
import { engineRow, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker } from './test-worker.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await startRunningPlatform();
});
afterAll(() => running.platform.close());

/** How many run at once, by what they say they are. */
function createGauge() {
  const active = new Map<string, number>();
  const most = new Map<string, number>();
  let ran = 0;
  const change = (kind: string, by: number) => {
    const now = (active.get(kind) ?? 0) + by;
    active.set(kind, now);
    most.set(kind, Math.max(most.get(kind) ?? 0, now));
  };
  const executor: Executor = executorOf('work', async ({ kind = 'any', ms = 10, fail = false }, { signal }) => {
    change(String(kind), 1);
    try {
      await sleep(Number(ms), undefined, { signal });
      ran++;
      if (fail) return { status: 'failed', error: { code: 'asked', message: 'to fail', retryable: false } };
      return { status: 'completed', output: ran };
    } finally {
      change(String(kind), -1);
    }
  });
  return { executor, most: (kind: string) => most.get(kind) ?? 0, active: (kind: string) => active.get(kind) ?? 0, ran: () => ran };
}

async function startWorkers(count: number, ...executors: Executor[]) {
  const workers = await Promise.all(
    Array.from({ length: count }, () => startTestWorker(running.platform, executors, { fileKey: running.fileKey })),
  );
  for (const worker of workers) onTestFinished(() => worker.drain());
  return workers[0] as (typeof workers)[0];
}

const work = (name: string, key: string, more: Record<string, unknown> = {}) => ({
  name,
  task_executor_name: 'work',
  depends_on: ['receive'],
  parameters: {},
  concurrency: { key, limit: 2 },
  ...more,
});
const placesLeft = async (): Promise<number> => {
  const rows = await running.platform.engineDb.query('test_places', 'select 1 from concurrency_places', []);
  return rows.length;
};

describe('tasks with the same key', () => {
  test('never run more than so many at once, over flows and workers; all of them end, and none of them counts an attempt for its waiting', async () => {
    const { executor, most, ran } = createGauge();
    const worker = await startWorkers(2, executor);
    const one = [receive, ...Array.from({ length: 5 }, (_, i) => work(`one_${i}`, 'partner'))];
    const items = { for_each: Array.from({ length: 5 }, (_, i) => i), parameters: { kind: 'any', ms: 5 } };
    const other = [receive, work('each', 'partner', items)];
    const runs = await Promise.all(Array.from({ length: 5 }, () => [worker.start(one), worker.start(other)]).flat());
    for (const id of runs) await reach(running.user, id, 'completed');
    expect([ran(), most('any')]).toEqual([50, 2]);
    for (const id of runs) {
      const { body } = await running.user.get(`/api/task-executions?flow_execution_id=${id}`);
      for (const row of body.task_executions) expect(row).toMatchObject({ attempt: 1, processing_status: 'completed' });
    }
    await expect.poll(placesLeft).toBe(0);
  });

  test('have a key by what it refers to: others go on beside them', async () => {
    const { executor, most } = createGauge();
    const worker = await startWorkers(1, executor);
    const each = work('each', 'for-{{item}}-{{receive.metadata.side}}', {
      for_each: ['a', 'b', 'a', 'b', 'a', 'b'],
      parameters: { kind: '{{item}}', ms: 100 },
      concurrency: { key: 'for-{{item}}-{{receive.metadata.side}}', limit: 1 },
    });
    const [left, right] = await Promise.all([worker.start([receive, each], { side: 1 }), worker.start([receive, each], { side: 2 })]);
    await reach(running.user, left, 'completed');
    await reach(running.user, right, 'completed');
    expect([most('a'), most('b')]).toEqual([2, 2]); // one of each run
  });

  test('wait without holding up anybody, are shown as queued, and can be cancelled', async () => {
    const { executor, active } = createGauge();
    const worker = await startWorkers(1, executor);
    const holders = await worker.start([
      receive,
      ...['h1', 'h2'].map((name) => work(name, 'long', { parameters: { kind: 'long', ms: 60_000 } })),
    ]);
    await expect.poll(() => active('long'), { timeout: 10_000 }).toBe(2);
    const waiting = await worker.start([
      receive,
      ...Array.from({ length: 300 }, (_, i) => work(`w${i}`, 'long', { parameters: { kind: 'long' } })),
    ]);
    const free = await worker.start([receive, { name: 'free', task_executor_name: 'work', depends_on: ['receive'], parameters: {} }]);
    await reach(running.user, free, 'completed');
    const [row] = await taskRows(running.user, waiting, 'w7');
    expect(row).toMatchObject({ processing_status: 'queued', attempt: 0, started_at: null });
    expect(active('long')).toBe(2);
    expect((await running.user.post(`/api/flow-executions/${holders}/cancel`)).status).toBe(204);
    await reach(running.user, holders, 'cancelled');
    await expect
      .poll(async () => (await taskRows(running.user, waiting, 'w0'))[0]?.['processing_status'], { timeout: 10_000 })
      .toBe('completed');
    await running.user.post(`/api/flow-executions/${waiting}/cancel`);
    await reach(running.user, waiting, 'cancelled', 'completed');
  });

  test('hand their place on however they end', async () => {
    const { executor, most } = createGauge();
    const worker = await startWorkers(1, executor);
    const once = { retry: { max_attempts: 2, initial_interval: '10ms' }, concurrency: { key: 'failing', limit: 1 } };
    const late = { ...once, timeout: '30ms', parameters: { ms: 60_000 } };
    const id = await worker.start([
      receive,
      work('failed', '', { ...once, parameters: { fail: true } }),
      work('late', '', late),
      work('well', '', once),
    ]);
    await reach(running.user, id, 'failed');
    expect((await taskRows(running.user, id, 'late'))[0]).toMatchObject({
      processing_status: 'failed',
      attempt: 2,
      error: { code: 'timeout' },
    });
    expect((await taskRows(running.user, id, 'well'))[0]).toMatchObject({ processing_status: 'completed' });
    expect(most('any')).toBe(1);
  });

  test('fail where the key cannot be had', async () => {
    const worker = await startWorkers(1, createGauge().executor);
    const id = await worker.start([receive, work('keyed', '{{receive.metadata.nowhere}}', { retry: { max_attempts: 1 } })]);
    await reach(running.user, id, 'failed');
    expect((await taskRows(running.user, id, 'keyed'))[0]).toMatchObject({ error: { code: 'no_such_field' } });
  });

  test('take over what a dead worker held, as soon as its task was given back', async () => {
    const { executor, active } = createGauge();
    const worker = await startWorkers(1, executor);
    const one = { concurrency: { key: 'dead', limit: 1 }, parameters: { kind: 'dead', ms: 60_000 } };
    const holding = await worker.start([receive, work('holding', '', one)]);
    await expect.poll(() => active('dead'), { timeout: 10_000 }).toBe(1);
    const [held] = await taskRows(running.user, holding, 'holding');
    // Its process has gone without a word: the row is given back, the place is still there.
    await running.platform.engineDb.query(
      'test_lose',
      `update task_executions set status = 'scheduled', attempt = attempt + 1, ready_at = now() + interval '1 hour' where id = $1`,
      [held?.['id']],
    );
    const next = await worker.start([receive, work('next', '', { ...one, parameters: { kind: 'next' } })]);
    await reach(running.user, next, 'completed');
    expect((await engineRow(running.platform, held?.['id'])).status).toBe('scheduled');
    await running.user.post(`/api/flow-executions/${holding}/cancel`);
    await reach(running.user, holding, 'cancelled');
  });
});
