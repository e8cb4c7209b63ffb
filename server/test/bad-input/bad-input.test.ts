/**
 * What somebody sends who is careless or means harm, end to end with workers: a clear error or plain text, with its code and its place,
 * nothing half-written, and a process that goes on. Elsewhere, and not repeated here:
 *   test/flows/hostile-definitions.test.ts          5,000 tasks, 10,000 brackets, NUL and __proto__ in a definition, text that is no JSON
 *   test/flows/create-flow.test.ts                  a definition with faults, NUL in display_name
 *   test/flow-executions/create-flow-execution.test.ts   an input that does not match, NUL in an input
 *   test/files/refused-uploads.test.ts              200 MB, announced or not, streamed
 *   test/task-outputs/repeated-id.test.ts           an id sent again with other content
 *   src/documents/hostile-documents.test.ts         each kind of hostile document, at the reader
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '#base';
import * as samples from '../../src/documents/testing/sample-documents.ts';
import { createFlow, reachEnd, startRun } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const PDF = 'application/pdf';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const document = { document_url: '{{receive.document_url}}', mime_type: '{{receive.mime_type}}' };
const read = { name: 'read', task_executor_name: 'doc_to_text', parameters: document };

let platform: TestPlatform;
let user: TestClient;
let readFlow: string;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  readFlow = await createFlow(user, [receive, read]);
});
afterAll(() => platform.close());

afterEach(async () => {
  const ready = await (await platform.as('anonymous')).get('/health/ready');
  expect([ready.status, ready.body]).toEqual([200, { status: 'ok' }]);
  expect(platform.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]); // a refusal is no error of ours
});

/** How many rows there are of all that a request may write. */
async function countRows(): Promise<unknown> {
  const tables = ['flows', 'flow_versions', 'flow_executions', 'task_executions', 'task_outputs', 'execution_events'];
  const counts = tables.map((name) => `(select count(*)::integer from ${name}) as ${name}`).join(', ');
  return platform.engineDb.query('count-all', `select ${counts}`, []);
}

async function upload(flowId: string, bytes: Buffer, contentType: string): Promise<JsonObject> {
  const { body } = await user.post(`/api/flows/${flowId}/upload-url?content_type=${encodeURIComponent(contentType)}`);
  const put = await fetch(body.upload_url, { method: 'PUT', body: new Uint8Array(bytes), headers: { 'Content-Type': contentType } });
  expect(put.status).toBe(200);
  return { file_key: body.file_key };
}

/** Runs it to its end and answers what became of each task. */
async function run(flowId: string, bytes: Buffer, contentType: string, extra: JsonObject = {}) {
  const { id } = await startRun(user, flowId, { ...(await upload(flowId, bytes, contentType)), ...extra });
  const { status } = await reachEnd(user, id);
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  const tasks = new Map<string, JsonObject>(body.task_executions.map((task: { task_name: string }) => [task.task_name, task]));
  return { id, status, tasks };
}

describe('a document that cannot be read fails its task with a code, and the next one is read', () => {
  const CASES: [string, () => Buffer | Promise<Buffer>, string][] = [
    ['text that poses as a PDF', () => Buffer.from('This is no PDF.'), 'unreadable_document'],
    ['half of a PDF', async () => (await samples.pdfOf(['one', 'two'])).subarray(0, 900), 'unreadable_document'],
    ['an encrypted PDF', () => samples.pdfOf(['secret'], { userPassword: 'sesame' }), 'encrypted_document'],
    ['a page tree that loops', samples.pageTreeLoop, 'unreadable_document'],
    ['brackets nested a hundred thousand deep', samples.deepNesting, 'unreadable_document'],
  ];

  test.each(CASES)('%s', { timeout: 120_000 }, async (_, make, code) => {
    const { id, status, tasks } = await run(readFlow, await make(), PDF);
    expect(status).toBe('failed');
    expect([...tasks.keys()].sort()).toEqual(['read', 'receive']);
    expect(tasks.get('receive')).toMatchObject({ processing_status: 'completed' });
    expect(tasks.get('read')).toMatchObject({ processing_status: 'failed', output: null, error: { code, retryable: false } });
    const { message } = (tasks.get('read') as { error: { message: string } }).error;
    expect(message).toMatch(/^[A-Z].{20,}\.$/s); // a sentence for people, no trace
    expect(message).not.toMatch(/\bat .+:\d+:\d+|node_modules/);
    const outputs = (await user.get(`/api/task-outputs?flow_execution_id=${id}`)).body;
    expect(outputs.find(({ task_name }: { task_name: string }) => task_name === 'read')).toMatchObject({
      processing_status: 'failed',
      output: null,
    });

    const next = await run(readFlow, await samples.pdfOf(['The next one is read.']), PDF);
    expect(next.tasks.get('read')).toMatchObject({ processing_status: 'completed', output: { text: 'The next one is read.' } });
  });
});

