/** Forms that start a run: their fields are checked before anything is written. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFlow, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const fields = [
  { id: 'customer', title: 'Customer', data_type: 'string', required: true },
  { id: 'amount', data_type: 'money' },
  { id: 'priority', data_type: 'enum', options: ['low', 'high'], default: 'low' },
];
const tasks = (parameters: object) => [
  { name: 'claim', task_executor_name: 'custom_form_input', parameters },
  {
    name: 'say',
    task_executor_name: 'format_data',
    parameters: { template: '{{ claim.priority }} {{ claim.customer }} {{ claim.filename }}' },
  },
];

test('a run starts with the values of the form, and the tasks behind it read them', async () => {
  const flowId = await createFlow(user, tasks({ fields }));
  const { file_key } = await uploadText(user, flowId);
  const { id } = await startRun(user, flowId, { customer: 'Ada', amount: 12.5, file_key, filename: 'claim.txt' });
  expect((await reachEnd(user, id)).status).toBe('completed');
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=say`);
  expect(body.task_executions[0].output).toEqual({ text: 'low Ada claim.txt' });
});

test('what does not fit the form starts nothing, and each fault is told with its place', async () => {
  const flowId = await createFlow(user, tasks({ fields }));
  const input = { amount: '12', priority: 'urgent', custommer: 'Ada' };
  const answer = await user.post('/api/flow-executions', { flow_id: flowId, input });
  expect(answer.status).toBe(400);
  expect(answer.body.error.code).toBe('bad_request');
  const places = answer.body.error.details.map(({ loc }: { loc: string[] }) => loc.join('.')).sort();
  expect(places).toEqual(['input.amount', 'input.customer', 'input.custommer', 'input.priority']);
  expect((await user.get(`/api/flow-executions?flow_id=${flowId}`)).body).toEqual([]);
});

test('two forms of one executor are two forms', async () => {
  const one = await createFlow(user, tasks({ fields }));
  const two = await createFlow(user, tasks({ fields: [...fields, { id: 'iban', data_type: 'iban', required: true }] }));
  expect((await user.post('/api/flow-executions', { flow_id: one, input: { customer: 'Ada' } })).status).toBe(201);
  expect((await user.post('/api/flow-executions', { flow_id: two, input: { customer: 'Ada' } })).status).toBe(400);
});

test('without parameters any input is taken', async () => {
  const flowId = await createFlow(user, [{ name: 'claim', task_executor_name: 'custom_form_input', parameters: {} }]);
  const { id } = await startRun(user, flowId, { metadata: { a: 1 }, anything: ['else'] });
  expect((await reachEnd(user, id)).status).toBe('completed');
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  expect(body.task_executions[0].output).toEqual({ filename: null, mime_type: null, document_url: null, metadata: { a: 1 } });
});

test('the form is shown as the input schema of its task', async () => {
  const flowId = await createFlow(user, tasks({ fields, document: 'none' }));
  const { body } = await user.get(`/api/flows/${flowId}?include_input_schema=true`);
  const [claim] = body.definition.tasks;
  expect(claim.input_schema).toMatchObject({
    required: ['customer'],
    properties: { amount: { type: ['number', 'null'] }, priority: { enum: ['low', 'high', null], default: 'low' } },
  });
  expect(claim.input_schema.properties).not.toHaveProperty('document_url');
});

test('a reference to a field that the form does not have is a fault of the definition', async () => {
  const [claim] = tasks({ fields });
  const definition = {
    name: 'x',
    tasks: [claim, { name: 'say', task_executor_name: 'format_data', parameters: { template: '{{ claim.custmer }} {{ input.prio }}' } }],
  };
  const answer = await user.post('/api/flows', { display_name: `Flow ${Math.random()}`, definition });
  expect(answer.status).toBe(400);
  expect(answer.body.error.details).toHaveLength(2);
});
