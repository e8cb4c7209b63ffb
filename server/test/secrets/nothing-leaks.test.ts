/**
 * A secret is planted, used by every executor that may, and provoked to come back in every way that a server, a receiver or a flow knows (RELIABILITY
 * attack 34). Then everything that is kept or told is searched for it: log, all tables, stored files, socket frames, spans, answers of the API.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signingSecret } from '../../src/executors/testing/example-server.ts';
import { dumpDatabase } from '../support/dump-database.ts';
import { subscribe } from '../support/flow-socket.ts';
import { createFlow, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/trace-collector.ts';

const CORE = 'Canary7f3QxZ';
const CANARY = `zq+${CORE}/ä="p w"`;
const HOST = `zq-${CORE.toLowerCase()}-host`;
const SIGNING = signingSecret('nothing-leaks');

let platform: TestPlatform;
let admin: TestClient;
let server: Server;
let base: string;
let collector: TraceCollector;

/** What a server can do with what it was sent, by path. */
const ECHOES: Record<string, (sent: string, response: ServerResponse) => void> = {
  json: (sent, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sent, [sent]: [sent] })),
  text: (sent, response) => void response.end(sent),
  base64: (sent, response) => void response.end(Buffer.from(`x${sent}`).toString('base64')),
  hex: (sent, response) => void response.end(Buffer.from(sent).toString('hex')),
  encoded: (sent, response) => void response.end(encodeURIComponent(sent)),
  headers: (sent, response) => void response.writeHead(200, { 'x-echo': Buffer.from(sent).toString('latin1') }).end(),
  file: (sent, response) => void response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(sent),
  'bad-json': (sent, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(`{"a": ${sent}`),
  unauthorized: (sent, response) => void response.writeHead(401).end(sent),
  broken: (sent, response) => void response.writeHead(500).end(sent),
  redirect: (sent, response) => void response.writeHead(302, { location: `/text?${encodeURIComponent(sent)}` }).end(),
  loop: (sent, response) => void response.writeHead(302, { location: `/loop?${encodeURIComponent(sent)}` }).end(),
  away: (sent, response) => void response.writeHead(302, { location: `http://10.0.0.1/${encodeURIComponent(sent)}` }).end(),
  'no-host': (sent, response) => void response.writeHead(302, { location: `ftp://${encodeURIComponent(sent)}/` }).end(),
  cut: (sent, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write(sent);
    setTimeout(() => response.destroy(), 20);
  },
  silence: () => {},
};

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const sent = [
    decodeURIComponent(request.url ?? ''),
    Buffer.from(JSON.stringify(request.headers), 'latin1').toString(),
    await readAll(request),
  ].join(' ');
  ECHOES[/^\/([\w-]+)/.exec(request.url ?? '')?.[1] ?? '']?.(sent, response);
}

beforeAll(async () => {
  server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  collector = await startTraceCollector();
  const config = { allowPrivateNetworks: ['127.0.0.0/8'], otlpEndpoint: collector.endpoint };
  platform = await startTestPlatform({ loops: 1, config });
  admin = await platform.as('org_admin');
  for (const [name, value] of Object.entries({ CANARY, HOST, SIGNING, HEADER: `zq-${CORE}`, SPLIT: `zq-${CORE}\r\nX-Split: 1` }))
    await admin.put(`/api/secrets/${name}`, { value });
});
afterAll(async () => {
  await platform.close();
  server.closeAllConnections();
  server.close();
  await collector.close();
});

const call = (name: string, parameters: object, more: object = {}) => ({
  name: name.replaceAll('-', '_'),
  task_executor_name: 'http_request',
  depends_on: ['receive'],
  retry: { max_attempts: 2, initial_interval: '10ms' },
  parameters,
  ...more,
});

const tasks = () => [
  { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
  ...Object.keys(ECHOES).map((path) =>
    call(path, {
      url: `${base}/${path}`,
      method: 'POST',
      headers: { 'X-Token': '{{secrets.HEADER}}' },
      auth: { type: 'basic', username: 'user', password: '{{secrets.CANARY}}' },
      json: { password: '{{secrets.CANARY}}' },
      timeout: '300ms',
    }),
  ),
  call('in_query', { url: `${base}/text`, query: { key: '{{secrets.CANARY}}' } }),
  call('in_form', { url: `${base}/text`, method: 'POST', form: { key: '{{secrets.CANARY}}' } }),
  call('in_text', { url: `${base}/text`, method: 'POST', text: '{{secrets.CANARY}}' }),
  call('in_path', { url: `${base}/unauthorized/{{secrets.HEADER}}` }),
  call('in_host', { url: 'http://{{secrets.HOST}}.invalid/' }),
  call('as_url', { url: '{{secrets.CANARY}}' }),
  call('as_json', { url: `${base}/bad-json`, method: 'POST', json: { a: '{{secrets.CANARY}}' }, response: 'json' }),
  call('as_file', { url: `${base}/text`, method: 'POST', text: '{{secrets.CANARY}}', response: 'file' }),
  call('split', { url: `${base}/text`, headers: { 'X-Token': '{{secrets.SPLIT}}' } }),
  call('no_latin', { url: `${base}/text`, headers: { 'X-Token': '{{secrets.CANARY}}\u2603' } }),
  call('two_bodies', { url: `${base}/text`, method: 'POST', json: { a: '{{secrets.CANARY}}' }, text: '{{secrets.CANARY}}' }),
  call('too_large', { url: `${base}/text`, method: 'POST', text: '{{secrets.CANARY}}', max_bytes: 5 }),
  call('gone', { url: `${base}/text`, headers: { 'X-Token': '{{secrets.HEADER}} {{secrets.GONE}}' } }),
  ...['text', 'broken', 'unauthorized', 'cut'].map((path) => ({
    ...call(`hook_${path}`, {
      url: `${base}/${path}`,
      type: 'a.b',
      secrets: ['{{secrets.SIGNING}}'],
      headers: { Authorization: 'Bearer {{secrets.HEADER}}' },
    }),
    task_executor_name: 'webhook_notification',
  })),
  {
    ...call('bad_signing', { url: `${base}/text`, type: 'a.b', secrets: ['{{secrets.CANARY}}'] }),
    task_executor_name: 'webhook_notification',
  },
  {
    ...call('read', { document_url: '{{receive.document_url}}', mime_type: 'application/pdf', password: '{{secrets.CANARY}}' }),
    task_executor_name: 'doc_to_text',
  },
];

/** How a secret may be written, found without the code that is under test. */
const FORMS = [
  CORE,
  CORE.toLowerCase(),
  Buffer.from(CORE).toString('hex'),
  ...[0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${CORE}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : shift + 1, -4),
  ),
  SIGNING.slice(10, 40),
];
const leaksIn = (text: string) => FORMS.filter((form) => text.includes(form));

