/** What the log says of a run and of a request: enough to find every line by any id that somebody has. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JsonObject, serviceUnavailable } from '#base';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import { startRunningPlatform } from '../support/running-platform.ts';
import type { TestPlatform } from '../support/test-platform.ts';
import { executorOf, startTestWorker, type TestWorker } from '../worker/test-worker.ts';

let platform: TestPlatform;
let worker: TestWorker;

/** Each thing that can be said of an attempt: by an executor, and by the worker when one is wrong. */
const executors = [
  executorOf('talks', (_parameters, context) => {
    context.log.info({ pages: 3 }, 'read the document');
    context.log.warn('it was hard to read');
    return { status: 'completed', output: {} };
  }),
  executorOf('throws', () => {
    throw new Error('a bug');
  }),
  executorOf('answers_nonsense', () => ({ status: 'completed', output: { big: 1n as never } })),
  executorOf('cannot_tell', (_parameters, { deliveries }) =>
    deliveries
      .record({ messageId: 'm', url: 'no\0url', payload: '{}', status: 'failed', durationMs: 1 } as never)
      .then(() => ({ status: 'completed', output: {} as JsonObject })),
  ),
];

beforeAll(async () => {
  const running = await startRunningPlatform();
  platform = running.platform;
  worker = await startTestWorker(platform, executors, { fileKey: running.fileKey });
});
afterAll(async () => {
  await worker?.drain();
  await platform?.close();
});

test('every line of a run names its organization, run, task execution and attempt', { timeout: 60_000 }, async () => {
  const user = await platform.as('app_user');
  const after = { depends_on: ['receive'], retry: { max_attempts: 1 } };
  const names = executors.map(({ name }) => name);
  const id = await worker.start([
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    ...names.map((name) => ({ name, task_executor_name: name, parameters: {}, ...after })),
  ]);
  const ended = async () => (await user.get(`/api/flow-executions/${id}`)).body.status;
  await expect.poll(ended, { timeout: 30_000 }).toBe('failed');
  const { task_executions: tasks } = (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body;
  const ofTask = (name: string) => tasks.find((task: { task_name: string }) => task.task_name === name).id;

  const said = worker.logged.map((line) => [line['msg'], line['task_execution_id']]);
  expect(said).toEqual(
    expect.arrayContaining([
      ['read the document', ofTask('talks')],
      ['it was hard to read', ofTask('talks')],
      ['an executor threw', ofTask('throws')],
      ['an executor answered what cannot be stored', ofTask('answers_nonsense')],
      ['a delivery could not be recorded', ofTask('cannot_tell')],
    ]),
  );
  for (const line of worker.logged) {
    expect(line, String(line['msg'])).toMatchObject({ organization_id: platform.a.id, flow_execution_id: id, attempt: 1 });
    expect(tasks.map((task: { id: string }) => task.id)).toContain(line['task_execution_id']);
  }
});

test('a request that fails is found by its id, its organization, and what its path names', async () => {
  const admin = await platform.as('org_admin');
  const flow = await createFlow(admin, [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }]);
  const { id } = await startRun(admin, flow, { file_key: (await uploadText(admin, flow)).file_key });
  const rerun = platform.engine.rerun;
  platform.engine.rerun = () => Promise.reject(serviceUnavailable('The database is away', 1));
  try {
    const answer = await admin.post(`/api/flow-executions/${id}/execute`);
    expect(answer.status).toBe(503);
    const line = platform.logged.find((each) => each['request_id'] === answer.headers.get('x-request-id'));
    expect(line).toMatchObject({
      organization_id: platform.a.id,
      flow_execution_id: id,
      route: '/api/flow-executions/:flow_execution_id/execute',
    });
  } finally {
    platform.engine.rerun = rerun;
  }
});
