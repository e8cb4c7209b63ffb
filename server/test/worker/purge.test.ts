import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { reach } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { engineRow, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker, type TestWorker } from './test-worker.ts';

let platform: TestPlatform;
let user: TestClient;
let fileKey: string;
beforeAll(async () => {
  ({ platform, user, fileKey } = await startRunningPlatform());
});
afterAll(() => platform.close());

/** Writes two files and puts out what is too large for its row. */
const write = executorOf('write', async (_, { files }) => {
  const store = async (filename: string) => (await files.write(Buffer.from(filename), { filename, contentType: 'text/plain' })).uri;
  return { status: 'completed', output: { own: await store('own.txt'), shared: await store('shared.txt'), text: 'x'.repeat(300_000) } };
});
const read = executorOf('read', async ({ uri }, { files }) => ({
  status: 'completed',
  output: (await files.read(String(uri))).toString(),
}));
const written = { name: 'written', task_executor_name: 'write', depends_on: ['receive'] };
const kept = { ...written, cache: { ttl: '1h' } };
const reader = (uri: string) => ({ name: 'reader', task_executor_name: 'read', depends_on: ['receive'], parameters: { uri } });

const worker = () => startTestWorker(platform, [write, read], { fileKey });

/** What a process does in the first tick after its start. */
async function tickOnce(until: () => Promise<boolean>): Promise<void> {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0); // cleans up at once
  const own = await worker();
  random.mockRestore();
  await expect.poll(until, { timeout: 20_000, interval: 30 }).toBe(true);
  await own.drain();
}

interface Written {
  id: string;
  taskExecutionId: string;
  outputKey: string;
  own: string;
  shared: string;
}

async function runWriting(own: TestWorker, task: unknown = written): Promise<Written> {
  const id = await own.start([receive, task], { customer: 'Ardent' });
  await reach(user, id, 'completed');
  const [row] = await taskRows(user, id, 'written');
  const output = row?.['output'] as { own: string; shared: string };
  const taskExecutionId = String(row?.['id']);
  return { ...output, id, taskExecutionId, outputKey: (await engineRow(platform, taskExecutionId)).output_key ?? '' };
}

const statusOf = async (path: string): Promise<number> => (await user.get(path)).status;
const hasFile = async (uri: string): Promise<boolean> =>
  (await statusOf(`/api/files/download?redirect=false&uri=${encodeURIComponent(uri)}`)) === 200;
const hasObject = async (key: string): Promise<boolean> => (await platform.files.stat(key)) !== undefined;
const keyOf = (uri: string): string => uri.slice(`gs://${platform.bucket}/`.length);
const set = (text: string, id: string) => platform.engineDb.query(text.slice(0, 60), text, [id]);

test('G3: 7 days after the time of its flow a run is gone with its files, but for one that another run has read; other runs stay', async () => {
  const own = await worker();
  const [gone, stays, cached] = [await runWriting(own), await runWriting(own), await runWriting(own, kept)];
  await reach(user, await own.start([receive, reader(gone.shared)]), 'completed');
  await own.drain();
  for (const { id } of [gone, cached]) {
    await set(`update flows set settings = '{"ttl": {"seconds": 60}}' where id = (select flow_id from flow_executions where id = $1)`, id);
    await set(
      `update flow_executions set created_at = created_at - interval '1 day', started_at = started_at - interval '1 day', completed_at = completed_at - interval '1 day'
        where id = $1`,
      id,
    );
  }
  await tickOnce(async () => (await statusOf(`/api/flow-executions/${cached.id}`)) === 404);
  expect(await statusOf(`/api/task-executions/${gone.taskExecutionId}`)).toBe(200);
  expect([await hasFile(gone.own), await hasObject(gone.outputKey)]).toEqual([true, true]);

  for (const { id } of [gone, cached])
    await set(
      `update flow_executions set purge_at = purge_at - interval '7 days', deleted_at = deleted_at - interval '7 days' where id = $1`,
      id,
    );
  await tickOnce(
    async () => (await statusOf(`/api/task-executions/${cached.taskExecutionId}`)) === 404 && !(await hasObject(gone.outputKey)),
  );
  await expect.poll(() => statusOf(`/api/task-executions/${gone.taskExecutionId}`)).toBe(404);
  expect(await statusOf(`/api/task-executions/${gone.taskExecutionId}/logs`)).toBe(404);
  expect(await statusOf(`/api/flow-executions/${gone.id}`)).toBe(404);
  expect([await hasFile(gone.own), await hasObject(keyOf(gone.own)), await hasObject(gone.outputKey)]).toEqual([false, false, false]);
  expect(await hasFile(gone.shared)).toBe(true);
  expect([await hasFile(cached.own), await hasObject(cached.outputKey)]).toEqual([true, false]);

  expect(await hasFile(`gs://${platform.bucket}/${fileKey}`)).toBe(true);
  const [row] = await taskRows(user, stays.id, 'written');
  expect(row?.['output']).toMatchObject({ text: 'x'.repeat(300_000) });
  expect([await hasFile(stays.own), await hasFile(stays.shared)]).toEqual([true, true]);
});
