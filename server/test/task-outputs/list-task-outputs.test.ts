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
    tasks: [{ name: 'receive' }, { name: 'read', kind: 'gate' }, { name: 'read' }, { name: 'collect' }],
  });
});
afterAll(() => platform.close());

const GATE = 1;
const READ = 2;
const COLLECT = 3;

const execution = (row = {}) => seedExecution(platform.engineDb, flow, row);
const task = (executionId: string, row = {}) => seedTask(platform.engineDb, flow, executionId, row);
const list = (query: string) => user.get(`/api/task-outputs?${query}`);
const post = async (executionId: string, change: Record<string, unknown> = {}): Promise<string> => {
  const body = { flow_execution_id: executionId, organization_id: platform.a.id, task_name: 'posted', summary: null, ...change };
  const answer = await user.post('/api/task-outputs', body);
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const ids = (answer: { body: { id: string }[] }) => answer.body.map(({ id }) => id);

describe('outputs that the engine makes', () => {
  test('there is one a task, with the id of its task execution', async () => {
    const id = await execution();
    const first = await task(id, { output: JSON.stringify({ text: 'hello' }), summary: JSON.stringify({ pages: 2 }) });
    const answer = await list(`flow_execution_id=${id}`);
    expect(answer.body).toEqual([
      expect.objectContaining({
        id: first,
        task_name: 'receive',
        output: { text: 'hello' },
        summary: { pages: 2, items: 1, completed: 1, failed: 0, duration_seconds: expect.any(Number) },
        processing_status: 'completed',
        status: 'completed',
        flow_version: 1,
        modified_by: 'system',
      }),
    ]);
    expect((await user.get(`/api/task-outputs/${first}`)).body).toEqual(answer.body[0]);
  });

  test('a fan-out has one, the list by item; its items have none of their own', async () => {
    const id = await execution();
    await task(id, { task: GATE });
    const head = await task(id, { task: READ, item: 0, output: '"a"' });
    const failed = await task(id, { task: READ, item: 1, status: 'failed', error: JSON.stringify({ message: 'unreadable' }) });
    await task(id, { task: READ, item: 2, output: '"c"' });
    const answer = await list(`flow_execution_id=${id}`);
    expect(answer.body).toEqual([
      expect.objectContaining({
        id: head,
        task_name: 'read',
        output: ['a', null, 'c'],
        processing_status: 'failed',
        error: { message: 'unreadable' },
        summary: expect.objectContaining({ items: 3, completed: 2, failed: 1 }),
      }),
    ]);
    expect((await user.get(`/api/task-outputs/${failed}`)).status).toBe(404);
  });

  test('a fan-out without items has its gate’s, an empty list', async () => {
    const id = await execution();
    const gate = await task(id, { task: GATE });
    const answer = await list(`flow_execution_id=${id}`);
    expect(answer.body).toEqual([expect.objectContaining({ id: gate, task_name: 'read', output: [], processing_status: 'completed' })]);
    expect((await user.get(`/api/task-outputs/${gate}`)).body.output).toEqual([]);
  });

  test('a gate that has not ended, and a join that waits, have none', async () => {
    const id = await execution();
    await task(id, { task: GATE, status: 'running', completedAt: null });
    await task(id, { task: COLLECT, status: 'pending', startedAt: null, completedAt: null });
    expect((await list(`flow_execution_id=${id}`)).body).toEqual([]);
  });

  test('a task that a failure kept from starting is cancelled, one that was skipped says so', async () => {
    const id = await execution({ status: 'failed' });
    await task(id, { task: COLLECT, status: 'cancelled', startedAt: null });
    await task(id, { task: 0, status: 'skipped', startedAt: null });
    const { body } = await list(`flow_execution_id=${id}`);
    expect(
      body.map((output: Record<string, unknown>) => [output['task_name'], output['processing_status'], output['skipped'] ?? false]),
    ).toEqual([
      ['receive', 'completed', true],
      ['collect', 'cancelled', false],
    ]);
  });
});

describe('the list', () => {
  test('is the union of both kinds, newest first, counted in X-Total-Count', async () => {
    const id = await execution();
    const old = await post(id, { created_at: '2020-01-01T00:00:00Z' });
    const made = await task(id);
    const posted = await post(id);
    const answer = await list(`flow_execution_id=${id}`);
    expect(ids(answer)).toEqual([posted, made, old]);
    expect(answer.headers.get('x-total-count')).toBe('3');
  });

  test('pages with limit and starting_after meet every output once, whatever its kind and however equal the times', async () => {
    const id = await execution();
    const expected = new Set<string>();
    for (let i = 0; i < 4; i++) {
      expected.add(await post(id, { created_at: '2021-01-01T00:00:00Z' }));
      expected.add(await post(id));
      expected.add(await task(id, { task: i }));
    }
    const seen: string[] = [];
    for (let after = ''; ; after = `&starting_after=${seen.at(-1)}`) {
      const page = await list(`flow_execution_id=${id}&limit=3${after}`);
      if (page.body.length === 0) break;
      seen.push(...ids(page));
      expect(page.headers.get('x-total-count')).toBe(String(expected.size - 1)); // a gate whose task has rows has no output
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(ids(await list(`flow_execution_id=${id}`)));
  });

  test('without a limit returns all, also where they are many', async () => {
    const id = await execution();
    const rows = Array.from({ length: 450 }, (_, i) => ({ i }));
    await Promise.all(rows.map(({ i }) => post(id, { task_name: `many-${i}` })));
    const answer = await list(`flow_execution_id=${id}`);
    expect(answer.body).toHaveLength(450);
    expect(new Set(ids(answer)).size).toBe(450);
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  test('task_name is exact and case-sensitive', async () => {
    const id = await execution();
    const one = await post(id, { task_name: 'Exact' });
    await post(id, { task_name: 'exact' });
    expect(ids(await list(`flow_execution_id=${id}&task_name=Exact`))).toEqual([one]);
  });

  test.each([
    ['completed', ['completed', 'stale', 'edited']],
    ['stale', ['stale']],
    ['edited', ['edited']],
    ['in_progress', ['in_progress', 'running', 'awaiting_input']],
    ['running', ['in_progress', 'running']],
    ['failed', ['failed']],
    ['cancelled', ['cancelled']],
    ['queued', ['queued']],
    ['queued,failed', ['failed', 'queued']],
    ['queued&status=failed', ['failed', 'queued']],
    ['deleted', []],
  ])('status=%s finds those posted as %j', async (status, words) => {
    const id = await execution();
    for (const word of [
      'queued',
      'running',
      'in_progress',
      'completed',
      'failed',
      'stale',
      'edited',
      'awaiting_input',
      'cancelled',
      'deleted',
    ]) {
      await post(id, { status: word, task_name: word });
    }
    const answer = await list(`flow_execution_id=${id}&status=${status}`);
    expect(answer.body.map((output: { task_name: string }) => output.task_name).sort()).toEqual([...words].sort());
    expect(answer.headers.get('x-total-count')).toBe(String(words.length));
  });

  test('status counts the items of a fan-out as one', async () => {
    const id = await execution();
    await task(id, { task: READ, item: 0, status: 'failed', error: '{"message":"no"}' });
    await task(id, { task: READ, item: 1 });
    expect((await list(`flow_execution_id=${id}&status=failed`)).body).toHaveLength(1);
    expect((await list(`flow_execution_id=${id}&status=completed`)).body).toHaveLength(0);
  });

  test('a word that is no status is 400', async () => {
    const answer = await list('status=done');
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('bad_request');
  });

  test('created_after and created_before are inclusive, and read a + that became a space', async () => {
    const id = await execution();
    const at = await post(id, { created_at: '2022-03-04T05:06:07.089Z' });
    await post(id, { created_at: '2022-03-04T05:06:07.088Z' });
    const made = await task(id);
    const time = '2022-03-04T07:06:07.089+02:00';
    expect(ids(await list(`flow_execution_id=${id}&created_after=${encodeURIComponent(time)}`))).toEqual([made, at]);
    expect(ids(await list(`flow_execution_id=${id}&created_after=${time}&created_before=${time}`))).toEqual([at]);
    expect(ids(await list(`flow_execution_id=${id}&created_after=2999-01-01`))).toEqual([]);
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'flow_execution_id=x', 'created_after=soon', 'starting_after=x'])(
    '%s is 422',
    async (query) => {
      expect((await list(query)).status).toBe(422);
    },
  );

  test('starting_after an output that is not there is 404', async () => {
    expect((await list(`starting_after=${newId()}`)).status).toBe(404);
  });

  test('of an execution that never was is empty', async () => {
    expect((await list(`flow_execution_id=${newId()}`)).body).toEqual([]);
  });

  test('outputs of a deleted execution are read by its id and their own, and absent from the whole list', async () => {
    const id = await execution();
    const posted = await post(id);
    const made = await task(id);
    expect((await user.delete(`/api/flow-executions/${id}`)).status).toBe(204);
    expect(ids(await list(`flow_execution_id=${id}`)).sort()).toEqual([posted, made].sort());
    expect((await user.get(`/api/task-outputs/${made}`)).status).toBe(200);
    const whole = ids(await list(''));
    expect(whole).not.toContain(posted);
    expect(whole).not.toContain(made);
  });
});

describe('who sees what', () => {
  test('another organization sees nothing, by list, by filter or by id', async () => {
    const id = await execution();
    const [posted, made] = [await post(id), await task(id)];
    const other = await platform.as('org_admin', platform.b);
    expect((await other.get('/api/task-outputs')).body).toEqual([]);
    expect((await other.get(`/api/task-outputs?flow_execution_id=${id}`)).body).toEqual([]);
    for (const output of [posted, made]) expect((await other.get(`/api/task-outputs/${output}`)).status).toBe(404);
    expect((await other.get(`/api/task-outputs?starting_after=${posted}`)).status).toBe(404);
  });

  test('outputs of a private flow are its creator’s and the administrators’', async () => {
    const own = await seedFlow(platform.engineDb, platform.a.id, { row: { visibility: 'private', createdBy: user.id } });
    const foreign = await seedFlow(platform.engineDb, platform.a.id, { row: { visibility: 'private', createdBy: newId() } });
    const [mine, theirs] = [await seedExecution(platform.engineDb, own), await seedExecution(platform.engineDb, foreign)];
    const [shown, hidden] = [await seedTask(platform.engineDb, own, mine), await seedTask(platform.engineDb, foreign, theirs)];
    expect((await user.get(`/api/task-outputs/${shown}`)).status).toBe(200);
    expect((await user.get(`/api/task-outputs/${hidden}`)).status).toBe(404);
    const body = { flow_execution_id: theirs, organization_id: platform.a.id, task_name: 't', summary: null };
    expect((await user.post('/api/task-outputs', body)).status).toBe(404);
    expect((await (await platform.as('org_admin')).get(`/api/task-outputs/${hidden}`)).status).toBe(200);
  });

  test('a worker who is invited to no flow sees none', async () => {
    const worker = await platform.as('worker');
    const id = await execution();
    const made = await task(id);
    expect((await worker.get(`/api/task-outputs?flow_execution_id=${id}`)).body).toEqual([]);
    expect((await worker.get(`/api/task-outputs/${made}`)).status).toBe(404);
  });
});
