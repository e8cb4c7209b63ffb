/** The real programs: what a start loads, a trace over two processes, and a worker without an API that tells how it is. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccess } from '#access';
import { createLog, readConfig } from '#base';
import { createEngineDatabase } from '#db';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type FlowProcess, startFlow, startServe } from '../support/flow-program.ts';
import { createFlow, reachEnd, uploadText } from '../support/run-flow.ts';
import { createClient, type TestClient } from '../support/test-client.ts';
import { startTraceCollector, type TraceCollector } from '../support/trace-collector.ts';

/** Says which module of OpenTelemetry's SDK a process loads, by import or require, in any of its threads. */
const TELL_LOADED = `data:text/javascript,${encodeURIComponent(
  "import{registerHooks}from'node:module';registerHooks({load(url,context,next){" +
    "if(/@opentelemetry[/](?!api[/])/.test(url))process.stderr.write('LOADED '+url+'\\n');return next(url,context)}})",
)}`;

let database: TestDatabase;
let dataDir: string;
let collector: TraceCollector;
let user: TestClient;
let server: Awaited<ReturnType<typeof startServe>>;
const programs: FlowProcess[] = [];

beforeAll(async () => {
  collector = await startTraceCollector();
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'flow-processes-'));
  const plain = {
    DATABASE_URL: database.ownerUrl,
    FLOW_ENCRYPTION_KEY: database.encryptionKey.toString('hex'),
    FLOW_DATA_DIR: dataDir,
    NODE_OPTIONS: `--import=${TELL_LOADED}`,
  };
  const traced = { ...plain, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' };
  server = await startServe(['--workers', '0'], { env: plain });
  programs.push(server);
  const tracedServer = await startServe(['--workers', '0'], { env: traced });
  programs.push(tracedServer);
  const worker = startFlow(['worker', '--workers', '1'], { env: { ...traced, FLOW_METRICS_PORT: '0' } });
  programs.push(worker);
  await worker.says('metrics_url');
  user = await makeUser(tracedServer.url, plain);
});
afterAll(async () => {
  for (const program of programs) program.interrupt('SIGTERM');
  await Promise.all(programs.map((program) => program.exit));
  await database?.drop();
  await rm(dataDir, { recursive: true, force: true });
  await collector?.close();
});

async function makeUser(url: string, env: Record<string, string>): Promise<TestClient> {
  const engineDb = createEngineDatabase(database.engineUrl, { max: 1 });
  try {
    const access = await createAccess({ engineDb, config: readConfig(env), log: createLog({ level: 'silent' }) });
    const { id: organizationId } = await access.createOrganization({ name: 'Ardent' });
    const { token } = await access.createServiceAccount({ organizationId, name: 'CI', role: 'integration' });
    return createClient(url, { 'X-API-Key': token });
  } finally {
    await engineDb.close();
  }
}

test('a start without an endpoint loads nothing of OpenTelemetry; one with it does', () => {
  expect(server.output.stderr).not.toContain('LOADED');
  expect(programs[1]?.output.stderr).toContain('LOADED');
});

test('a trace leads from the process that took the request to the one that ran the task', { timeout: 90_000 }, async () => {
  const flow = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file', parameters: {} }]);
  const input = { file_key: (await uploadText(user, flow)).file_key };
  const { body } = await user.post('/api/flow-executions', { flow_id: flow, input });
  expect(await reachEnd(user, body.id)).toMatchObject({ status: 'completed' });
  const isOfRun = (span: { attributes: Record<string, unknown> }) => span.attributes['flow.flow_execution_id'] === body.id;
  const post = await collector.next((span) => isOfRun(span) && span.name === 'POST /api/flow-executions');
  const task = await collector.next((span) => isOfRun(span) && span.name === 'task receive_file');
  expect(task).toMatchObject({ traceId: post.traceId, parentSpanId: post.spanId });
  expect(task.resource['process.pid']).not.toBe(post.resource['process.pid']);
});

test('a worker without an API tells how it is, and leaves the state of the whole to those that have one', { timeout: 60_000 }, async () => {
  const { metrics_url: url } = JSON.parse(programs[2]?.output.stdout ?? '{}') as { metrics_url: string };
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toMatch(/^flow_leases_held 1$/m);
  expect(text).toMatch(/^flow_claim_seconds_count [1-9]/m);
  expect(text).not.toContain('flow_ready_tasks');
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  const verdict = async () => (await (await fetch(`${url}/health/verdict`)).json()) as { flowing: { seconds_since_claim: number | null } };
  // its lease tells of the claim within two seconds; the state is some seconds old
  await expect
    .poll(async () => (await verdict()).flowing.seconds_since_claim, { timeout: 40_000, interval: 250 })
    .toEqual(expect.any(Number));
  expect(await verdict()).toMatchObject({ verdict: 'healthy', flowing: { ok: true, workers_alive: 1 } });
});
