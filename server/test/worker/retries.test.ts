import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, completion, type Endpoint, json, startEndpoint } from '../../src/models/testing/endpoint.ts';
import { createFlow, startRun } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { ask, engineRow, eventsOf, modelConfig, receive, taskRows } from './model-flow.ts';

let endpoint: Endpoint;
let platform: TestPlatform;
let user: TestClient;
let fileKey: string;

beforeAll(async () => {
  endpoint = await startEndpoint();
  ({ platform, user, fileKey } = await startRunningPlatform({ loops: 1, config: modelConfig(endpoint.baseUrl) }));
});
afterAll(async () => {
  await platform.close();
  await endpoint.close();
});

const right = completion(JSON.stringify({ number: 'INV-7' }));
const broken: Answer = (response) => json(response, 500, { error: { message: 'out of order' } });

/** Runs the flow to its end: what the endpoint answers, in turn, and the policy of the task that asks it. */
async function run(answers: Answer[], more: Record<string, unknown>) {
  endpoint.answerWith(...answers);
  const flowId = await createFlow(user, [receive, ask(more)]);
  const { id, status } = await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 25 });
  const [row] = await taskRows(user, id, 'ask');
  return { id, status, row: row as Record<string, unknown>, events: await eventsOf(platform, id) };
}

describe('a task that fails', () => {
  test('is tried again until it comes right, each failed attempt kept in the events', async () => {
    const retry = { max_attempts: 5, initial_interval: '50ms', backoff: 1 };
    const { status, row, events } = await run([broken, broken, right], { retry });
    expect(status).toBe('completed');
    expect(row).toMatchObject({ processing_status: 'completed', attempt: 3, error: null, output: { number: 'INV-7' } });
    expect(await engineRow(platform, row['id'])).toMatchObject({ tries: 2, losses: 0 });
    expect(events.map(({ kind, attempt, detail }) => [kind, attempt, detail?.code])).toEqual([
      ['attempt_failed', 1, 'model_unavailable'],
      ['attempt_failed', 2, 'model_unavailable'],
    ]);
    expect(events[0]?.detail?.message).toContain('500');
    expect(endpoint.asked).toHaveLength(3);
  });

  test('fails after the attempts that its policy allows, with the last error', async () => {
    const { status, row, events } = await run([broken], { retry: { max_attempts: 2, initial_interval: '20ms' } });
    expect(status).toBe('failed');
    expect(row).toMatchObject({
      processing_status: 'failed',
      attempt: 2,
      output: null,
      error: { code: 'model_unavailable', type: 'task_error', retryable: true, traceback: null },
    });
    expect(events.map(({ kind }) => kind)).toEqual(['attempt_failed']);
    expect(endpoint.asked).toHaveLength(2);
  });

  test('is not tried again for an error that its policy names', async () => {
    const { status, row, events } = await run([broken, right], {
      retry: { max_attempts: 5, initial_interval: '20ms', non_retryable: ['model_unavailable'] },
    });
    expect([status, row['attempt'], events, endpoint.asked.length]).toEqual(['failed', 1, [], 1]);
  });

  test('is not tried again for an error that another attempt would not mend', async () => {
    const denied: Answer = (response) => json(response, 401, { error: { message: 'no such key' } });
    const { status, row } = await run([denied, right], { retry: { max_attempts: 5, initial_interval: '20ms' } });
    expect([status, row['attempt'], endpoint.asked.length]).toEqual(['failed', 1, 1]);
    expect(row['error']).toMatchObject({ code: 'model_refused', retryable: false });
  });

  test('waits as long as the server asks for, whatever its policy says', async () => {
    const askedAt: number[] = [];
    const busy: Answer = (response) => {
      askedAt.push(Date.now());
      json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '2' });
    };
    const then: Answer = (response, asked) => {
      askedAt.push(Date.now());
      right(response, asked);
    };
    const { status, row, events } = await run([busy, then], {
      retry: { max_attempts: 3, initial_interval: '10ms', max_interval: '20ms' },
    });
    expect([status, row['attempt']]).toEqual(['completed', 2]);
    expect(events[0]?.detail).toMatchObject({ code: 'model_rate_limited', retryable: true });
    expect((askedAt[1] ?? 0) - (askedAt[0] ?? 0)).toBeGreaterThanOrEqual(2000);
  });

  test('a fault of the flow itself fails at once, with its code', async () => {
    const { status, row } = await run([right], { parameters: { ...ask().parameters, document: '{{receive.metadata.nowhere}}' } });
    expect([status, row['attempt'], endpoint.asked.length]).toEqual(['failed', 1, 0]);
    expect(row['error']).toMatchObject({ code: 'no_such_field', retryable: false });
  });
});

test('a task between two attempts shows when it is due, and is held by nobody', async () => {
  endpoint.answerWith(broken);
  const flowId = await createFlow(user, [receive, ask({ retry: { max_attempts: 2, initial_interval: '60s' } })]);
  const { id } = await startRun(user, flowId, { file_key: fileKey });
  await expect.poll(async () => (await taskRows(user, id, 'ask'))[0]?.['scheduled_for'], { timeout: 10_000 }).toBeTypeOf('string');
  const [row] = await taskRows(user, id, 'ask');
  expect(row).toMatchObject({ processing_status: 'queued', attempt: 1, error: null });
  const waitMs = Date.parse(String(row?.['scheduled_for'])) - Date.now();
  expect(waitMs).toBeGreaterThan(20_000); // half of the wait is chance
  expect(waitMs).toBeLessThanOrEqual(60_000);
  expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
});
