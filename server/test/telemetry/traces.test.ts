/** One trace from the request that starts a run, through each of its tasks and what they call, to the event that tells of it. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SPAN_ATTRIBUTES } from '#base';
import { completion, type Endpoint, startEndpoint } from '../../src/models/testing/endpoint.ts';
import { openStream } from '../support/event-stream.ts';
import { createFlow, reachEnd, uploadText } from '../support/run-flow.ts';
import { startSecondProcess, untilItServes } from '../support/second-process.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type CollectedSpan, startTraceCollector, type TraceCollector } from '../support/trace-collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const CALLER = `00-${TRACE}-${SPAN}-01`;

let collector: TraceCollector;
let endpoint: Endpoint;
let receiver: Server;
let url: string;
let heard: { path: string; headers: IncomingHttpHeaders }[] = [];
let traced: TestPlatform;
let silent: TestPlatform;

beforeAll(async () => {
  process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100'; // the SDK's own setting, in ms: else each wait here is one of 5 s
  collector = await startTraceCollector();
  endpoint = await startEndpoint();
  endpoint.answerWith(completion(JSON.stringify({ number: 'INV-7' })));
  receiver = createServer((request, response) => {
    heard.push({ path: request.url ?? '', headers: request.headers });
    if (request.url === '/moved') response.writeHead(307, { location: `${url.replace('127.0.0.1', 'localhost')}/elsewhere` });
    response.end('{}');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const config = { allowPrivateNetworks: ['127.0.0.0/8', '::1/128'], modelBaseUrl: endpoint.baseUrl, modelDefault: 'gpt-test' };
  traced = await startTestPlatform({ loops: 1, config: { ...config, otlpEndpoint: collector.endpoint, serviceName: 'flow-test' } });
  silent = await startTestPlatform({ loops: 1, config });
  for (const platform of [traced, silent]) await untilItServes(platform.url); // two at once are late at first, on a busy machine
});
afterAll(async () => {
  await traced?.close();
  await silent?.close();
  await endpoint?.close();
  receiver?.closeAllConnections();
  receiver?.close();
  await collector?.close();
});

const callTask = (name: string, path: string, more: object = {}) => ({
  name,
  task_executor_name: 'http_request',
  depends_on: ['receive'],
  parameters: { url: `${url}${path}`, ...more },
});
const tasks = () => [
  { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
  callTask('call', '/call'),
  callTask('moved', '/moved'),
  callTask('own', '/own', { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } }),
  {
    ...callTask('notify', '/hook', { type: 'a.b', secrets: [`whsec_${Buffer.from('x'.repeat(32)).toString('base64')}`] }),
    task_executor_name: 'webhook_notification',
  },
  {
    name: 'ask',
    task_executor_name: 'doc_to_structured',
    depends_on: ['receive'],
    parameters: { document: 'Invoice number INV-7', fields: [{ id: 'number', title: 'Invoice number', data_type: 'string' }] },
  },
];

/** Starts the flow within the caller's trace and waits for its end. */
async function run(user: TestClient, flow: string, headers: Record<string, string>): Promise<string> {
  const input = { file_key: (await uploadText(user, flow)).file_key };
  const { status, body } = await user.post('/api/flow-executions', { flow_id: flow, input }, headers);
  expect(status, JSON.stringify(body)).toBe(201);
  const { status: ended } = await reachEnd(user, body.id);
  const { body: list } = await user.get(`/api/task-executions?flow_execution_id=${body.id}`);
  const errors = list.task_executions.map((task: { task_name: string; error: unknown }) => [task.task_name, task.error]);
  expect(ended, JSON.stringify(errors)).toBe('completed');
  return body.id;
}

const headerOf = (path: string) => heard.find((call) => call.path === path)?.headers['traceparent'];
const storedTrace = async (platform: TestPlatform, id: string) =>
  (
    await platform.engineDb.query<{ traceparent: string | null }>('test_trace', 'select traceparent from flow_executions where id = $1', [
      id,
    ])
  )[0]?.traceparent;
const place = (span: CollectedSpan) => `${span.traceId}/${span.spanId}`;

