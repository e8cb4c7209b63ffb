// Lists that take `limit` (core.md 1.5, G2): the links lead through all of it, each row once, also while new rows come.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { createFlow, uploadText } from '../support/run-flow.ts';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient, TestResponse } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

const ROWS = 5;

let platform: TestPlatform;
let admin: TestClient;
/** A run with five task executions, one of which has five of everything. */
let flow: SeededFlow;
let run: string;
let task: string;
/** A flow with five versions and five files. */
let made: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  admin = await platform.as('org_admin');
  flow = await seedFlow(platform.engineDb, platform.a.id, { tasks: Array.from({ length: ROWS + 1 }, (_, i) => ({ name: `task${i}` })) });
  run = await seedExecution(platform.engineDb, flow);
  for (let i = 0; i < ROWS; i++) task = await seedTask(platform.engineDb, flow, run, { task: i, output: '1' });
  made = await createFlow(admin, []);
  for (let i = 0; i < ROWS; i++) await addRow(i);
});
afterAll(() => platform.close());

async function addRow(i: number): Promise<void> {
  const { kysely } = platform.engineDb;
  const of = { organizationId: platform.a.id, flowExecutionId: run, taskExecutionId: task };
  const delivery = {
    messageId: newId(),
    taskName: 'task4',
    url: 'http://x',
    payload: '{}',
    try: i + 1,
    status: 'failed' as const,
    durationMs: 1,
  };
  await kysely
    .insertInto('webhookDeliveries')
    .values({ ...of, id: newId(), ...delivery })
    .execute();
  await kysely
    .insertInto('taskLogs')
    .values({ ...of, id: newId(), generation: 0, attempt: 1, level: 'info', message: `line ${i}` })
    .execute();
  await kysely.insertInto('taskExecutionRevisions').values(revision()).execute();
  const tag = { operation: 'add', flow_execution_id: run, task_name: 'task4', tag: `tag ${i}`, tag_type: 'review' };
  await admin.patch('/api/task-tags', { tags: [tag] });
  await admin.put(`/api/secrets/NAME_${i}`, { value: 'x' });
  await uploadText(admin, made);
  if (i > 1) await seedFlow(platform.engineDb, platform.a.id); // with the two that are there, five
  if (i > 0) expect((await admin.put(`/api/flows/${made}/definition`, { definition: { tasks: [], name: `${i}` } })).status).toBe(200);
}

const revision = () => ({
  organizationId: platform.a.id,
  id: newId(),
  taskExecutionId: task,
  executionId: run,
  generation: 0,
  taskName: 'task4',
  item: 0,
  attempt: 1,
  reason: 'edited' as const,
  replacedBy: 'system',
  record: JSON.stringify({
    status: 'completed',
    output: 1,
    edited_status: 'not_edited',
    stale_status: 'consistent',
    modified_by: 'system',
    started_at: null,
    completed_at: null,
  }),
});

type Row = Record<string, unknown>;
type Body = Row[] | { task_executions: Row[] } | { history: Row[] };
const rowsOf = (body: Body): Row[] => {
  if (Array.isArray(body)) return body;
  return 'history' in body ? body.history : body.task_executions;
};

/** All rows by the links, two at a time, and how many each page had. */
async function follow(start: string, mark: string, between = async () => {}) {
  const marks: unknown[] = [];
  const sizes: number[] = [];
  for (let path: string | undefined = `${start}limit=2`; path; ) {
    const { status, body, headers }: TestResponse<Body> = await admin.get(path);
    expect(status, JSON.stringify(body)).toBe(200);
    marks.push(...rowsOf(body).map((row) => row[mark]));
    sizes.push(rowsOf(body).length);
    const next: string | undefined = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    if (next) expect(next.startsWith(`${platform.url}/api/`)).toBe(true);
    path = next?.slice(platform.url.length);
    await between();
  }
  return { marks, sizes };
}

