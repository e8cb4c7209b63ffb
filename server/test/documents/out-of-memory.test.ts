// F19: a document that takes more memory than a parser may ends its own task; the worker, and what it has beside it, go on.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsersOf } from '../../src/documents/testing/parser-processes.ts';
import { drawingBomb, pdfOf } from '../../src/documents/testing/sample-documents.ts';
import { createFlow, reach, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
beforeAll(async () => {
  ({ platform, user } = await startRunningPlatform({ loops: 1 }));
});
afterAll(() => platform.close());

async function upload(flowId: string, bytes: Buffer): Promise<string> {
  const { body: place } = await user.post(`/api/flows/${flowId}/upload-url?content_type=application/pdf`);
  const put = await fetch(place.upload_url, { method: 'PUT', body: new Uint8Array(bytes), headers: { 'Content-Type': 'application/pdf' } });
  expect(put.status).toBe(200);
  return place.file_key;
}

const tasksOf = async (id: string) => (await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=read`)).body.task_executions;

test('F19: only the task of that document fails, and the worker reads the next one', { timeout: 240_000 }, async () => {
  const read = { name: 'read', task_executor_name: 'doc_to_text', parameters: { document_url: '{{receive.document_url}}' } };
  const flowId = await createFlow(user, [receive, read]);
  const healthy = await upload(flowId, await pdfOf(['A healthy document']));
  const bomb = await upload(flowId, drawingBomb());
  const [lost, beside] = [await startRun(user, flowId, { file_key: bomb }), await startRun(user, flowId, { file_key: healthy })];
  await reach(user, beside.id, 'completed');
  await expect.poll(async () => (await user.get(`/api/flow-executions/${lost.id}`)).body.status, { timeout: 120_000 }).toBe('failed');
  const [task] = await tasksOf(lost.id);
  expect(task).toMatchObject({ processing_status: 'failed', attempt: 1 });
  expect(['document_memory', 'document_timeout']).toContain(task.error.code);
  const next = await startRun(user, flowId, { file_key: healthy }, { waitSeconds: 60 });
  expect(next.status).toBe('completed');
  const workers = await platform.engineDb.query<{ n: number }>(
    'test/workers',
    'select count(*)::int as n from workers where alive_until > now()',
    [],
  );
  expect(workers[0]?.n, 'the worker that was there before').toBe(1);
  expect((await parsersOf(process.pid)).length).toBeGreaterThan(0);
});