test('a request, its tasks, their calls and the event that tells of them are one trace', { timeout: 120_000 }, async () => {
  heard = [];
  const user = await traced.as('app_user');
  const flow = await createFlow(user, tasks());
  const stream = await openStream(`${traced.url}/api/flows/${flow}/events`, user.headers);
  const id = await run(user, flow, { traceparent: CALLER, Prefer: 'wait=20' });
  const isOfRun = (span: CollectedSpan) => span.attributes['flow.flow_execution_id'] === id;

  const post = await collector.next((span) => span.name === 'POST /api/flow-executions' && span.traceId === TRACE);
  expect(post).toMatchObject({
    parentSpanId: SPAN,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/flow-executions',
      'http.response.status_code': 201,
      'flow.organization_id': traced.a.id,
      'flow.flow_execution_id': id,
    },
    resource: { 'service.name': 'flow-test', 'process.pid': process.pid },
  });
  expect(await storedTrace(traced, id)).toBe(`00-${TRACE}-${post.spanId}-01`);

  const called = { call: 'http_request', hook: 'webhook_notification', ask: 'doc_to_structured' };
  const sent = { call: headerOf('/call'), hook: headerOf('/hook'), ask: String(endpoint.asked.at(-1)?.headers['traceparent']) };
  for (const [name, executor] of Object.entries(called)) {
    const header = sent[name as keyof typeof sent];
    expect(header, name).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    const task = await collector.next((span) => isOfRun(span) && span.spanId === header?.slice(36, 52));
    expect(task).toMatchObject({
      name: `task ${executor}`,
      traceId: TRACE,
      parentSpanId: post.spanId,
      attributes: { 'flow.executor': executor, 'flow.status': 'completed', 'flow.attempt': 1, 'flow.organization_id': traced.a.id },
    });
  }
  expect(headerOf('/elsewhere'), 'what a redirect leads to').toBe(headerOf('/moved'));
  expect(headerOf('/own'), 'what the author of a flow has written').toBe(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`);

  const parts = tasks().length;
  await expect.poll(() => collector.spans().filter((span) => isOfRun(span) && span.name.startsWith('task ')).length).toBe(parts);
  const settle = await collector.next((span) => span.name === 'settle' && span.links.includes(place(post)));
  expect(settle.attributes['flow.tasks']).toBeGreaterThan(0);
  const delivery = await collector.next((span) => span.name === 'deliver events' && isOfRun(span));
  expect(delivery).toMatchObject({ traceId: TRACE, parentSpanId: post.spanId });
  stream.close();
});

test('a failed task is a failed span with its code, and a re-execution stays in the trace of its run', { timeout: 120_000 }, async () => {
  const user = await traced.as('app_user');
  const flow = await createFlow(user, [
    { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
    callTask('fails', '/call', { url: 'http://10.255.255.1/' }),
  ]);
  const input = { file_key: (await uploadText(user, flow)).file_key };
  const { body } = await user.post('/api/flow-executions', { flow_id: flow, input }, { Prefer: 'wait=20' });
  expect(await reachEnd(user, body.id)).toMatchObject({ status: 'failed' });
  const isOfRun = (span: CollectedSpan) => span.attributes['flow.flow_execution_id'] === body.id;
  const first = await collector.next((span) => isOfRun(span) && span.isFailed);
  expect(first).toMatchObject({ name: 'task http_request', attributes: { 'flow.status': 'failed', 'flow.error_code': 'address_refused' } });

  expect((await user.post(`/api/flow-executions/${body.id}/execute`)).status).toBeLessThan(300);
  const again = await collector.next((span) => isOfRun(span) && span.isFailed && span.spanId !== first.spanId);
  expect(again).toMatchObject({ traceId: first.traceId, parentSpanId: first.parentSpanId });
  const ofRun = `${first.traceId}/${first.parentSpanId}`; // its first tasks came with its start; those of the re-execution are claimed
  await collector.next((span) => span.name === 'claim' && span.links.includes(ofRun));
});

test('a malformed traceparent is none: a trace begins, and goes on in the process that runs the task', { timeout: 120_000 }, async () => {
  const second = await startSecondProcess(traced);
  try {
    const user = await traced.as('app_user');
    const flow = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }]);
    const input = { file_key: (await uploadText(user, flow)).file_key };
    for (const sent of ['malformed', `00-${'0'.repeat(32)}-${SPAN}-01`, `ff-${TRACE}-${SPAN}-01`]) {
      const answer = await fetch(`${second.url}/api/flow-executions`, {
        method: 'POST',
        headers: { ...user.headers, 'Content-Type': 'application/json', traceparent: sent },
        body: JSON.stringify({ flow_id: flow, input }),
      });
      const { id } = (await answer.json()) as { id: string };
      const task = await collector.next((span) => span.name.startsWith('task ') && span.attributes['flow.flow_execution_id'] === id);
      expect(task.traceId, sent).not.toBe(TRACE);
      expect(task.parentSpanId, 'the span of the request, though it was served by another process').toBe(
        (await storedTrace(traced, id))?.slice(36, 52),
      );
    }
  } finally {
    await second.close();
  }
});

test('spans say only what is in the list, and probes make none', async () => {
  const anyone = await traced.as('anonymous');
  await anyone.get('/health/live', { traceparent: `00-${'c'.repeat(32)}-${SPAN}-01` });
  const refused = `/api/flows/${traced.a.id}?token=zq-canary`;
  await anyone.get(refused, { traceparent: `00-${'d'.repeat(32)}-${SPAN}-01` });
  await collector.next((span) => span.traceId === 'd'.repeat(32));
  expect(collector.spans().filter(({ traceId }) => traceId === 'c'.repeat(32))).toEqual([]);
  const known = new Set<string>(SPAN_ATTRIBUTES);
  expect([...new Set(collector.spans().flatMap(({ attributes }) => Object.keys(attributes)))].filter((name) => !known.has(name))).toEqual(
    [],
  );
  expect(collector.text()).not.toContain('zq-canary');
});

test('without an endpoint a trace is passed on as it came, and nothing is kept where none came', { timeout: 60_000 }, async () => {
  heard = [];
  const user = await silent.as('app_user');
  const flow = await createFlow(user, tasks());
  const within = await run(user, flow, { traceparent: CALLER });
  expect(await storedTrace(silent, within)).toBe(CALLER);
  expect([headerOf('/call'), headerOf('/hook'), headerOf('/elsewhere')]).toEqual([CALLER, CALLER, CALLER]);
  expect(endpoint.asked.at(-1)?.headers['traceparent']).toBe(CALLER);
  const lines = silent.logged.filter((line) => line['trace_id'] === TRACE);
  expect(lines.some((line) => line['flow_execution_id'] === within)).toBe(true);

  heard = [];
  const without = await run(user, flow, {});
  expect(await storedTrace(silent, without)).toBeNull();
  expect(headerOf('/call')).toBeUndefined();
  expect(silent.logged.some((line) => line['flow_execution_id'] === without && 'trace_id' in line)).toBe(false);
});
