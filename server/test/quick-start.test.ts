/**
 * The quick start of the original platform, call by call (sign in, create the flow, upload, run, poll, read the results; then a service
 * account, its key, and the download). What a first client of that platform sends must work here unchanged.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from './support/test-platform.ts';

const DOCUMENT = new URL('../../examples/invoice/northwind-invoice.pdf', import.meta.url);
const EMAIL = 'quick.start@example.com';
const PASSWORD = 'correct horse battery staple';

const FILE_TASK = '8a0883ff-e0b9-4c27-8dfe-8af18c7d3ea4';
const TEXT_TASK = 'd61f3643-52d9-4ff3-bee7-7a3e26ca013f';
const FIELDS_TASK = 'f3f0dd0d-65f6-4a0c-9d9f-8f0c8a3f0b11';

const flowJson = {
  display_name: 'Quick Start: Invoice Processing',
  description: 'Extract and validate invoice data',
  version: 1,
  definition: {
    flow: { created_at: '', author_uuid: '' },
    flow_configs: [
      {
        config: {
          tasks: [
            {
              visual_properties: { position: { x: 0, y: 359 } },
              name: FILE_TASK,
              task_executor_name: 'receive_file',
              task_title: 'Receive File',
              parameters: {},
            },
            {
              visual_properties: { position: { x: 530, y: 232 } },
              name: TEXT_TASK,
              task_executor_name: 'doc_to_text',
              task_title: 'Convert Document to Text',
              parameters: { worker: 'gpt-4.1', mime_type: `{{${FILE_TASK}.mime_type}}`, document_url: `{{${FILE_TASK}.document_url}}` },
            },
            {
              visual_properties: { position: { x: 1060, y: 232 } },
              name: FIELDS_TASK,
              task_executor_name: 'doc_to_structured',
              task_title: 'Extract Fields',
              parameters: {
                worker: 'gpt-4.1',
                document_url: `{{${FILE_TASK}.document_url}}`,
                fields: [{ id: 'InvoiceID', title: 'Invoice ID', data_type: 'string', columns: [], instructions: '' }],
              },
            },
          ],
        },
      },
    ],
  },
};

let platform: TestPlatform;
let api: string;
/** What one call hands to the next, as a shell's variables do. */
const vars: Record<string, string> = {};

const curl = async (method: string, url: string, options: { headers?: Record<string, string>; data?: unknown; body?: Uint8Array } = {}) => {
  const json = options.data === undefined ? {} : { 'Content-Type': 'application/json' };
  const body = options.data === undefined ? options.body : JSON.stringify(options.data);
  const response = await fetch(url, {
    method,
    headers: { ...json, ...options.headers },
    ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};
const bearer = () => ({ Authorization: `Bearer ${vars['TOKEN']}` });

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  api = platform.url;
  const { id: organizationId } = platform.a;
  await platform.access.createUser({
    organizationId,
    email: EMAIL,
    password: PASSWORD,
    role: 'org_admin',
    firstName: 'Quick',
    lastName: 'Start',
  });
});
afterAll(() => platform.close());