function storedFiles(): string {
  const folder = join(platform.config.dataDir, 'files');
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return paths.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

test('nothing that is kept or told holds a secret', { timeout: 60_000 }, async () => {
  const flow = await createFlow(admin, tasks());
  const sockets = [await subscribe(`${platform.url}/ws/flows/${flow}?token=${admin.token}&summary=true`)];
  const { id } = await startRun(admin, flow, { file_key: (await uploadText(admin, flow, 'no PDF at all')).file_key });
  expect(await reachEnd(admin, id)).toMatchObject({ status: 'failed' });

  const executions = (await admin.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions;
  const ended = (status: string) => executions.filter((task: { processing_status: string }) => task.processing_status === status);
  expect(executions).toHaveLength(tasks().length);
  expect(ended('failed').length).toBeGreaterThan(15);
  expect(ended('completed').length).toBeGreaterThan(10);
  expect(JSON.stringify(executions)).toContain('[secret:CANARY]');
  const codes = new Set(ended('failed').map((task: { error: { code: string } }) => task.error.code));
  expect(codes.size).toBeGreaterThan(8);

  const deliveries = (await admin.get('/api/webhook-deliveries')).body;
  for (const { id: delivery } of deliveries.slice(0, 3)) await admin.post(`/api/webhook-deliveries/${delivery}/redeliver`);
  const told = ['/api/webhook-deliveries', '/api/secrets', `/api/flows/${flow}`, `/api/task-outputs?flow_execution_id=${id}`].map(
    async (path) => JSON.stringify((await admin.get(path)).body),
  );
  const messages = JSON.stringify(sockets.map((socket) => socket.messages));
  await Promise.all(sockets.map((socket) => socket.close()));

  expect(messages).toContain(id);
  const isOfTask = ({ name, attributes }: CollectedSpan) => name.startsWith('task ') && attributes['flow.flow_execution_id'] === id;
  await expect
    .poll(
      () =>
        new Set(
          collector
            .spans()
            .filter(isOfTask)
            .map(({ attributes }) => attributes['flow.task_execution_id']),
        ).size,
      { timeout: 20_000 },
    )
    .toBe(tasks().length);
  expect({
    executions: leaksIn(JSON.stringify(executions)),
    answers: leaksIn((await Promise.all(told)).join('\n')),
    socket: leaksIn(messages),
    log: leaksIn(JSON.stringify(platform.logged)),
    tables: leaksIn(await dumpDatabase(platform)),
    files: leaksIn(storedFiles()),
    spans: leaksIn(collector.text()),
  }).toEqual({ executions: [], answers: [], socket: [], log: [], tables: [], files: [], spans: [] });
});

test('a secret that the key does not open fails its task for good', async () => {
  const row = [platform.a.id, 'BROKEN', Buffer.from(CANARY), 'test'];
  await platform.engineDb.query(
    'test-broken-secret',
    'insert into secrets (organization_id, name, sealed, modified_by) values ($1, $2, $3, $4)',
    row,
  );
  const flow = await createFlow(admin, [
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    call('opened', { url: `${base}/text`, auth: { type: 'bearer', token: '{{secrets.BROKEN}}' } }),
  ]);
  const input = { file_key: (await uploadText(admin, flow)).file_key };
  const { id, status } = await startRun(admin, flow, input, { waitSeconds: 20 });
  const { body } = await admin.get(`/api/task-executions?flow_execution_id=${id}&task_name=opened`);
  expect([status, body.task_executions[0].attempt]).toEqual(['failed', 1]);
  expect(body.task_executions[0].error).toMatchObject({ code: 'secret_unreadable', retryable: false });
});

test('the search finds each form of it', () => {
  const written = [CANARY, JSON.stringify(CANARY), Buffer.from(CANARY).toString('hex'), encodeURIComponent(CANARY), HOST, SIGNING];
  const packed = ['', 'a', 'ab'].map((before) => Buffer.from(`${before}${CANARY}`).toString('base64'));
  for (const text of [...written, ...packed]) expect(leaksIn(text), text).not.toEqual([]);
});
