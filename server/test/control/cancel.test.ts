/**
 * A cancel reaches whatever a run does: code, a call, a model, a parser's process, an outside worker, a wait, sub-flows below it; and what comes late counts
 * no more. Times are measured (FLOW_CONTROL_RUNS of each kind) and printed; only generous deadlines are asserted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { checkHistory } from '#engine';
import { parsersOf } from '../../src/documents/testing/parser-processes.ts';
import { drawingBomb } from '../../src/documents/testing/sample-documents.ts';
import { startEndpoint } from '../../src/models/testing/endpoint.ts';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { ask, modelConfig } from '../worker/model-flow.ts';
import { executorOf, startTestWorker } from '../worker/test-worker.ts';
import { type HttpGate, startHttpGate } from './http-gate.ts';

/** Of each kind: a few in the suite, 50 to 100 for a figure. */
const RUNS = Number(process.env['FLOW_CONTROL_RUNS'] ?? 3);
const within = { timeout: 30_000, interval: 20 };

let platform: TestPlatform;
let user: TestClient;
let gate: HttpGate;
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let fileKey: string;

beforeAll(async () => {
  [gate, endpoint] = [await startHttpGate(), await startEndpoint()];
  platform = await startTestPlatform({ loops: 2, config: { ...modelConfig(endpoint.baseUrl), allowPrivateNetworks: ['127.0.0.0/8'] } });
  user = await platform.as('app_user');
  fileKey = (await uploadText(user, await createFlow(user, [receive]))).file_key;
}, 60_000);
afterAll(async () => {
  const { violations } = await checkHistory(platform.engineDb);
  await platform.close();
  await gate.close();
  await endpoint.close();
  expect(violations).toEqual([]);
});

