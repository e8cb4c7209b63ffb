import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion, type Endpoint, startEndpoint } from '../../src/models/testing/endpoint.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { ask, engineRow, eventsOf, modelConfig, receive, taskOutput, taskRows } from './model-flow.ts';

const CANCEL_MS = 2000; // what is promised: from the answer to the cancel until the code has stopped

let endpoint: Endpoint;
let platform: TestPlatform;
let user: TestClient;
let fileKey: string;
/** When the endpoint saw each of its callers hang up. */
let closedAt: number[];

beforeAll(async () => {
  endpoint = await startEndpoint();
  ({ platform, user, fileKey } = await startRunningPlatform({ loops: 2, config: modelConfig(endpoint.baseUrl) }));
  endpoint.answerWith(completion('{"number": "INV-7"}')); // the first question loads what asks it, which takes longer than a short timeout
  await startRun(user, await createFlow(user, [receive, ask()]), { file_key: fileKey }, { waitSeconds: 20 });
});
afterAll(async () => {
  await platform.close();
  await endpoint.close();
});

/** It takes each question and never answers. */
function hang(): void {
  closedAt = [];
  endpoint.answerWith((response) => void response.on('close', () => closedAt.push(Date.now())));
}

const start = async (tasks: unknown[]) => (await startRun(user, await createFlow(user, tasks), { file_key: fileKey })).id;

describe('a timeout', () => {
  test('ends the attempt, hangs up, and fails the task', async () => {
    hang();
    const id = await start([receive, ask({ timeout: '300ms', retry: { max_attempts: 1 } })]);
    await reach(user, id, 'failed');
    const [row] = await taskRows(user, id, 'ask');
    expect(row).toMatchObject({ attempt: 1, error: { code: 'timeout', retryable: true, message: expect.stringContaining('0.3 s') } });
    await expect.poll(() => closedAt.length, { timeout: 5000 }).toBe(1);
    const tookMs = Date.parse(String(row?.['completed_at'])) - Date.parse(String(row?.['started_at']));
    expect(tookMs).toBeGreaterThanOrEqual(290);
  });

  test('is of each attempt, and counts as a failure of the policy', async () => {
    hang();
    const id = await start([receive, ask({ timeout: '150ms', retry: { max_attempts: 3, initial_interval: '20ms' } })]);
    await reach(user, id, 'failed');
    expect((await taskRows(user, id, 'ask'))[0]).toMatchObject({ attempt: 3, error: { code: 'timeout' } });
    expect((await eventsOf(platform, id)).map(({ detail }) => detail?.code)).toEqual(['timeout', 'timeout']);
    await expect.poll(() => closedAt.length, { timeout: 5000 }).toBe(3);
  });
});

test('a cancel reaches running code within two seconds, and nothing runs after it', async () => {
  hang();
  const after = { name: 'after', task_executor_name: 'format_data', parameters: { template: '{{ ask.number }}' } };
  const id = await start([receive, ask(), after]);
  await expect.poll(() => endpoint.asked.length, { timeout: 10_000 }).toBe(1);
  expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
  const cancelledAt = Date.now();
  await expect.poll(() => closedAt.length, { timeout: 10_000, interval: 5 }).toBe(1);
  expect((closedAt[0] ?? 0) - cancelledAt).toBeLessThan(CANCEL_MS);
  await reach(user, id, 'cancelled');
  expect((await taskRows(user, id, 'ask'))[0]).toMatchObject({ processing_status: 'cancelled', output: null });
  expect(await taskRows(user, id, 'after')).toEqual([]);
  expect(await taskOutput(user, id, 'after')).toMatchObject({ processing_status: 'cancelled' });
  expect((await eventsOf(platform, id)).map(({ kind }) => kind)).toEqual(['cancel_requested']);
});

describe('a delay', () => {
  const pause = (parameters: Record<string, string>) => ({
    name: 'pause',
    task_executor_name: 'delay',
    parameters,
    depends_on: ['receive'],
  });

  test('over two seconds is a timer that no worker holds', async () => {
    const id = await start([receive, pause({ duration: '2500ms' })]);
    await expect.poll(async () => (await taskRows(user, id, 'pause'))[0]?.['scheduled_for'], { timeout: 10_000 }).toBeTypeOf('string');
    const [waiting] = await taskRows(user, id, 'pause');
    expect(waiting).toMatchObject({ processing_status: 'queued', attempt: 1 });
    expect(await engineRow(platform, waiting?.['id'])).toMatchObject({ status: 'scheduled' });
    await reach(user, id, 'completed');
    const [row] = await taskRows(user, id, 'pause');
    expect(row).toMatchObject({ attempt: 2, output: { waited_ms: 2500, until: waiting?.['scheduled_for'] } });
    expect(row).not.toHaveProperty('scheduled_for');
    expect(Date.parse(String(row?.['completed_at']))).toBeGreaterThanOrEqual(Date.parse(String(waiting?.['scheduled_for'])));
    expect(await engineRow(platform, row?.['id'])).toMatchObject({ tries: 0, losses: 0 });
  });

  test('of an instant is held by the worker, in one attempt', async () => {
    const id = await start([receive, pause({ duration: '1500ms' })]);
    await expect.poll(async () => (await taskRows(user, id, 'pause'))[0]?.['processing_status'], { timeout: 10_000 }).toBe('running');
    const [row] = await taskRows(user, id, 'pause');
    expect(await engineRow(platform, row?.['id'])).toMatchObject({ status: 'running', worker: expect.any(Number) });
    await reach(user, id, 'completed');
    expect((await taskRows(user, id, 'pause'))[0]).toMatchObject({ attempt: 1, output: { waited_ms: 1500 } });
  });

  test('until a moment that has passed ends at once', async () => {
    const id = await start([receive, pause({ until: '2001-01-01T00:00:00Z' })]);
    await reach(user, id, 'completed');
    const output = { waited_ms: 0, until: '2001-01-01T00:00:00.000Z' };
    expect((await taskRows(user, id, 'pause'))[0]).toMatchObject({ attempt: 1, output });
  });

  test('that sleeps is cancelled like any other', async () => {
    const id = await start([receive, pause({ duration: '1h' })]);
    await expect.poll(async () => (await taskRows(user, id, 'pause'))[0]?.['scheduled_for'], { timeout: 10_000 }).toBeTypeOf('string');
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    await reach(user, id, 'cancelled');
    expect((await taskRows(user, id, 'pause'))[0]).toMatchObject({ processing_status: 'cancelled' });
  });
});
