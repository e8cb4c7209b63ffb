/** Executors that wait for an event: another system's data, a person's decision. What is posted settles them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const note = (name: string, after: string, template = name) => ({
  name,
  task_executor_name: 'format_data',
  depends_on: [after],
  parameters: { template },
});

/** A run that has come to its waiting task. */
async function waitingRun(tasks: unknown[]): Promise<string> {
  const flowId = await createFlow(user, [receive, ...tasks]);
  const { file_key } = await uploadText(user, flowId, 'INV-1 120.50');
  const { id } = await startRun(user, flowId, { file_key });
  await reach(user, id, 'awaiting_input');
  return id;
}

const post = async (id: string, task: string, change: Record<string, unknown>) => {
  const body = { flow_execution_id: id, organization_id: platform.a.id, task_name: task, summary: null, ...change };
  expect((await user.post('/api/task-outputs', body)).status).toBe(201);
};

async function tasksOf(id: string) {
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  return Object.fromEntries(body.task_executions.map((task: { task_name: string }) => [task.task_name, task]));
}

describe('webhook_receiver', () => {
  const hook = {
    name: 'hook',
    task_executor_name: 'webhook_receiver',
    depends_on: ['receive'],
    parameters: { fields: [{ id: 'n', data_type: 'int', required: true }], timeout: '2d', on_timeout: 'route' },
  };

  test('what was sent is its output, and the ordinary way goes on', async () => {
    const id = await waitingRun([hook, note('use', 'hook.received', 'got {{ hook.n }}'), note('remind', 'hook.timed_out')]);
    await post(id, 'hook', { status: 'completed', output: { n: 7 } });
    expect((await reachEnd(user, id)).status).toBe('completed');
    const tasks = await tasksOf(id);
    expect(tasks['hook'].output).toEqual({ n: 7 });
    expect(tasks['use'].output).toEqual({ text: 'got 7' });
    expect(tasks['remind']).toMatchObject({ skipped: true, output: null });
  });

  test('where nothing comes in time, the other way is taken, or the task fails', async () => {
    const short = (on: string) => ({ ...hook, parameters: { ...hook.parameters, timeout: '300ms', on_timeout: on } });
    const ways = [note('use', 'hook.received'), note('remind', 'hook.timed_out')];
    const flows = await Promise.all(['route', 'fail'].map((on) => createFlow(user, [receive, short(on), ...ways])));
    const [routed, failed] = await Promise.all(
      flows.map(async (flowId) => {
        const { file_key } = await uploadText(user, flowId);
        const { id } = await startRun(user, flowId, { file_key });
        return { run: await reachEnd(user, id), tasks: await tasksOf(id) };
      }),
    );
    expect(routed?.run.status).toBe('completed');
    expect(routed?.tasks['hook'].output).toBeNull();
    expect(routed?.tasks['remind'].output).toEqual({ text: 'remind' });
    expect(routed?.tasks['use'].skipped).toBe(true);
    expect(failed?.run.status).toBe('failed');
    expect(failed?.tasks['hook'].error).toMatchObject({ code: 'timeout' });
  });

  test('a failure that is reported fails it, and its on_failure task runs', async () => {
    const id = await waitingRun([
      { ...hook, on_failure: ['sorry'] },
      { ...note('sorry', 'hook'), depends_on: [] },
    ]);
    await post(id, 'hook', { status: 'failed', error: 'the warehouse is closed' });
    expect((await reachEnd(user, id)).status).toBe('failed');
    expect((await tasksOf(id))['sorry'].output).toEqual({ text: 'sorry' });
  });

  test('one that begins a run is another executor', async () => {
    const flowId = await createFlow(user, [
      { name: 'order', task_executor_name: 'webhook_receive', parameters: { fields: [{ id: 'number', required: true }] } },
      note('label', 'order', 'Order {{ order.number }}'),
    ]);
    expect((await user.post('/api/flow-executions', { flow_id: flowId, input: { nr: 1 } })).status).toBe(400);
    const { id } = await startRun(user, flowId, { number: 'A-17' });
    expect((await reachEnd(user, id)).status).toBe('completed');
    const tasks = await tasksOf(id);
    expect(tasks['order'].output).toEqual({ number: 'A-17' });
    expect(tasks['label'].output).toEqual({ text: 'Order A-17' });
  });
});

describe('human_in_the_loop', () => {
  const invoice = {
    name: 'invoice',
    task_executor_name: 'doc_to_structured',
    parameters: { document_url: '{{receive.document_url}}', worker: 'local', fields: [{ id: 'total', data_type: 'money' }] },
  };
  const review = (parameters: object = {}) => ({
    name: 'review',
    task_executor_name: 'human_in_the_loop',
    parameters: { data: '{{invoice.output}}', documents: '{{receive.document_url}}', threshold: 1, ...parameters },
  });
  const ways = [note('pay', 'review.approved', 'pay {{ review.total }}'), note('refuse', 'review.rejected')];

  test('what the person decided is its output, and the tasks behind it read that', async () => {
    const id = await waitingRun([invoice, review(), ...ways]);
    const row = await platform.engineDb.kysely
      .selectFrom('taskExecutions')
      .select('checkpoint')
      .where('organizationId', '=', platform.a.id)
      .where('executionId', '=', id)
      .where('status', '=', 'awaiting_input')
      .executeTakeFirstOrThrow();
    expect(row.checkpoint).toMatchObject({
      waits_for: 'review',
      uncertain: [{ field: 'total', threshold: 1 }],
      documents: [expect.stringMatching(/^gs:/)],
    });
    await post(id, 'review', { status: 'completed', output: { total: 99.5 } });
    expect((await reachEnd(user, id)).status).toBe('completed');
    const tasks = await tasksOf(id);
    expect(tasks['pay'].output).toEqual({ text: 'pay 99.5' });
    expect(tasks['refuse'].skipped).toBe(true);
  });

  test('a decision that says no takes the other way', async () => {
    const id = await waitingRun([invoice, review(), ...ways]);
    await post(id, 'review', { status: 'completed', output: { total: 99.5, review_result: false } });
    expect((await reachEnd(user, id)).status).toBe('completed');
    const tasks = await tasksOf(id);
    expect(tasks['refuse'].output).toEqual({ text: 'refuse' });
    expect(tasks['pay'].skipped).toBe(true);
  });

  test('data that are sure enough pass without anybody', async () => {
    const flowId = await createFlow(user, [receive, invoice, review({ threshold: 0, skip_if_confident: true }), ...ways]);
    const { file_key } = await uploadText(user, flowId, 'Total: 120.50 EUR');
    const { id } = await startRun(user, flowId, { file_key });
    expect((await reachEnd(user, id)).status).toBe('completed');
    expect((await tasksOf(id))['pay'].output.text).toMatch(/^pay/);
  });

  test('a run that is cancelled waits no more, and a late decision changes nothing', async () => {
    const id = await waitingRun([invoice, review(), ...ways]);
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    await reach(user, id, 'cancelled');
    await post(id, 'review', { status: 'completed', output: { total: 1 } });
    const tasks = await tasksOf(id);
    expect(tasks['review']).toMatchObject({ processing_status: 'cancelled', output: null });
    expect(tasks['pay']).toBeUndefined();
  });
});
