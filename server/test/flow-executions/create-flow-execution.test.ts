import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { subscribe } from '../support/flow-socket.ts';
import { createFlow, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import { seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let key: TestClient;
/** receive -> greet */
let flowId: string;
let file: { file_key: string; uri: string };

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const greet = {
  name: 'greet',
  task_executor_name: 'format_data',
  parameters: { template: 'Hello {{ tasks.receive.filename }}' },
  depends_on: ['receive'],
};
const slow = (duration = '20s') => ({ name: 'slow', task_executor_name: 'delay', parameters: { duration }, depends_on: ['receive'] });

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  key = await platform.as('service_account');
  flowId = await createFlow(user, [receive, greet]);
  file = await uploadText(user, flowId);
});
afterAll(() => platform.close());

const create = (body: Record<string, unknown>, client = user, headers = {}) =>
  client.post('/api/flow-executions', { flow_id: flowId, input: { file_key: file.file_key }, ...body }, headers);

describe('POST /flow-executions', () => {
  test('starts a run under the latest version, which ends with its results readable', async () => {
    const input = { file_key: file.file_key, filename: 'a.txt', extra: { Nested_key: [1] } };
    const { status, body } = await create({ input });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      flow_id: flowId,
      flow_version: 1,
      input,
      modified_by: user.id,
      triggered_by: user.id,
      triggered_task_executor_name: null,
    });
    expect(['queued', 'running']).toContain(body.status);
    expect(await reachEnd(user, body.id)).toMatchObject({
      ...body,
      status: 'completed',
      updated_at: expect.any(String),
      started_at: expect.any(String),
      completed_at: expect.any(String),
      run_number: null,
    });
    const { body: tasks } = await user.get(`/api/task-executions?flow_execution_id=${body.id}`);
    expect(tasks.task_executions.map((task: Record<string, unknown>) => [task['task_name'], task['processing_status']])).toEqual([
      ['greet', 'completed'],
      ['receive', 'completed'],
    ]);
    const { body: outputs } = await user.get(`/api/task-outputs?flow_execution_id=${body.id}&task_name=greet`);
    expect(outputs).toEqual([expect.objectContaining({ output: { text: 'Hello a.txt' }, modified_by: 'system' })]);
  });

  test('runs are numbered; unknown fields are ignored', async () => {
    const [one, two] = [await create({ version: 1, nonsense: true }), await create({})];
    const number = async ({ body }: { body: { id: string } }) =>
      (await user.get(`/api/flow-executions/${body.id}?include_run_number=true`)).body.run_number;
    expect(await number(two)).toBe((await number(one)) + 1);
  });

  test('an API key is recorded as integration', async () => {
    expect((await create({}, key)).body).toMatchObject({ modified_by: 'integration', triggered_by: 'integration' });
  });

  test('C20: a later version does not touch a run, and is what the next one uses', async () => {
    const own = await createFlow(user, [receive, slow('1s')]);
    const first = await startRun(user, own, { file_key: file.file_key });
    await user.put(`/api/flows/${own}/definition`, { definition: { name: 'flow', tasks: [receive, greet] } });
    const second = await startRun(user, own, { file_key: file.file_key });
    expect((await user.get(`/api/flow-executions/${second.id}`)).body.flow_version).toBe(2);
    expect(await reachEnd(user, first.id)).toMatchObject({ flow_version: 1, status: 'completed' });
  });

  test('Prefer: wait answers with the state that was reached', async () => {
    const answer = await create({}, user, { Prefer: 'respond-async, wait=20' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('preference-applied')).toBe('wait=20');
    expect(answer.body).toMatchObject({ status: 'completed', completed_at: expect.any(String) });
  });

  test('Prefer: wait gives up in time', async () => {
    const own = await createFlow(user, [receive, slow()]);
    const started = Date.now();
    const answer = await create({ flow_id: own }, user, { Prefer: 'wait=1' });
    expect(Date.now() - started).toBeLessThan(4_000);
    expect(answer.body.status).toBe('running');
    await user.post(`/api/flow-executions/${answer.body.id}/cancel`);
  });

  test('subscribers of the flow hear of the start, the tasks and the end, after each is committed', async () => {
    const socket = await subscribe(`${platform.url}/ws/flows/${flowId}?token=${user.token}`);
    const { body } = await create({});
    const mine = (type: string, status?: string) => (message: Record<string, unknown>) =>
      message['type'] === type && message['flow_execution_id'] === body.id && (status === undefined || message['status'] === status);
    await socket.next(mine('flow_execution.created'));
    await socket.next(mine('task_execution.updated', 'completed'));
    await socket.next(mine('flow_execution.updated', 'completed'));
    await socket.close();
  });
});