const LISTS: [string, () => string, string][] = [
  ['list_task_executions', () => `/api/task-executions?flow_execution_id=${run}&`, 'id'],
  ['list_task_execution_history', () => `/api/task-executions/${task}/history?`, 'id'],
  ['list_task_logs', () => `/api/task-executions/${task}/logs?level=info&`, 'id'],
  ['list_task_logs, the other way', () => `/api/task-executions/${task}/logs?order=desc&`, 'id'],
  ['list_task_outputs', () => `/api/task-outputs?flow_execution_id=${run}&`, 'id'],
  ['list_task_outputs by status', () => `/api/task-outputs?flow_execution_id=${run}&status=completed,failed&`, 'id'],
  ['list_task_tags', () => `/api/task-tags?flow_execution_id=${run}&`, 'id'],
  ['list_webhook_deliveries', () => `/api/webhook-deliveries?flow_execution_id=${run}&`, 'id'],
  ['list_flow_versions', () => `/api/flows/${made}/versions?include_ordered_task_names=true&`, 'version'],
  ['list_flow_summaries', () => `/api/flows/${flow.flowId}/versions/1/summary?`, 'id'],
  ['list_flow_files', () => `/api/flows/${made}/files?`, 'id'],
  ['list_queues', () => '/api/admin/queues?kind=flow&', 'name'],
  ['list_secrets', () => '/api/secrets?', 'name'],
];

test('every list that takes starting_after is among these', async () => {
  const { body } = await admin.get('/api/openapi.json');
  const reads = Object.values<{ get?: { operationId: string; parameters?: { name: string }[] } }>(body.paths).flatMap(
    ({ get }) => get ?? [],
  );
  const paged = reads.filter(({ parameters = [] }) => parameters.some(({ name }) => name === 'starting_after'));
  const tested = LISTS.map(([name]) => name);
  expect(paged.length).toBeGreaterThan(5);
  expect(paged.map(({ operationId }) => operationId).filter((id) => !tested.includes(id))).toEqual([]);
});

test.each(LISTS)('%s: the links lead to the end, each row once', async (_name, path, mark) => {
  const whole = rowsOf((await admin.get(path().slice(0, -1))).body).map((row) => row[mark]);
  expect(new Set(whole).size).toBe(ROWS);
  expect(await follow(path(), mark)).toEqual({ marks: whole, sizes: [2, 2, 1] });
});

test.each(LISTS)('%s: a page that ends the list exactly, or is past it, has no link', async (_name, path) => {
  const linkOf = async (limit: number) => {
    const { status, headers } = await admin.get(`${path()}limit=${limit}`);
    return [status, headers.get('link')];
  };
  expect([await linkOf(ROWS), await linkOf(100)]).toEqual([
    [200, null],
    [200, null],
  ]);
  expect(await linkOf(ROWS - 1)).toEqual([200, expect.stringContaining('rel="next"')]);
});

test('what comes while the list is read moves no page', async () => {
  const path = `/api/task-executions?flow_execution_id=${run}&`;
  const before = rowsOf((await admin.get(path.slice(0, -1))).body).map(({ id }) => id);
  let item = 0;
  const { marks } = await follow(path, 'id', async () => void (await seedTask(platform.engineDb, flow, run, { task: ROWS, item: item++ })));
  expect(marks).toEqual(before);
});

test('a page larger than a part of the reading is whole', async () => {
  const other = await seedExecution(platform.engineDb, flow);
  for (let item = 0; item < 130; item++) await seedTask(platform.engineDb, flow, other, { task: 0, item });
  const { body, headers } = await admin.get(`/api/task-executions?flow_execution_id=${other}&limit=120`);
  const whole = rowsOf((await admin.get(`/api/task-executions?flow_execution_id=${other}`)).body).map(({ id }) => id);
  expect(rowsOf(body).map(({ id }) => id)).toEqual(whole.slice(0, 120));
  expect(headers.get('link')).toContain(`starting_after=${whole[119]}`);
});
