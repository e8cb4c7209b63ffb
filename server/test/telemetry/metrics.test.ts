/** What /metrics tells, to whom, at what cost; and that the dashboard and the alert rules speak of nothing else. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { signingSecret } from '../../src/executors/testing/example-server.ts';
import { STATE_STATEMENTS } from '../../src/telemetry/state.queries.ts';
import { openStream } from '../support/event-stream.ts';
import { until } from '../support/flow-program.ts';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');

let platform: TestPlatform;
let receiver: Server;
let url: string;

beforeAll(async () => {
  let calls = 0;
  receiver = createServer((_request, response) => void response.writeHead(calls++ === 0 ? 503 : 200).end('{}'));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  platform = await startTestPlatform({ loops: 1, config: { metricsPort: 0, allowPrivateNetworks: ['127.0.0.0/8'] } });
});
afterAll(async () => {
  await platform?.close();
  receiver?.closeAllConnections();
  receiver?.close();
});

async function scrape(): Promise<string> {
  const answer = await fetch(`${platform.metricsUrl}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  return answer.text();
}

/** The value of one line; undefined where there is none. */
function valueIn(text: string, line: string): number | undefined {
  const found = text.split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

describe('after a run that was retried, told a receiver and was watched', () => {
  let text = '';
  beforeAll(async () => {
    const admin = await platform.as('org_admin');
    await admin.put('/api/secrets/SIGNING', { value: signingSecret('metrics') });
    const flow = await createFlow(admin, [
      { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
      {
        name: 'notify',
        task_executor_name: 'webhook_notification',
        depends_on: ['receive'],
        retry: { max_attempts: 3, initial_interval: '10ms', backoff: 1 },
        parameters: { url, type: 'a.b', secrets: ['{{secrets.SIGNING}}'] },
      },
    ]);
    const stream = await openStream(`${platform.url}/api/flows/${flow}/events`, admin.headers);
    const input = { file_key: (await uploadText(admin, flow)).file_key };
    expect(await startRun(admin, flow, input, { waitSeconds: 25 })).toMatchObject({ status: 'completed' });
    await stream.next((message) => message['status'] === 'completed');
    await until(async () => {
      text = await scrape();
      return (valueIn(text, 'flow_event_lag_seconds_count') ?? 0) > 0;
    }, 'a hint that came back');
    stream.close();
  });

  test.each([
    ['flow_tasks_settled_total{status="completed"}', 1],
    ['flow_tasks_settled_total{status="retried"}', 1],
    ['flow_task_retries_total', 1],
    ['flow_webhook_deliveries_total{status="delivered"}', 1],
    ['flow_webhook_deliveries_total{status="failed"}', 1],
    ['flow_claim_seconds_count', 1],
    ['flow_claim_batch_tasks_count', 1],
    ['flow_settle_seconds_count', 1],
    ['flow_settle_batch_tasks_sum', 2],
    ['flow_task_seconds_count{executor="webhook_notification",status="completed"}', 1],
    ['flow_tick_seconds_count', 1],
    ['flow_leases_held', 1],
    ['flow_event_readers{transport="stream"}', 1],
    ['flow_events_delivered_total', 1],
    ['flow_pool_connections{pool="engine",state="open"}', 1],
    ['flow_pool_connections{pool="api",state="open"}', 1],
    ['flow_http_requests_total{method="POST",route="/api/flow-executions",status="201"}', 1],
    ['flow_http_request_seconds_count{method="POST",route="/api/flow-executions"}', 1],
    ['flow_workers{state="alive"}', 1],
    ['flow_state_up', 1],
    ['nodejs_eventloop_lag_p99_seconds', 0],
  ])('%s is at least %d', (line, least) => {
    expect(
      valueIn(text, line),
      text
        .split('\n')
        .filter((each) => each.startsWith(line.split('{')[0] as string))
        .join('\n'),
    ).toBeGreaterThanOrEqual(least);
  });

  test('no organization is named, and an administrator sees his own beside a sum', async () => {
    expect(text).not.toMatch(/Ardent|Borealis/);
    const admin = await platform.as('org_admin');
    const { status, body } = await admin.get('/metrics');
    expect(status).toBe(200);
    expect(valueIn(body, 'flow_ready_tasks{organization="other"}')).toBe(0);
    expect(body).not.toContain(platform.b.id);
    for (const caller of ['anonymous', 'app_user'] as const)
      expect((await (await platform.as(caller)).get('/metrics')).status).toBeGreaterThan(400);
  });

  test('every metric of the dashboard and of the alert rules is there', () => {
    const there = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\w+)/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
    const dashboard = JSON.parse(read('ops/grafana/flow-platform.json')) as { panels: { targets?: { expr: string }[] }[] };
    const rules = parse(read('ops/prometheus/alerts.yml')) as {
      groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
    };
    const expressions = [
      ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
    ];
    const named = new Set(expressions.flatMap((expr) => expr.match(/\b(?:flow|nodejs|process)_[a-z0-9_]+/g) ?? []));
    expect([...named].filter((name) => !there.has(name))).toEqual([]);
    expect(named.size).toBeGreaterThan(30);
    const shown = [...there].filter((name) => name.startsWith('flow_')).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
    expect(
      [...new Set(shown)].filter((name) => !expressions.some((expr) => expr.includes(name))),
      'on no panel',
    ).toEqual([]);
    const page = read('docs/operating/monitoring.md');
    expect(
      rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert)).filter((alert) => !page.includes(alert)),
      'in no line of the page',
    ).toEqual([]);
  });
});

test('the operator port answers its few pages to GET, and nothing else', async () => {
  for (const path of ['/', '/api/flows', '/metrics/..', '/toString'])
    expect((await fetch(`${platform.metricsUrl}${path}`)).status, path).toBe(404);
  expect((await fetch(`${platform.metricsUrl}/metrics`, { method: 'POST' })).status).toBe(404);
  expect(await (await fetch(`${platform.metricsUrl}/health/live`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${platform.metricsUrl}/health/ready`)).json()).toEqual({ status: 'ok' });
});

test.each(Object.entries(STATE_STATEMENTS))(
  'the statement behind %s reads no table of runs but by an index',
  async (name, { text, values }) => {
    const rows = await platform.engineDb.query<{ 'QUERY PLAN': string }>(`test_explain_${name}`, `explain ${text}`, values);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toMatch(/Seq Scan on (task_executions|flow_executions|flow_version_tasks)/);
    if (!['workers', 'database'].includes(name)) expect(plan).toMatch(/Index (Only )?Scan/);
  },
);
