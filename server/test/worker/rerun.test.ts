import { afterAll, beforeAll, expect, test } from 'vitest';
import { completion, type Endpoint, json, startEndpoint } from '../../src/models/testing/endpoint.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { ask, modelConfig, receive, taskRows } from './model-flow.ts';

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

const answer = (number: string) => completion(JSON.stringify({ number }));
const label = { name: 'label', task_executor_name: 'format_data', parameters: { template: 'No. {{ ask.number }}' } };
const tasks = [receive, ask({ retry: { max_attempts: 1 } }), label];

async function start() {
  return startRun(user, await createFlow(user, tasks), { file_key: fileKey }, { waitSeconds: 25 });
}

/** Name, id, output and times of every task of the run, by name. */
async function shown(id: string) {
  const rows = await Promise.all(['receive', 'ask', 'label'].map((task) => taskRows(user, id, task)));
  return Object.fromEntries(rows.flat().map((row) => [row['task_name'], row]));
}

const revisionsOf = (id: string) =>
  platform.engineDb.query<{
    task_name: string;
    task_execution_id: string;
    reason: string;
    generation: number;
    record: { output: unknown };
  }>(
    'test_revisions',
    'select task_name, task_execution_id, reason, generation, record from task_execution_revisions where execution_id = $1 order by generation, task_name',
    [id],
  );

const numberOf = async (id: string) => (await user.get(`/api/flow-executions/${id}?include_run_number=true`)).body.run_number;

test('a whole re-execution keeps every id and the number of the run, and what it replaces as revisions', async () => {
  endpoint.answerWith(answer('INV-1'), answer('INV-2'));
  const { id } = await start();
  const before = await shown(id);
  const number = await numberOf(id);
  expect((await user.post(`/api/flow-executions/${id}/execute`)).status).toBe(204);
  await expect.poll(async () => (await shown(id))['label']?.['output'], { timeout: 10_000 }).toEqual({ text: 'No. INV-2' });
  await reach(user, id, 'completed');
  const after = await shown(id);
  for (const task of ['receive', 'ask', 'label']) {
    expect(after[task]?.['id'], task).toBe(before[task]?.['id']);
    expect(Date.parse(String(after[task]?.['completed_at'])), task).toBeGreaterThan(Date.parse(String(before[task]?.['completed_at'])));
  }
  expect(await numberOf(id)).toBe(number);
  const revisions = await revisionsOf(id);
  expect(revisions.map(({ task_name, reason, generation }) => [task_name, reason, generation])).toEqual([
    ['ask', 're_executed', 0],
    ['label', 're_executed', 0],
    ['receive', 're_executed', 0],
  ]);
  expect(revisions.map((revision) => revision.task_execution_id)).toEqual(['ask', 'label', 'receive'].map((task) => before[task]?.['id']));
  expect(revisions[1]?.record.output).toEqual({ text: 'No. INV-1' });
});

test('only_stale runs what failed and what lies behind it, and leaves the rest as it was', async () => {
  endpoint.answerWith((response) => json(response, 401, { error: { message: 'no such key' } }), answer('INV-3'));
  const { id, status } = await start();
  expect(status).toBe('failed');
  const before = await shown(id);
  expect(Object.keys(before).sort()).toEqual(['ask', 'receive']);
  expect((await user.post(`/api/flow-executions/${id}/execute?only_stale=true`)).status).toBe(204);
  await reach(user, id, 'completed');
  const after = await shown(id);
  expect(after['receive']).toEqual(before['receive']);
  expect(after['ask']).toMatchObject({ id: before['ask']?.['id'], processing_status: 'completed', error: null, attempt: 1 });
  expect(after['label']).toMatchObject({ output: { text: 'No. INV-3' } });
  const replaced = (await revisionsOf(id)).filter(({ reason }) => reason === 're_executed').map(({ task_name }) => task_name);
  expect(replaced).toContain('ask');
  expect(replaced).not.toContain('receive');
});

test('C21: a run that goes on is begun anew: what it ran is hung up on, and what runs now is not', async () => {
  let hungUp = 0;
  let answerNow = () => {};
  endpoint.answerWith(
    (response) => void response.on('close', () => hungUp++),
    (response, asked) => {
      answerNow = () => answer('INV-4')(response, asked);
    },
  );
  const { id } = await startRun(user, await createFlow(user, tasks), { file_key: fileKey });
  await expect.poll(() => endpoint.asked.length, { timeout: 10_000 }).toBe(1);
  expect((await user.post(`/api/flow-executions/${id}/execute`)).status).toBe(204);
  const executedAt = Date.now();
  await expect.poll(() => [hungUp, endpoint.asked.length], { timeout: 10_000, interval: 10 }).toEqual([1, 2]);
  expect(Date.now() - executedAt).toBeLessThan(2000); // what is promised of a cancel
  answerNow();
  await reach(user, id, 'completed');
  expect((await shown(id))['label']?.['output']).toEqual({ text: 'No. INV-4' });
  expect((await taskRows(user, id, 'ask'))[0]).toMatchObject({ attempt: 1 });
  expect(endpoint.asked).toHaveLength(2);
});
