import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Executor } from '#executors';
import { createFlow, reach, uploadText } from '../support/run-flow.ts';
import { type RunningPlatform, receive, startRunningPlatform } from '../support/running-platform.ts';
import { engineRow, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker, type Work } from './test-worker.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await startRunningPlatform();
});
afterAll(() => running.platform.close());

/** An executor that counts how often it ran. */
function counting(
  work: (runs: number, ...of: Parameters<Work>) => ReturnType<Work> = (runs) => ({
    status: 'completed',
    output: { runs },
    summary: { s: runs },
    routes: ['r'],
  }),
) {
  let runs = 0;
  const executor: Executor = executorOf('costly', (...of) => work(++runs, ...of));
  return { executor, runs: () => runs };
}

async function workerWith(executor: Executor, fileKey = running.fileKey) {
  const worker = await startTestWorker(running.platform, [executor], { fileKey });
  onTestFinished(() => worker.drain());
  return worker;
}

const costly = (parameters: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  name: 'costly',
  task_executor_name: 'costly',
  depends_on: ['receive'],
  parameters,
  cache: { ttl: '1h' },
  ...more,
});

async function run(worker: Awaited<ReturnType<typeof workerWith>>, task: unknown, status = 'completed') {
  const id = await worker.start([receive, task]);
  await reach(running.user, id, status);
  const [row] = await taskRows(running.user, id, 'costly');
  const engine = await engineRow(running.platform, row?.['id']);
  const [{ summary, routes } = { summary: null, routes: null }] = await running.platform.engineDb.query<{
    summary: unknown;
    routes: unknown;
  }>('test_summary', 'select summary, routes from task_executions where id = $1', [row?.['id']]);
  return {
    id: String(row?.['id']),
    output: row?.['output'],
    input: row?.['input'],
    attempt: row?.['attempt'],
    summary,
    routes,
    outputKey: engine.output_key,
  };
}

describe('a task with a cache', () => {
  test('takes what an equal one has given, says so, and runs where anything differs', async () => {
    const { executor, runs } = counting();
    const worker = await workerWith(executor);
    const first = await run(worker, costly({ a: [1, { b: 'x' }] }));
    expect(first).toMatchObject({ output: { runs: 1 }, summary: { s: 1 } });
    const second = await run(worker, costly({ a: [1, { b: 'x' }] }));
    expect(second).toMatchObject({
      output: { runs: 1 },
      routes: ['r'],
      attempt: 1,
      summary: { s: 1, cached: true, source: first.id },
      input: { a: [1, { b: 'x' }] },
    });
    const { body } = await running.user.get(`/api/task-executions/${second.id}/logs`);
    expect(body).toMatchObject([{ level: 'info', fields: { source: first.id } }]);
    expect((await run(worker, costly({ a: [1, { b: 'y' }] }))).output).toEqual({ runs: 2 });
    const { cache: _, ...uncached } = costly({ a: [1, { b: 'x' }] });
    expect((await run(worker, uncached)).output).toEqual({ runs: 3 });
    expect(runs()).toBe(3);
  });

  test('knows a document by what is in it, wherever it was uploaded', async () => {
    const { executor, runs } = counting();
    const flow = await createFlow(running.user, [receive]);
    const outputs = [];
    for (const text of ['the same', 'the same', 'another']) {
      const { file_key } = await uploadText(running.user, flow, text);
      const worker = await workerWith(executor, file_key);
      outputs.push((await run(worker, costly({ document_url: '{{receive.document_url}}' }))).output);
      await worker.drain();
    }
    expect(outputs).toEqual([{ runs: 1 }, { runs: 1 }, { runs: 2 }]);
    expect(runs()).toBe(2);
  });

  test('takes nothing that is older than it allows, whatever was allowed when it was kept', async () => {
    const { executor } = counting();
    const worker = await workerWith(executor);
    const task = (ttl: string) => costly({ age: 1 }, { cache: { ttl } });
    await run(worker, task('1d'));
    await running.platform.engineDb.query('test_age', `update task_cache set created_at = now() - interval '2 hours'`, []);
    expect((await run(worker, task('3h'))).output).toEqual({ runs: 1 });
    expect((await run(worker, task('1h'))).output).toEqual({ runs: 2 });
    await running.platform.engineDb.query('test_expire', `update task_cache set expires_at = now() - interval '1 second'`, []);
    expect((await run(worker, task('1d'))).output).toEqual({ runs: 3 });
  });

  test('keeps no failure', async () => {
    const { executor, runs } = counting((n) =>
      n === 1 ? { status: 'failed', error: { code: 'no', message: 'no', retryable: false } } : { status: 'completed', output: n },
    );
    const worker = await workerWith(executor);
    await run(worker, costly({ fails: 1 }), 'failed');
    expect((await run(worker, costly({ fails: 1 }))).output).toBe(2);
    expect(runs()).toBe(2);
  });

  test('gives a large output as its own: it is there when that of the first run is gone', async () => {
    const { executor, runs } = counting((n) => ({ status: 'completed', output: { n, text: 'x'.repeat(400_000) } }));
    const worker = await workerWith(executor);
    const first = await run(worker, costly({ large: 1 }));
    await running.platform.files.delete(String(first.outputKey));
    const second = await run(worker, costly({ large: 1 }));
    expect(second.outputKey).not.toBe(first.outputKey);
    expect(second.output).toEqual({ n: 1, text: 'x'.repeat(400_000) });
    const [row] = await running.platform.engineDb.query<{ output_key: string }>(
      'test_large',
      'select output_key from task_cache where output_key is not null',
      [],
    );
    await running.platform.files.delete(String(row?.output_key)); // an object that is gone is a miss
    expect((await run(worker, costly({ large: 1 }))).output).toMatchObject({ n: 2 });
    expect(runs()).toBe(2);
  });

  test("is not given what another organization's task has made", async () => {
    const { executor } = counting();
    const worker = await workerWith(executor);
    await run(worker, costly({ whose: 1 }));
    const { a, b, engineDb } = running.platform;
    await engineDb.query('test_theirs', 'update task_cache set organization_id = $2 where organization_id = $1', [a.id, b.id]);
    expect((await run(worker, costly({ whose: 1 }))).output).toEqual({ runs: 2 });
    expect((await run(worker, costly({ whose: 1 }))).output).toEqual({ runs: 2 });
  });
});
