// F25: the file store is down, slow, loses objects or breaks off. F30: it gives other bytes than it was given. Nobody is given half a document or a wrong
// one as if it were whole, a task tries again, and no row points at nothing.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, uploadText } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { taskRows } from '../worker/model-flow.ts';
import { executorOf, startTestWorker, type TestWorker } from '../worker/test-worker.ts';
import { type ObjectServer, type StoreFault, startObjectServer } from './object-server.ts';

const TEXT = 'the text of a document '.repeat(200);

let store: ObjectServer;
let platform: TestPlatform;
let worker: TestWorker;
let user: TestClient;
let flowId: string;

const write = executorOf('write', (parameters) => ({
  status: 'completed',
  output: { text: 'x'.repeat(Number(parameters['characters'])) },
}));
const readTask = { name: 'read', task_executor_name: 'doc_to_text', parameters: { document_url: '{{receive.document_url}}' } };
const retry = (attempts: number) => ({ retry: { max_attempts: attempts, initial_interval: '50ms', backoff: 1 } });

beforeAll(async () => {
  store = await startObjectServer();
  process.env['AWS_ACCESS_KEY_ID'] = 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'test';
  platform = await startTestPlatform({ config: { files: `s3://documents/prod?endpoint=${store.url}` } });
  user = await platform.as('app_user');
  flowId = await createFlow(user, [receive]);
  worker = await startTestWorker(platform, [write]);
});
beforeEach(() => {
  store.fault = 'none';
});
afterAll(async () => {
  store.fault = 'none';
  await worker.drain();
  await platform.close();
  await store.close();
});

const uploadPlace = async () => (await user.post(`/api/flows/${flowId}/upload-url?content_type=text/plain`)).body;
const put = (url: string) => fetch(url, { method: 'PUT', body: TEXT, headers: { 'Content-Type': 'text/plain' } });
const arrived = async () => (await user.get(`/api/flows/${flowId}/files`)).body.length;

test('F25: an upload to a store that fails is 503, leaves no file, and can be repeated', async () => {
  const [before, place] = [await arrived(), await uploadPlace()];
  store.fault = 'error500';
  expect((await put(place.upload_url)).status).toBe(503);
  expect(store.takeRequests().filter((line) => line.startsWith('PUT')).length).toBeGreaterThan(1); // it was tried again
  expect(await arrived()).toBe(before);
  store.fault = 'none';
  expect((await put(place.upload_url)).status).toBe(200);
  expect(await arrived()).toBe(before + 1);
});

test('F25: a slow store is waited for', async () => {
  store.fault = 'slow';
  const { uri } = await uploadText(user, flowId, TEXT);
  const { body } = await user.post('/api/files/resolve', { uri });
  expect(await (await fetch(body.download_url)).text()).toBe(TEXT);
});

test.each<[StoreFault, string]>([
  ['error500', 'fails'],
  ['truncated', 'breaks off'],
  ['missing', 'has lost the object'],
  ['flipped', 'gives other bytes'],
])('F25, F30: from a store in the state %s (it %s) nobody is given a document that looks whole', async (fault) => {
  const { uri } = await uploadText(user, flowId, TEXT);
  const { body } = await user.post('/api/files/resolve', { uri });
  store.fault = fault;
  const whole = fetch(body.download_url, { headers: { Connection: 'close' } }).then(async (answer) =>
    answer.ok ? await answer.text() : answer.status,
  );
  const given = await whole.catch(() => 'broken off');
  expect(['broken off', 404, 500, 503]).toContain(given);
});

test.each<[StoreFault, string]>([
  ['error500', 'service_unavailable'],
  ['truncated', 'service_unavailable'],
  ['flipped', 'internal_error'],
])(
  'F25, F30: a task that reads from a store in the state %s tries again, and completes when the store is well',
  { timeout: 90_000 },
  async (fault, code) => {
    const { file_key: fileKey } = await uploadText(user, flowId, TEXT);
    const id = await worker.start([receive, { ...readTask, ...retry(50) }], {}, fileKey);
    store.fault = fault;
    await expect.poll(async () => (await codesOf(id)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(new Set(await codesOf(id))).toEqual(new Set([code]));
    store.fault = 'none';
    await reach(user, id, 'completed');
  },
);

test('F25: a task whose object is gone fails with not_found', async () => {
  const { file_key: fileKey } = await uploadText(user, flowId, TEXT);
  store.objects.clear();
  const id = await worker.start([receive, { ...readTask, ...retry(3) }], {}, fileKey);
  expect((await reachEnd(user, id)).status).toBe('failed');
  expect((await taskRows(user, id, 'read'))[0]).toMatchObject({ attempt: 1, error: { code: 'not_found' } });
});

test('F30: a large output whose stored bytes have changed is not read as if it were the output', async () => {
  const { file_key: fileKey } = await uploadText(user, flowId, TEXT);
  const written = { name: 'written', task_executor_name: 'write', depends_on: ['receive'], parameters: { characters: 300_000 } };
  const id = await worker.start([receive, written], {}, fileKey);
  await reach(user, id, 'completed');
  const shown = () => user.get(`/api/task-executions?flow_execution_id=${id}&task_name=written`);
  expect((await shown()).body.task_executions[0].output.text).toHaveLength(300_000);
  store.fault = 'flipped';
  expect(await shown()).toMatchObject({ status: 500, body: { error: { message: expect.stringMatching(/checksum/) } } });
});

const codesOf = async (id: string) =>
  (
    await platform.engineDb.query<{ code: string }>(
      'codes',
      `select detail ->> 'code' as code from execution_events where execution_id = $1 and detail ->> 'code' is not null`,
      [id],
    )
  ).map((row) => row.code);
