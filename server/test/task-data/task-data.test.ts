import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDefinition, flatDefinition, WIRE_TASK_NAMES, wireDefinition } from '../flows/definitions.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const ask = (definition: unknown, query = '') => user.post(`/api/task-data${query}`, { flow_definition: definition });

test('both forms give the schemas of their tasks by name, and no fault', async () => {
  for (const [definition, names] of [
    [flatDefinition(), ['file', 'text', 'report']],
    [wireDefinition(), WIRE_TASK_NAMES],
  ] as const) {
    const { status, body } = await ask(definition, '?full_validation=true');
    expect(status).toBe(200);
    expect(Object.keys(body.output_schemas)).toEqual(names);
    expect(body).toMatchObject({ input_schemas: {}, dynamic_data: {}, validation_errors: [] });
  }
});

test('input schemas come where they are asked for, of input tasks', async () => {
  const { body } = await ask(flatDefinition(), '?include_input_schema=true');
  expect(Object.keys(body.input_schemas)).toEqual(['file']);
  expect(body.input_schemas.file).toMatchObject({ type: 'object' });
});

const file = { name: 'file', task_executor_name: 'receive_file' };
const text = (change: object) => ({
  name: 'text',
  task_executor_name: 'doc_to_text',
  parameters: { document_url: '{{file.document_url}}' },
  ...change,
});

test.each<[string, object, number, number]>([
  ['an executor that is not there', { name: 'f', tasks: [file, text({ task_executor_name: 'conjure' })] }, 1, 1],
  ['a task without an executor', { name: 'f', tasks: [file, { name: 'text' }] }, 1, 1],
  ['a wrong type', { name: 'f', tasks: [file, text({ depends_on: 5 })] }, 1, 1],
  ['two tasks of one name', { name: 'f', tasks: [file, file] }, 1, 1],
  ['no name of the flow', { tasks: [file] }, 1, 1],
  ['a parameter that is missing', { name: 'f', tasks: [file, text({ parameters: {} })] }, 0, 1],
  ['a reference to nobody', { name: 'f', tasks: [file, text({ parameters: { document_url: '{{who.document_url}}' } })] }, 0, 1],
  ['tasks that wait for each other', { name: 'f', tasks: [file, text({ depends_on: ['text'] })] }, 0, 1],
  ['no tasks', { name: 'f', ...emptyDefinition() }, 0, 1],
])('%s is told in the answer: basic %#', async (_, definition, basic, full) => {
  for (const [query, expected] of [
    ['', basic],
    ['?full_validation=true', full],
  ] as const) {
    const { status, body } = await ask(definition, query);
    expect([query, status, body.validation_errors.length >= expected]).toEqual([query, 200, true]);
    if (expected === 0) expect(body.validation_errors).toEqual([]);
    for (const line of body.validation_errors) expect(line).toMatch(/^[\w.]+: .+/);
  }
});

test('a task that cannot be read loses its schema, the others keep theirs', async () => {
  const { body } = await ask({ name: 'f', tasks: [file, text({ task_executor_name: 'conjure' })] });
  expect(Object.keys(body.output_schemas)).toEqual(['file']);
});

test.each([
  ['no list of tasks', { name: 'f' }, 400],
  ['tasks that are no list', { name: 'f', tasks: 'all' }, 400],
  ['the wire form without a configuration', { flow_configs: [] }, 400],
])('%s is 400 invalid_dsl_input', async (_, definition, status) => {
  const answer = await ask(definition);
  expect([answer.status, answer.body.error.code]).toEqual([status, 'invalid_dsl_input']);
});

test('no definition is 422; a worker may not ask', async () => {
  expect((await user.post('/api/task-data', {})).status).toBe(422);
  expect((await ask('name: yaml')).status).toBe(422);
  expect((await (await platform.as('worker')).post('/api/task-data', { flow_definition: flatDefinition() })).status).toBe(403);
});

test('nothing is stored', async () => {
  await ask(flatDefinition());
  expect((await user.get('/api/flows')).body.total).toBe(0);
});
