import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flow: SeededFlow;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flow = await seedFlow(platform.engineDb, platform.a.id, {
    tasks: [{ name: 'receive' }, { name: 'read', kind: 'gate' }, { name: 'read' }, { name: 'send' }],
  });
});
afterAll(() => platform.close());

const [RECEIVE, GATE, READ, SEND] = [0, 1, 2, 3];
const execution = (row = {}) => seedExecution(platform.engineDb, flow, row);
const task = (executionId: string, row = {}) => seedTask(platform.engineDb, flow, executionId, row);
const list = (query: string) => user.get(`/api/task-executions?${query}`);
const ids = (answer: { body: { task_executions: { id: string }[] } }) => answer.body.task_executions.map(({ id }) => id);

describe('GET /task-executions', () => {
  test('shows what ran and what will run, newest first, each with every field of the contract', async () => {
    const id = await execution();
    const first = await task(id, { output: '{"text":"hi"}', input: '{"a":1}', attempt: 2 });
    const second = await task(id, { task: SEND, status: 'failed', error: '{"message":"no","code":"x"}', output: '{"partial":1}' });
    const answer = await list(`flow_execution_id=${id}`);
    expect(ids(answer)).toEqual([second, first]);
    expect(answer.headers.get('x-total-count')).toBe('2');
    expect(answer.body.task_executions[1]).toEqual({
      id: first,
      flow_execution_id: id,
      organization_id: platform.a.id,
      task_name: 'receive',
      task_execution_idx: 0,
      processing_status: 'completed',
      edited_status: 'not_edited',
      stale_status: 'consistent',
      stale_reason: null,
      status: 'completed',
      attempt: 2,
      input: { a: 1 },
      output: { text: 'hi' },
      error: null,
      source_task_executions: null,
      credits: null,
      tags: [],
      modified_by: 'system',
      created_at: expect.any(String),
      updated_at: expect.any(String),
      started_at: expect.any(String),
      completed_at: expect.any(String),
    });
    expect(answer.body.task_executions[0]).toMatchObject({
      processing_status: 'failed',
      output: null,
      error: { message: 'no', code: 'x' },
    });
  });

  test('hides gates, joins that wait, and what never started for a failure or a cancellation', async () => {
    const id = await execution();
    const hidden = [
      await task(id, { task: GATE }),
      await task(id, { task: SEND, status: 'pending', startedAt: null, completedAt: null }),
      await task(id, { task: RECEIVE, status: 'cancelled', startedAt: null }),
    ];
    const shown = await task(id, { task: READ, status: 'cancelled' }); // it had started
    expect(ids(await list(`flow_execution_id=${id}`))).toEqual([shown]);
    for (const row of hidden) expect((await user.get(`/api/task-executions/${row}`)).status).toBe(404);
  });

  test('C5: a skipped one is completed, without output, and says so', async () => {
    const id = await execution();
    const skipped = await task(id, { status: 'skipped', startedAt: null });
    const { body } = await user.get(`/api/task-executions/${skipped}`);
    expect(body).toMatchObject({ processing_status: 'completed', status: 'skipped', skipped: true, output: null, started_at: null });
  });

  test('a timer is queued and says for when', async () => {
    const id = await execution();
    const due = new Date(Date.now() + 60_000);
    const timer = await task(id, { status: 'scheduled', readyAt: due, completedAt: null });
    expect((await user.get(`/api/task-executions/${timer}`)).body).toMatchObject({
      processing_status: 'queued',
      scheduled_for: due.toISOString(),
    });
  });

  test('filters are AND-ed', async () => {
    const [one, two] = [await execution(), await execution()];
    await task(one);
    const items = [await task(one, { task: READ, item: 0 }), await task(one, { task: READ, item: 1 })];
    const other = await task(two, { task: READ, item: 1 });
    expect(ids(await list(`flow_execution_id=${one}&task_name=read`)).sort()).toEqual([...items].sort());
    expect(ids(await list(`flow_execution_id=${one}&task_execution_idx=1`))).toEqual([items[1]]);
    expect(ids(await list(`flow_execution_id=${one}&task_name=read&task_execution_idx=0`))).toEqual([items[0]]);
    expect(ids(await list('task_name=read&task_execution_idx=1'))).toEqual(expect.arrayContaining([items[1], other]));
    expect(ids(await list(`flow_execution_id=${one}&task_name=Read`))).toEqual([]);
    expect(ids(await list(`flow_execution_id=${one}&task_execution_idx=9007199254740991`))).toEqual([]);
  });

  test('an execution that never was is an empty list', async () => {
    expect((await list(`flow_execution_id=${newId()}`)).body).toEqual({ task_executions: [] });
  });

  test('G2: pages with limit and starting_after meet each once; without a limit all come', async () => {
    const id = await execution();
    const made: string[] = [];
    for (let item = 0; item < 250; item++) made.push(await task(id, { task: READ, item }));
    const whole = await list(`flow_execution_id=${id}`);
    expect(ids(whole)).toEqual(made.toReversed());
    const seen: string[] = [];
    for (let after = ''; ; after = `&starting_after=${seen.at(-1)}`) {
      const page = await list(`flow_execution_id=${id}&limit=120${after}`);
      if (page.body.task_executions.length === 0) break;
      seen.push(...ids(page));
      expect(page.headers.get('x-total-count')).toBe('250');
    }
    expect(seen).toEqual(ids(whole));
  });

  test('a list that is cut and longer than 10,000 has no total; read whole, it has', async () => {
    const id = await execution();
    const insert = `insert into task_executions (organization_id, id, execution_id, generation, task, item, status, started_at)
      select $1, gen_random_uuid(), $2, 0, $3, item, 'completed', now() from generate_series(1, $4) item`;
    await platform.engineDb.query('seed_items', insert, [platform.a.id, id, READ, 10_000]);
    expect((await list(`flow_execution_id=${id}&limit=1`)).headers.get('x-total-count')).toBe('10000');
    await task(id, { task: READ, item: 0 });
    const cut = await list(`flow_execution_id=${id}&limit=1`);
    expect([cut.status, cut.body.task_executions.length, cut.headers.get('x-total-count')]).toEqual([200, 1, null]);
    const whole = await list(`flow_execution_id=${id}`);
    expect([whole.body.task_executions.length, whole.headers.get('x-total-count')]).toEqual([10_001, '10001']);
  });

  test('G2: a whole organization is read by two at a time, then 429', async () => {
    const big = await startTestPlatform();
    try {
      const admin = await big.as('org_admin');
      const own = await seedFlow(big.engineDb, big.a.id);
      const id = await seedExecution(big.engineDb, own);
      const text = JSON.stringify('x'.repeat(100_000)); // 40 MB in all: no buffer between us holds it
      for (let item = 0; item < 400; item++) await seedTask(big.engineDb, own, id, { item, output: text });
      const readers = [await admin.fetch('/api/task-executions'), await admin.fetch('/api/task-executions')];
      expect(readers.map(({ status }) => status)).toEqual([200, 200]);
      const refused = await admin.get('/api/task-executions');
      expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limited']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await admin.get('/api/task-executions?limit=200')).status).toBe(200);
      const [first, second] = readers as [Response, Response];
      expect(((await first.json()) as { task_executions: unknown[] }).task_executions).toHaveLength(400);
      await second.body?.cancel(); // a client that leaves gives its place back, too
      await expect.poll(async () => (await admin.fetch('/api/task-executions')).status, { timeout: 10_000 }).toBe(200);
      // Nobody reads that last answer: it does not hold up the end below.
    } finally {
      await big.close();
    }
  });

  test.each(['flow_execution_id=x', 'task_name=', 'task_execution_idx=-1', 'task_execution_idx=x', 'limit=0', 'limit=1001'])(
    '%s',
    async (query) => {
      expect((await list(query)).status).toBe(query === 'task_name=' ? 200 : 422); // an empty optional filter is none
    },
  );

  test('those of a deleted execution are found by its id and their own, and absent from the whole list', async () => {
    const id = await execution({ deletedAt: new Date() });
    const row = await task(id);
    expect(ids(await list(`flow_execution_id=${id}`))).toEqual([row]);
    expect((await user.get(`/api/task-executions/${row}`)).status).toBe(200);
    expect(ids(await list(''))).not.toContain(row);
  });
});