describe('text of a document is never a program', () => {
  const TEXT = 'Total {{ secrets }} {{secrets.KEY}} {{input.file_key}} {% for i in (1..9) %}x{% endfor %} #{7*7} tasks["receive"]';

  test('it comes out of doc_to_text, format_data and doc_to_structured as it is written', { timeout: 60_000 }, async () => {
    const flow = await createFlow(user, [
      receive,
      read,
      { name: 'liquid', task_executor_name: 'format_data', parameters: { template: '<{{ read.text }}>' } },
      { name: 'cel', task_executor_name: 'format_data', parameters: { fields: { text: 'read.text + "!"' } } },
      { name: 'again', task_executor_name: 'format_data', parameters: { template: '{{ liquid.text }}{{ cel.text }}' } },
      {
        name: 'fields',
        task_executor_name: 'doc_to_structured',
        parameters: {
          document: '{{read.output}}',
          worker: 'local',
          instructions: '{{read.text}}',
          fields: [{ id: 'Total', title: 'Total', data_type: 'string' }],
        },
      },
    ]);
    const { status, tasks } = await run(flow, Buffer.from(TEXT), 'text/plain', { note: TEXT });
    expect(status).toBe('completed');
    expect(tasks.get('read')).toMatchObject({ output: { text: TEXT } });
    expect(tasks.get('liquid')).toMatchObject({ output: { text: `<${TEXT}>` } });
    expect(tasks.get('cel')).toMatchObject({ output: { text: `${TEXT}!` } });
    expect(tasks.get('again')).toMatchObject({ output: { text: `<${TEXT}>${TEXT}!` } });
    expect(tasks.get('fields')).toMatchObject({ input: { instructions: TEXT } });
  });
});

describe('what lies behind an object is out of reach', () => {
  const PLACES: [string, JsonObject, string[]][] = [
    ['a reference to .__proto__', { template: 'x', fields: '{{receive.__proto__}}' }, ['fields']],
    ['a reference to .constructor', { template: 'x', fields: '{{receive.metadata.constructor}}' }, ['fields']],
    ['a template', { template: '{{ receive.metadata.__proto__ }}{{ input["constructor"] }}' }, ['template', 'template']],
    ['an expression', { fields: { x: 'input.__proto__', y: 'receive.metadata["__proto__"]' } }, ['fields.x', 'fields.y']],
  ];

  test.each(PLACES)('%s is refused when the flow is made, with its place', async (_, parameters, places) => {
    const before = await countRows();
    const reach = { name: 'reach', task_executor_name: 'format_data', parameters };
    const answer = await user.post('/api/flows', { display_name: 'Reach', definition: { name: 'Reach', tasks: [receive, reach] } });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    for (const place of places) {
      const sentence = new RegExp(
        `^tasks\\.1\\.parameters\\.${place.replace('.', '\\.')}: '(__proto__|constructor)' can never be referred to`,
      );
      expect(answer.body.error.details).toContainEqual(expect.stringMatching(sentence));
    }
    expect(await countRows()).toEqual(before);
  });

  test('and a name that comes from the outside finds nothing there', { timeout: 60_000 }, async () => {
    const flow = await createFlow(user, [
      receive,
      {
        name: 'reach',
        task_executor_name: 'format_data',
        depends_on: ['receive'],
        parameters: { template: '[{{ receive.metadata[input.name] }}][{{ input[input.name] }}]' },
      },
    ]);
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const { tasks } = await run(flow, Buffer.from('plain'), 'text/plain', { name });
      expect(tasks.get('reach'), name).toMatchObject({ processing_status: 'completed', output: { text: '[][]' } });
    }
  });

  test('a key __proto__ in an input is refused, and pollutes nothing', async () => {
    const before = await countRows();
    const text = `{"flow_id": "${readFlow}", "input": {"file_key": "x", "__proto__": {"polluted": true}}}`;
    const answer = await user.post('/api/flow-executions', text, JSON_TYPE);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'bad_request']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(await countRows()).toEqual(before);
  });
});