describe('what is refused, in the contract’s order', () => {
  test('an unknown, foreign, private or deleted flow is 404, whatever else is wrong', async () => {
    const foreign = await seedFlow(platform.engineDb, platform.b.id);
    const hidden = await seedFlow(platform.engineDb, platform.a.id, { row: { visibility: 'private', createdBy: newId() } });
    const deleted = await createFlow(user, [receive]);
    await user.delete(`/api/flows/${deleted}`);
    for (const id of [newId(), foreign.flowId, hidden.flowId, deleted]) {
      const answer = await create({ flow_id: id, input: {}, input_task_name: 'nonsense' });
      expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found']);
    }
  });

  test.each(['worker', 'publisher'] as const)('a %s who is invited to nothing starts nothing', async (caller) => {
    expect([403, 404]).toContain((await create({}, await platform.as(caller))).status);
  });

  test('a flow that cannot run is 400 invalid_dsl_input with every fault', async () => {
    const own = await createFlow(user, []);
    const answer = await create({ flow_id: own });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    expect(answer.body.error.details.length).toBeGreaterThan(0);
    expect(answer.body.error.details.every((detail: unknown) => typeof detail === 'string')).toBe(true);
  });

  test.each([
    [{}, ['file_key', 'document_url']],
    [{ file_key: 5 }, ['file_key']],
    [{ file_key: '' }, ['file_key']],
    [{ file_key: '../../etc/passwd' }, ['file_key']],
    [{ file_key: 'documents/report.pdf' }, ['file_key']],
    [{ file_key: 'a%2e%2e/b' }, ['file_key']],
    [{ document_url: 'https://example.com/a.pdf' }, ['document_url']],
    [{ document_url: 'gs://another-bucket/a/b.pdf' }, ['document_url']],
    [{ document_url: 'gs://' }, ['document_url']],
    [{ file_key: 'nothing/here', document_url: 'gs://another-bucket/a' }, ['document_url', 'file_key']],
  ])('an input of %j is 400 with the place of each fault, and nothing is written', async (input, places) => {
    const own = await createFlow(user, [receive]);
    const answer = await create({ flow_id: own, input });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'bad_request']);
    expect(answer.body.error.details.map(({ loc }: { loc: string[] }) => loc[1]).sort()).toEqual([...places].sort());
    for (const detail of answer.body.error.details)
      expect(detail).toMatchObject({ loc: ['input', expect.any(String)], msg: expect.any(String), type: expect.any(String) });
    expect((await user.get(`/api/flow-executions?flow_id=${own}`)).headers.get('x-total-count')).toBe('0');
  });

  test('a file of another organization is the same 400 as one that never was', async () => {
    const other = await platform.as('app_user', platform.b);
    const foreign = await uploadText(other, await createFlow(other, [receive]));
    for (const input of [{ file_key: foreign.file_key }, { document_url: foreign.uri }]) {
      const answer = await create({ input });
      expect(answer.status).toBe(400);
      expect(answer.body.error.details[0].msg).toBe('There is no uploaded file of this name; upload it first');
    }
  });

  test('a file whose upload never came is refused, too', async () => {
    const { body: place } = await user.post(`/api/flows/${flowId}/upload-url?content_type=text/plain`);
    expect((await create({ input: { file_key: place.file_key } })).status).toBe(400);
  });

  test('key and address of one file may both be given, of two files not', async () => {
    const second = await uploadText(user, flowId, 'other');
    expect((await create({ input: { file_key: file.file_key, document_url: file.uri } })).status).toBe(201);
    expect((await create({ input: { file_key: file.file_key, document_url: second.uri } })).status).toBe(400);
    expect((await create({ input: { file_key: file.uri } })).status).toBe(201);
  });

  test.each([
    [{ flow_id: 'x' }, ['flow_id']],
    [{ flow_id: undefined }, ['flow_id']],
    [{ input: undefined }, ['input']],
    [{ input: [] }, ['input']],
    [{ input: null }, ['input']],
    [{ input_task_name: 5 }, ['input_task_name']],
  ])('a body with %j is 422', async (change, places) => {
    const answer = await create(change);
    expect(answer.status).toBe(422);
    expect(answer.body.error.details.map(({ loc }: { loc: string[] }) => loc[1])).toEqual(places);
  });

  test('a NUL in the input is 422 with its place', async () => {
    const answer = await create({ input: { file_key: file.file_key, note: ['a\0'] } });
    expect(answer.status).toBe(422);
    expect(answer.body.error.details[0].loc).toEqual(['body', 'input', 'note', 0]);
  });
});

describe('input_task_name', () => {
  test('of a single input task is optional, but must be its', async () => {
    expect((await create({ input_task_name: 'receive' })).status).toBe(201);
    expect((await create({ input_task_name: null })).status).toBe(201);
    const answer = await create({ input_task_name: 'greet' });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'bad_request']);
  });

  test('of several must be given; the run says which executor triggered it', async () => {
    const second = { ...receive, name: 'second' };
    const both = {
      name: 'both',
      task_executor_name: 'format_data',
      parameters: { template: 'x' },
      depends_on: ['receive', 'second'],
      run_if: 'any',
    };
    const own = await createFlow(user, [receive, second, both]);
    const absent = await create({ flow_id: own });
    expect(absent.status).toBe(400);
    expect(absent.body.error.details[0]).toMatchObject({ loc: ['body', 'input_task_name'] });
    const { status, body } = await create({ flow_id: own, input_task_name: 'second' });
    expect([status, body.triggered_task_executor_name]).toEqual([201, 'receive_file']);
    expect((await reachEnd(user, body.id)).status).toBe('completed');
    const { body: tasks } = await user.get(`/api/task-executions?flow_execution_id=${body.id}&task_name=second`);
    expect(tasks.task_executions[0]).toMatchObject({ processing_status: 'completed', status: 'completed' });
  });
});