const call = { name: 'call', task_executor_name: 'http_request', parameters: { url: '', method: 'GET' }, depends_on: ['receive'] };
const start = async (flowId: string) => (await startRun(user, flowId, { file_key: fileKey })).id;
const cancel = async (id: string) => expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
const statusOf = async (id: string) => (await user.get(`/api/flow-executions/${id}`)).body.status;
const tasksOf = async (id: string) => (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions;

/** From the cancel's request to the state that was waited for. */
async function timed(id: string, isReached: () => boolean | Promise<boolean>): Promise<number> {
  const begun = performance.now();
  await cancel(id);
  await expect.poll(async () => await isReached(), within).toBe(true);
  return performance.now() - begun;
}

function print(kind: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  if (process.env['FLOW_CONTROL_RUNS'])
    console.log(`cancel reaches ${kind}: ${times.length} runs, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}

/** Starts so many, waits until each is under way, cancels one after the other. */
async function cancelEach(
  kind: string,
  begin: (i: number) => Promise<{ id: string; isUnderWay(): boolean | Promise<boolean>; isReached(): boolean | Promise<boolean> }>,
) {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const { id, isUnderWay, isReached } = await begin(i);
    await expect.poll(async () => await isUnderWay(), within).toBe(true);
    times.push(await timed(id, isReached));
    await reach(user, id, 'cancelled');
  }
  print(kind, times);
}

describe('a cancel reaches', () => {
  test('an outgoing call: its socket is closed', async () => {
    await cancelEach('an outgoing call', async (i) => {
      const path = `/call-${i}`;
      const id = await start(await createFlow(user, [receive, { ...call, parameters: { url: gate.url + path, method: 'GET' } }]));
      return { id, isUnderWay: () => gate.waiting(path) === 1, isReached: () => gate.givenUp.has(path) };
    });
  });

  test('a model: its call is given up', async () => {
    endpoint.answerWith(() => {});
    const flowId = await createFlow(user, [receive, ask({ retry: { max_attempts: 1 } })]);
    await cancelEach('a model', async () => {
      const asked = endpoint.asked.length;
      const id = await start(flowId);
      return { id, isUnderWay: () => endpoint.asked.length > asked, isReached: async () => (await statusOf(id)) === 'cancelled' };
    });
  });

  test('the process that parses a document: it is killed', async () => {
    const flowId = await createFlow(user, [
      receive,
      {
        name: 'text',
        task_executor_name: 'doc_to_text',
        parameters: { document_url: '{{receive.document_url}}', mime_type: 'application/pdf' },
        depends_on: ['receive'],
        retry: { max_attempts: 1 },
      },
    ]);
    const { body: place } = await user.post(`/api/flows/${flowId}/upload-url?content_type=application/pdf`);
    expect(
      (await fetch(place.upload_url, { method: 'PUT', body: drawingBomb(), headers: { 'Content-Type': 'application/pdf' } })).status,
    ).toBe(200);
    await cancelEach('a parser', async () => {
      const { id } = await startRun(user, flowId, { document_url: place.uri, mime_type: 'application/pdf', filename: 'drawing.pdf' });
      let parsers: number[] = [];
      const isUnderWay = async () => {
        parsers = await parsersOf(process.pid);
        return (
          parsers.length > 0 &&
          (await tasksOf(id)).some((row: Record<string, unknown>) => row['task_name'] === 'text' && row['processing_status'] === 'running')
        );
      };
      const isReached = async () => {
        const left = await parsersOf(process.pid);
        return parsers.some((pid) => !left.includes(pid));
      };
      return { id, isUnderWay, isReached };
    });
  });

  test('code that sleeps, and what only waits: a timer, an outside worker', async () => {
    const delay = (duration: string) => ({ name: 'wait', task_executor_name: 'delay', parameters: { duration }, depends_on: ['receive'] });
    const outside = { name: 'wait', task_executor_name: 'external_task', parameters: { topic: 'nobody' }, depends_on: ['receive'] };
    for (const [kind, task, status] of [
      ['code that sleeps', delay('1s'), 'running'],
      ['a timer', delay('1h'), 'queued'],
      ['a task that waits', outside, 'awaiting_input'],
    ] as const) {
      const flowId = await createFlow(user, [receive, task]);
      await cancelEach(kind, async () => {
        const id = await start(flowId);
        const isUnderWay = async () =>
          (await tasksOf(id)).some((row: Record<string, unknown>) => row['task_name'] === 'wait' && row['processing_status'] === status);
        return { id, isUnderWay, isReached: async () => (await statusOf(id)) === 'cancelled' };
      });
    }
  });

  test('sub-flows several levels down, and the call that the lowest makes', async () => {
    const lowest = await createFlow(user, [receive, { ...call, parameters: { url: `${gate.url}/{{receive.filename}}`, method: 'GET' } }]);
    const below = (flowId: string) => ({
      name: 'below',
      task_executor_name: 'run_flow',
      parameters: { flow_id: flowId, input: { file_key: '{{receive.file_key}}', filename: '{{receive.filename}}' } },
      depends_on: ['receive'],
    });
    const middle = await createFlow(user, [receive, below(lowest)]);
    const top = await createFlow(user, [receive, below(middle)]);
    await cancelEach('three levels of sub-flows', async () => {
      const path = `/${newId()}`;
      const { id } = await startRun(user, top, { file_key: fileKey, filename: path.slice(1) });
      return { id, isUnderWay: () => gate.waiting(path) === 1, isReached: () => gate.givenUp.has(path) };
    });
    for (const flowId of [middle, lowest]) {
      await expect
        .poll(
          async () =>
            (await user.get(`/api/flow-executions?flow_id=${flowId}&page_size=100`)).body.filter(
              (run: { status: string }) => run.status !== 'cancelled',
            ),
          within,
        )
        .toEqual([]);
    }
  });
});

describe('a late result does not win', () => {
  test('of code that does not hear the signal', async () => {
    const other = await startRunningPlatform(); // whose workers know the executor
    const deaf = executorOf('deaf', async (_, { signal }) => {
      await expect.poll(() => signal.aborted, within).toBe(true);
      return { status: 'completed', output: 'late' };
    });
    const worker = await startTestWorker(other.platform, [deaf], { fileKey: other.fileKey });
    const rowOf = async (id: string) =>
      (await other.user.get(`/api/task-executions?flow_execution_id=${id}&task_name=deaf`)).body.task_executions[0];
    try {
      const id = await worker.start([receive, { name: 'deaf', task_executor_name: 'deaf', depends_on: ['receive'], parameters: {} }]);
      await expect.poll(async () => (await rowOf(id))?.processing_status, within).toBe('running');
      expect((await other.user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
      await reach(other.user, id, 'cancelled');
      expect(await rowOf(id)).toMatchObject({ processing_status: 'cancelled', output: null });
    } finally {
      await worker.drain();
      await other.platform.close();
    }
  }, 60_000);

  test('of a call that is answered in the same moment, nor of an outside worker, nor one that is posted', async () => {
    const path = '/moment';
    const flowId = await createFlow(user, [receive, { ...call, parameters: { url: gate.url + path, method: 'GET' } }]);
    for (let i = 0; i < RUNS; i++) {
      const id = await start(flowId);
      await expect.poll(() => gate.waiting(path), within).toBe(1);
      const cancelled = user.post(`/api/flow-executions/${id}/cancel`).then(({ status }) => status);
      await sleep(i % 4); // before, while and after the cancel commits
      gate.open();
      if ((await cancelled) === 409) continue; // the answer was there first: the run has completed
      await reach(user, id, 'cancelled');
      const rows = await tasksOf(id);
      expect(rows.filter((row: { processing_status: string }) => ['queued', 'running'].includes(row.processing_status))).toEqual([]);
    }
    const topic = `topic-${newId()}`;
    const id = await start(
      await createFlow(user, [
        receive,
        { name: 'out', task_executor_name: 'external_task', parameters: { topic }, depends_on: ['receive'] },
      ]),
    );
    await reach(user, id, 'awaiting_input');
    const { tasks } = (await user.post('/api/external-tasks/claim', { topics: [topic], max: 1, wait_seconds: 0 })).body;
    await cancel(id);
    await reach(user, id, 'cancelled');
    const late = await user.post(`/api/external-tasks/${tasks[0].task_execution_id}/complete`, {
      lease_token: tasks[0].lease_token,
      output: { late: true },
    });
    expect(late.status).toBe(409);
    expect(await statusOf(id)).toBe('cancelled');
  });
});