describe('large outputs', () => {
  test('are answered as values, wherever they lie', async () => {
    const id = await execution();
    const output = { text: 'large' };
    await platform.files.put('outputs/one', Buffer.from(JSON.stringify(output)), { contentType: 'application/json' });
    const row = await task(id, { outputKey: 'outputs/one' });
    expect((await user.get(`/api/task-executions/${row}`)).body.output).toEqual(output);
    expect((await user.get(`/api/task-outputs/${row}`)).body.output).toEqual(output);
  });

  test('one that is gone is null and does not hide the others', async () => {
    const id = await execution();
    await task(id, { outputKey: 'outputs/gone' });
    await task(id, { task: SEND, output: '"here"' });
    const answer = await list(`flow_execution_id=${id}`);
    expect(answer.body.task_executions.map(({ output }: { output: unknown }) => output)).toEqual(['here', null]);
  });
});

describe('who sees what', () => {
  test('another organization sees nothing', async () => {
    const id = await execution();
    const row = await task(id);
    const other = await platform.as('org_admin', platform.b);
    expect((await other.get('/api/task-executions')).body.task_executions).toEqual([]);
    expect((await other.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions).toEqual([]);
    expect((await other.get(`/api/task-executions/${row}`)).status).toBe(404);
    expect((await other.get(`/api/task-executions?starting_after=${row}`)).status).toBe(404);
  });

  test('those of a private flow are its creator’s and the administrators’', async () => {
    const foreign = await seedFlow(platform.engineDb, platform.a.id, { row: { visibility: 'private', createdBy: newId() } });
    const row = await seedTask(platform.engineDb, foreign, await seedExecution(platform.engineDb, foreign));
    expect((await user.get(`/api/task-executions/${row}`)).status).toBe(404);
    expect((await (await platform.as('org_admin')).get(`/api/task-executions/${row}`)).status).toBe(200);
  });

  test('nobody without credentials', async () => {
    expect((await (await platform.as('anonymous')).get('/api/task-executions')).status).toBe(401);
  });
});
