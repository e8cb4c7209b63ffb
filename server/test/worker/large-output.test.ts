import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serviceUnavailable } from '#base';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { engineRow, eventsOf, receive, taskOutput, taskRows } from './model-flow.ts';
import { executorOf, startTestWorker } from './test-worker.ts';

const ROW_BYTES = 256 * 1024;

let platform: TestPlatform;
let user: TestClient;
let fileKey: string;
beforeAll(async () => {
  ({ platform, user, fileKey } = await startRunningPlatform());
});
afterAll(() => platform.close());

const text = (letter: string, length: number) => letter.repeat(length);
const write = executorOf('write', ({ letter, length }) => ({
  status: 'completed',
  output: { text: text(String(letter), Number(length)) },
}));
const written = (letter: string, length: number) => ({
  name: 'written',
  task_executor_name: 'write',
  depends_on: ['receive'],
  parameters: { letter, length },
});
/** The text that a row of the API shows as its output. */
const textOf = (row: Record<string, unknown> | undefined): string => (row?.['output'] as { text: string } | undefined)?.text ?? '';

const measured = { name: 'measured', task_executor_name: 'format_data', parameters: { fields: { characters: 'size(written.text)' } } };
const copied = { name: 'copied', task_executor_name: 'format_data', parameters: { template: '{{ written.text }}.' } };

test.each([
  ['just fits its row', 'a', ROW_BYTES - 11, false],
  ['is too large by a byte', 'a', ROW_BYTES - 10, true],
  ['is too large only in bytes', 'é', ROW_BYTES / 2, true],
  ['is large', 'a', 3_000_000, true],
])('an output that %s comes back whole, to users and to the next task', async (_, letter, length, isMoved) => {
  const worker = await startTestWorker(platform, [write], { fileKey });
  onTestFinished(() => worker.drain());
  const id = await worker.start([receive, written(letter, length), measured]);
  await reach(user, id, 'completed');
  const [row] = await taskRows(user, id, 'written');
  expect(textOf(row) === text(letter, length)).toBe(true);
  expect(((await taskOutput(user, id, 'written'))['output'] as { text: string }).text).toHaveLength(length);
  expect((await taskRows(user, id, 'measured'))[0]?.['output']).toEqual({ characters: length });
  expect((await engineRow(platform, row?.['id'])).output_key !== null).toBe(isMoved);
});

test('the output of a task that is settled in passing is moved as well', async () => {
  const worker = await startTestWorker(platform, [write], { fileKey });
  onTestFinished(() => worker.drain());
  const id = await worker.start([
    receive,
    written('b', 200_000),
    { ...copied, parameters: { template: '{{ written.text }}{{ written.text }}' } },
  ]);
  await reach(user, id, 'completed');
  const [row] = await taskRows(user, id, 'copied');
  expect(textOf(row)).toHaveLength(400_000);
  expect((await engineRow(platform, row?.['id'])).output_key).toMatch(/^outputs\//);
});

test('F21: an output of 100 MiB fails its task alone, at once, and says what to do instead', { timeout: 180_000 }, async () => {
  const worker = await startTestWorker(platform, [write], { fileKey });
  onTestFinished(() => worker.drain());
  const other = await worker.start([receive, written('e', 10), measured]);
  const id = await worker.start([receive, { ...written('f', 100 * 1024 * 1024), retry: { max_attempts: 3 } }, measured]);
  await expect.poll(async () => (await user.get(`/api/flow-executions/${id}`)).body.status, { timeout: 120_000 }).toBe('failed');
  await reach(user, other, 'completed');
  const [row] = await taskRows(user, id, 'written');
  expect(row).toMatchObject({ attempt: 1, output: null, error: { code: 'output_too_large', retryable: false } });
  expect(row?.['error']).toMatchObject({ message: expect.stringContaining('write it to a file') });
});

test('a store that does not answer costs attempts, not other tasks', async () => {
  let refusals = 1;
  const files = {
    ...platform.files,
    read: platform.files.read.bind(platform.files),
    put: async (...parameters: Parameters<typeof platform.files.put>) => {
      if (refusals-- > 0) throw serviceUnavailable('The store does not answer', 1);
      return platform.files.put(...parameters);
    },
  };
  const worker = await startTestWorker(platform, [write], { files, fileKey });
  onTestFinished(() => worker.drain());
  const id = await worker.start([receive, { ...written('c', 300_000), retry: { max_attempts: 2, initial_interval: '20ms' } }, measured]);
  await reach(user, id, 'completed');
  expect((await taskRows(user, id, 'written'))[0]).toMatchObject({ attempt: 2 });
  expect((await eventsOf(platform, id)).map(({ detail }) => detail?.code)).toEqual(['storage_failed']);
});

test('a stored output that is gone fails the task that reads it, after its attempts, and no other', async () => {
  const files = { ...platform.files, put: platform.files.put.bind(platform.files), read: () => Promise.reject(new Error('gone')) };
  const worker = await startTestWorker(platform, [write], { files, fileKey });
  onTestFinished(() => worker.drain());
  const reader = { ...measured, depends_on: ['pause'], retry: { max_attempts: 2, initial_interval: '20ms' } };
  const pause = { name: 'pause', task_executor_name: 'delay', parameters: { duration: '20ms' }, depends_on: ['written'] };
  const id = await worker.start([receive, written('d', 300_000), pause, reader]);
  const other = await worker.start([receive, written('d', 10), pause, reader]);
  await reach(user, other, 'completed');
  await reach(user, id, 'failed');
  expect((await taskRows(user, id, 'measured'))[0]).toMatchObject({ attempt: 2, error: { code: 'storage_failed' } });
});

test('a run over HTTP shows a large output', async () => {
  const own = await startTestPlatform({ loops: 1 });
  onTestFinished(() => own.close());
  const client = await own.as('app_user');
  const lines = {
    name: 'lines',
    task_executor_name: 'format_data',
    parameters: { template: '{% for i in (1..9000) %}{{ receive.filename }} line {{ i }} of many\n{% endfor %}' },
  };
  const count = { name: 'count', task_executor_name: 'format_data', parameters: { fields: { characters: 'size(lines.text)' } } };
  const flowId = await createFlow(client, [receive, lines, count]);
  const { file_key } = await uploadText(client, flowId);
  const { id, status } = await startRun(client, flowId, { file_key, filename: 'a rather long name.txt' }, { waitSeconds: 25 });
  expect(status).toBe('completed');
  const [row] = await taskRows(client, id, 'lines');
  const shown = textOf(row);
  expect(shown.length).toBeGreaterThan(ROW_BYTES);
  expect(shown.endsWith('line 9000 of many\n')).toBe(true);
  expect((await taskRows(client, id, 'count'))[0]?.['output']).toEqual({ characters: shown.length });
  expect((await engineRow(own, row?.['id'])).output_key).toMatch(/^outputs\//);
});