describe('10,000 nested brackets', () => {
  const nested = '['.repeat(10_000) + ']'.repeat(10_000);
  const PLACES: [string, string, () => string][] = [
    ['in an input', '/api/flow-executions', () => `{"flow_id": "${readFlow}", "input": {"file_key": "x", "metadata": {"a": ${nested}}}}`],
    ['in an output', '/api/task-outputs', () => `{"task_name": "x", "summary": ${nested}}`],
    ['in a definition that is text', '/api/flows', () => JSON.stringify({ display_name: 'x', definition: `name: x\ntasks: ${nested}` })],
  ];

  test.each(PLACES)('%s are 400 or 422, at once', async (_, path, body) => {
    const before = await countRows();
    const startedAt = performance.now();
    const answer = await user.post(path, body(), JSON_TYPE);
    expect([400, 422]).toContain(answer.status);
    expect(answer.body.error).toMatchObject({
      code: expect.stringMatching(/^(bad_request|invalid_dsl_input|validation_error)$/),
      message: expect.any(String),
    });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(await countRows()).toEqual(before);
  });

  const DEEP: [string, string, JsonObject][] = [
    ['a template', 'template', { template: `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}` }],
    ['an expression', 'fields.x', { fields: { x: `${'('.repeat(9_000)}1${')'.repeat(9_000)}` } }],
  ];

  test.each(DEEP)('in %s are a fault with its place', async (_, key, parameters) => {
    const before = await countRows();
    const deep = { name: 'deep', task_executor_name: 'format_data', depends_on: ['receive'], parameters };
    const answer = await user.post('/api/flows', { display_name: 'Deep', definition: { name: 'Deep', tasks: [receive, deep] } });
    expect([answer.status, answer.body.error?.code]).toEqual([400, 'invalid_dsl_input']);
    expect(answer.body.error.details).toEqual([expect.stringContaining(`tasks.1.parameters.${key}: `)]);
    expect(answer.body.error.details[0]).not.toContain('call stack');
    expect(await countRows()).toEqual(before);
  });
});

describe('a NUL', () => {
  test('in summary, output or tags of an output is 422 with its place, and nothing is written', async () => {
    const { id } = await run(readFlow, Buffer.from('x'), 'text/plain');
    const before = await countRows();
    const output = { flow_execution_id: id, organization_id: platform.a.id, task_name: 'note', summary: 'fine' };
    const CASES: [JsonObject, (string | number)[]][] = [
      [{ summary: 'a\0b' }, ['body', 'summary']],
      [{ summary: { deep: ['a\0b'] } }, ['body', 'summary', 'deep', 0]],
      [{ output: { 'a\0b': 1 } }, ['body', 'output']],
      [{ tags: ['fine', 'a\0'] }, ['body', 'tags', 1]],
    ];
    for (const [change, place] of CASES) {
      const answer = await user.post('/api/task-outputs', { ...output, ...change });
      expect([answer.status, answer.body.error.code], JSON.stringify(change)).toEqual([422, 'validation_error']);
      expect(answer.body.detail[0].loc.slice(0, place.length)).toEqual(place);
    }
    expect(await countRows()).toEqual(before);
  });

  test('in the text of a document is read without it, or as a failure with a code, never as a broken run', {
    timeout: 60_000,
  }, async () => {
    const { status, tasks } = await run(readFlow, Buffer.from('before\0after\n'), 'text/plain');
    const task = tasks.get('read') as JsonObject;
    if (status === 'completed') expect((task['output'] as { text: string }).text).not.toContain('\0');
    else
      expect(task).toMatchObject({
        processing_status: 'failed',
        error: { code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) },
      });
    expect(task['error'] ?? {}).not.toMatchObject({ code: 'executor_error' });
  });

  test('in a query, a path or a file name is refused', async () => {
    expect((await user.get('/api/flows?search=a%00b')).status).toBe(422);
    expect((await user.get('/api/flows/a%00b')).status).toBe(422);
    expect((await user.post(`/api/flows/${readFlow}/upload-url?content_type=text/plain&filename=a%00b`)).status).toBe(422);
  });
});