describe('the invoice quick start', () => {
  test('GET /api/auth/anon-key', async () => {
    const { status, body } = await curl('GET', `${api}/api/auth/anon-key`);
    expect(status).toBe(200);
    vars['ANON'] = body.anon_key;
  });

  test('POST /auth/v1/token?grant_type=password', async () => {
    const headers = { apikey: vars['ANON'] ?? '' };
    const { status, body } = await curl('POST', `${api}/auth/v1/token?grant_type=password`, {
      headers,
      data: { email: EMAIL, password: PASSWORD },
    });
    expect(status).toBe(200);
    vars['TOKEN'] = body.access_token;
  });

  test('POST /api/flows with the quick start’s flow.json', async () => {
    const { status, body } = await curl('POST', `${api}/api/flows`, { headers: bearer(), data: flowJson });
    expect(status, JSON.stringify(body)).toBe(201);
    expect(body).toMatchObject({ display_name: flowJson.display_name, description: flowJson.description, version: 1, status: 'draft' });
    vars['FLOW_ID'] = body.id;
  });

  test('POST /api/flows/{id}/upload-url, and PUT of the file', async () => {
    const { status, body } = await curl('POST', `${api}/api/flows/${vars['FLOW_ID']}/upload-url?content_type=application/pdf`, {
      headers: bearer(),
    });
    expect(status).toBe(200);
    const put = await fetch(body.upload_url, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/pdf' },
      body: await readFile(DOCUMENT),
    });
    expect(put.status).toBe(200);
    vars['FILE_KEY'] = body.file_key;
    vars['URI'] = body.uri;
  });

  test('POST /api/flow-executions', async () => {
    const input = { document_url: vars['URI'], mime_type: 'application/pdf', filename: 'invoice.pdf' };
    const { status, body } = await curl('POST', `${api}/api/flow-executions`, {
      headers: bearer(),
      data: { flow_id: vars['FLOW_ID'], input },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ flow_version: 1, status: expect.stringMatching(/^(queued|running)$/), input });
    vars['ID'] = body.id;
  });

  test('GET /api/flow-executions/{id} until it has ended', async () => {
    const get = async () => (await curl('GET', `${api}/api/flow-executions/${vars['ID']}`, { headers: bearer() })).body.status;
    await expect.poll(get, { timeout: 50_000, interval: 100 }).toMatch(/^(completed|failed|cancelled|awaiting_input)$/);
    expect(await get()).toBe('completed');
  });

  test('GET /api/task-executions?flow_execution_id=', async () => {
    const { body } = await curl('GET', `${api}/api/task-executions?flow_execution_id=${vars['ID']}`, { headers: bearer() });
    const tasks = new Map<string, { processing_status: string; output: Record<string, unknown> }>(
      body.task_executions.map((task: { task_name: string }) => [task.task_name, task]),
    );
    expect([...tasks.values()].map((task) => task.processing_status)).toEqual(['completed', 'completed', 'completed']);
    expect(tasks.get(TEXT_TASK)?.output).toMatchObject({ text: expect.stringContaining('Northwind') });
    expect(tasks.get(FIELDS_TASK)?.output).toMatchObject({ InvoiceID: 'NW-2026-004817' });
  });

  test('GET /api/task-outputs, filtered by the client', async () => {
    const { body } = await curl('GET', `${api}/api/task-outputs`, { headers: bearer() });
    const own = body.filter((output: { flow_execution_id: string }) => output.flow_execution_id === vars['ID']);
    expect(own.map((output: { task_name: string }) => output.task_name).sort()).toEqual([FILE_TASK, TEXT_TASK, FIELDS_TASK].sort());
  });

  test('the other input form, {file_key}, runs as well', async () => {
    const data = { flow_id: vars['FLOW_ID'], input: { file_key: vars['FILE_KEY'] } };
    const headers = { ...bearer(), Prefer: 'wait=50' };
    const { status, body } = await curl('POST', `${api}/api/flow-executions`, { headers, data });
    expect([status, body.status]).toEqual([201, 'completed']);
  });
});

describe('a service account', () => {
  test('POST /api/service-accounts, then its API key, which is shown once', async () => {
    const account = await curl('POST', `${api}/api/service-accounts`, {
      headers: bearer(),
      data: { name: 'CI', description: 'Quick start' },
    });
    expect(account.status).toBe(201);
    const key = await curl('POST', `${api}/api/service-accounts/${account.body.id}/api-keys`, {
      headers: bearer(),
      data: { name: 'first' },
    });
    expect(key.body.token).toMatch(/^saf_/);
    vars['KEY'] = key.body.token;
  });

  test('X-API-Key opens the API', async () => {
    const { status, body } = await curl('GET', `${api}/api/flow-executions/${vars['ID']}`, { headers: { 'X-API-Key': vars['KEY'] ?? '' } });
    expect([status, body.status]).toEqual([200, 'completed']);
  });
});

describe('the download', () => {
  test('curl -f -L of /api/files/download brings the bytes that were uploaded', async () => {
    const url = `${api}/api/files/download?uri=${encodeURIComponent(vars['URI'] ?? '')}`;
    const response = await fetch(url, { headers: { 'X-API-Key': vars['KEY'] ?? '' }, redirect: 'follow' });
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(await readFile(DOCUMENT))).toBe(true);
  });

  test('POST /api/files/resolve', async () => {
    const { status, body } = await curl('POST', `${api}/api/files/resolve`, {
      headers: { 'X-API-Key': vars['KEY'] ?? '' },
      data: { uri: vars['URI'] },
    });
    expect(status).toBe(200);
    expect((await fetch(body.download_url)).status).toBe(200);
  });
});
