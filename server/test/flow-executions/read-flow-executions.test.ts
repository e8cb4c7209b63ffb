import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, timeOfId } from '#base';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

const flowOf = (row = {}) => seedFlow(platform.engineDb, platform.a.id, { row });
const execution = (flow: SeededFlow, row = {}) => seedExecution(platform.engineDb, flow, row);
const list = (flow: SeededFlow, query = '') => user.get(`/api/flow-executions?flow_id=${flow.flowId}${query}`);
const ids = (answer: { body: { id: string }[] }) => answer.body.map(({ id }) => id);
/** `count` executions, oldest first. */
async function executions(flow: SeededFlow, count: number): Promise<string[]> {
  const made: string[] = [];
  for (let n = 1; n <= count; n++) made.push(await execution(flow, { runNumber: n }));
  return made;
}

describe('GET /flow-executions/{id}', () => {
  test('has every field of the contract', async () => {
    const flow = await flowOf();
    const id = await execution(flow, { input: '{"file_key":"a/b","Options":{"x_y":1}}', runNumber: 12, modifiedBy: 'integration' });
    const answer = await user.get(`/api/flow-executions/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id,
      flow_id: flow.flowId,
      organization_id: platform.a.id,
      flow_version: 1,
      status: 'running',
      input: { file_key: 'a/b', Options: { x_y: 1 } },
      created_at: timeOfId(id).toISOString(),
      updated_at: expect.any(String),
      modified_by: 'integration',
      pricing_config_id: null,
      total_credits: null,
      triggered_task_executor_name: null,
      triggered_by: 'api',
      started_at: null,
      completed_at: null,
      run_number: null,
    });
    expect((await user.get(`/api/flow-executions/${id}?include_run_number=true`)).body.run_number).toBe(12);
  });

  test.each([
    [{ status: 'running', awaiting: 1 }, 'awaiting_input'],
    [{ status: 'completed', dataStatus: 'edited' }, 'edited'],
    [{ status: 'completed', dataStatus: 'stale' }, 'stale'],
    [{ status: 'cancel_requested' }, 'cancel_requested'],
  ])('a row that is %j reads as %s', async (row, status) => {
    expect((await user.get(`/api/flow-executions/${await execution(await flowOf(), row)}`)).body.status).toBe(status);
  });

  test('C14: include_task_outputs brings the outputs of the run', async () => {
    const flow = await flowOf();
    const id = await execution(flow);
    await seedTask(platform.engineDb, flow, id, { output: '1' });
    const { body } = await user.get(`/api/flow-executions/${id}?include_task_outputs=true`);
    expect(body.task_outputs).toEqual([expect.objectContaining({ task_name: 'receive', output: 1 })]);
  });

  test('404 for one that is deleted, never was, or is another organization’s; 422 for no id', async () => {
    const id = await execution(await flowOf(), { deletedAt: new Date() });
    const foreign = await execution(await seedFlow(platform.engineDb, platform.b.id));
    for (const absent of [id, foreign, newId()]) expect((await user.get(`/api/flow-executions/${absent}`)).status).toBe(404);
    expect((await user.get('/api/flow-executions/nonsense')).status).toBe(422);
  });

  test('stays readable when its flow is deleted', async () => {
    const flow = await flowOf({ deletedAt: new Date() });
    const id = await execution(flow);
    expect((await user.get(`/api/flow-executions/${id}`)).status).toBe(200);
    expect(ids(await list(flow))).toEqual([id]);
  });

  test('of a private flow is its creator’s and the administrators’', async () => {
    const id = await execution(await flowOf({ visibility: 'private', createdBy: newId() }));
    expect((await user.get(`/api/flow-executions/${id}`)).status).toBe(404);
    expect((await (await platform.as('org_admin')).get(`/api/flow-executions/${id}`)).status).toBe(200);
  });
});

describe('GET /flow-executions', () => {
  test('needs flow_id; of an unknown or foreign flow it is 404, never an empty list', async () => {
    expect((await user.get('/api/flow-executions')).status).toBe(422);
    expect((await user.get(`/api/flow-executions?flow_id=${newId()}`)).status).toBe(404);
    const foreign = await seedFlow(platform.engineDb, platform.b.id);
    expect((await list(foreign)).status).toBe(404);
  });

  test('pages of ten by default, newest first, with the total and the next page', async () => {
    const flow = await flowOf();
    const made = await executions(flow, 25);
    const [one, two, three, four] = [
      await list(flow),
      await list(flow, '&page=2'),
      await list(flow, '&page=3'),
      await list(flow, '&page=4'),
    ];
    expect([...ids(one), ...ids(two), ...ids(three)]).toEqual(made.toReversed());
    expect(ids(four)).toEqual([]);
    expect([one, two, three, four].map((page) => page.headers.get('x-total-count'))).toEqual(['25', '25', '25', '25']);
    expect(three.headers.get('link')).toBeNull();
    const next = /^<(http:[^>]+)>; rel="next"$/.exec(one.headers.get('link') ?? '')?.[1] ?? '';
    expect(next.startsWith(platform.url)).toBe(true);
    expect(ids(await user.get(next.slice(platform.url.length)))).toEqual(ids(two));
  });

  test('start_from_execution_id continues after that run, a deleted one too; pages count from there', async () => {
    const flow = await flowOf();
    const made = await executions(flow, 9);
    await user.delete(`/api/flow-executions/${made[5]}`);
    const rest = [made[4], made[3], made[2], made[1], made[0]];
    expect(ids(await list(flow, `&start_from_execution_id=${made[5]}`))).toEqual(rest);
    expect(ids(await list(flow, `&start_from_execution_id=${made[5]}&page=2&page_size=2`))).toEqual(rest.slice(2, 4));
    expect(ids(await list(flow, `&start_from_execution_id=${made[6]}&sort_direction=asc`))).toEqual(made.slice(7));
    expect((await list(flow, `&start_from_execution_id=${newId()}`)).status).toBe(404);
    const other = await execution(await flowOf());
    expect((await list(flow, `&start_from_execution_id=${other}`)).status).toBe(404);
  });

  test('sorts by created_at or updated_at, both ways; ties by id', async () => {
    const flow = await flowOf();
    const same = new Date('2024-01-01T00:00:00Z');
    const [a, b] = [await execution(flow, { updatedAt: same }), await execution(flow, { updatedAt: same })];
    const c = await execution(flow, { updatedAt: new Date('2023-01-01T00:00:00Z') });
    expect(ids(await list(flow, '&sort_field=updated_at'))).toEqual([b, a, c]);
    expect(ids(await list(flow, '&sort_field=updated_at&sort_direction=asc'))).toEqual([c, a, b]);
    expect(ids(await list(flow, '&sort_direction=asc'))).toEqual([a, b, c]);
    expect(ids(await list(flow, `&sort_field=updated_at&start_from_execution_id=${b}`))).toEqual([a, c]);
  });

  test.each([
    ['status=completed', ['completed']],
    ['status=running', ['running']],
    ['status=in_progress', ['running']],
    ['status=awaiting_input', ['awaiting_input']],
    ['status=edited', ['edited']],
    ['status=stale', ['stale', 'stale']],
    ['status=failed', ['failed']],
    ['status=queued&status=cancelled', ['cancelled', 'queued']],
    ['status=queued,cancelled', ['cancelled', 'queued']],
    ['status=deleted', []],
    ['status_exclude=completed,failed,stale,edited', ['awaiting_input', 'cancel_requested', 'cancelled', 'queued', 'running']],
    ['status=failed&status_exclude=failed', []],
    [
      'status=',
      ['awaiting_input', 'cancel_requested', 'cancelled', 'completed', 'edited', 'failed', 'queued', 'running', 'stale', 'stale'],
    ],
  ])('%s finds %j', async (query, statuses) => {
    const flow = await flowOf();
    for (const row of [
      { status: 'queued' },
      { status: 'running' },
      { status: 'running', awaiting: 1 },
      { status: 'completed' },
      { status: 'completed', dataStatus: 'edited' },
      { status: 'completed', dataStatus: 'stale' },
      { status: 'failed' },
      { status: 'failed', dataStatus: 'stale' },
      { status: 'cancel_requested' },
      { status: 'cancelled' },
      { status: 'completed', deletedAt: new Date() },
    ]) {
      await execution(flow, row);
    }
    const answer = await list(flow, `&page_size=100&${query}`);
    expect(answer.body.map(({ status }: { status: string }) => status).sort()).toEqual(statuses);
    expect(answer.headers.get('x-total-count')).toBe(String(statuses.length));
  });

  test.each(['status=done', 'status_exclude=x', 'task_status=x'])('%s is 400', async (query) => {
    expect((await list(await flowOf(), `&${query}`)).status).toBe(400);
  });

  test.each([
    'page=0',
    'page=10001',
    'page_size=0',
    'page_size=1001',
    'sort_field=status',
    'sort_direction=up',
    'created_after=soon',
    'include_run_number=maybe',
  ])('%s is 422', async (query) => {
    expect((await list(await flowOf(), `&${query}`)).status).toBe(422);
  });

  test('created and updated ranges are inclusive; an inverted one is empty', async () => {
    const flow = await flowOf();
    const id = await execution(flow, { updatedAt: new Date('2024-05-06T07:08:09.123Z') });
    const created = timeOfId(id).toISOString();
    const later = new Date(timeOfId(id).getTime() + 1).toISOString();
    expect(ids(await list(flow, `&created_after=${created}&created_before=${created}`))).toEqual([id]);
    expect(ids(await list(flow, `&created_after=${later}`))).toEqual([]);
    expect(ids(await list(flow, `&created_after=${later}&created_before=${created}`))).toEqual([]);
    expect(ids(await list(flow, '&updated_after=2024-05-06T07:08:09.123Z&updated_before=2024-05-06T09:08:09.123+02:00'))).toEqual([id]);
    expect(ids(await list(flow, '&updated_before=2024-05-06T07:08:09.122Z'))).toEqual([]);
  });

  test('tags finds runs by the tags of their outputs, key:value where they are structured', async () => {
    const flow = await flowOf();
    const [one, two, three] = (await executions(flow, 3)) as [string, string, string];
    const post = (id: string, tags: unknown) =>
      user.post('/api/task-outputs', { flow_execution_id: id, organization_id: platform.a.id, task_name: 't', summary: null, tags });
    await post(one, ['priority:high', 'reviewed']);
    await post(two, { status: 'approved', level: 3 });
    await post(three, 'reviewed');
    expect(ids(await list(flow, '&tags=reviewed'))).toEqual([one]);
    expect(ids(await list(flow, '&tags=status:approved'))).toEqual([two]);
    expect(ids(await list(flow, '&tags=level:3&tags=priority:high'))).toEqual([two, one]);
    expect(ids(await list(flow, '&tags=priority:high,reviewed'))).toEqual([]); // a tag may hold a comma, so none is a separator
  });

  test('C13: task_status finds runs that have such a task', async () => {
    const flow = await flowOf();
    const [one, two] = (await executions(flow, 2)) as [string, string];
    await seedTask(platform.engineDb, flow, one, { status: 'failed' });
    await seedTask(platform.engineDb, flow, two, { status: 'ready', startedAt: null, completedAt: null });
    expect(ids(await list(flow, '&task_status=failed'))).toEqual([one]);
    expect(ids(await list(flow, '&task_status=queued'))).toEqual([two]);
  });

  test('include_run_number numbers the runs, else it is null', async () => {
    const flow = await flowOf();
    await executions(flow, 2);
    const numbers = async (query: string) => (await list(flow, query)).body.map((run: { run_number: number | null }) => run.run_number);
    expect(await numbers('&include_run_number=1')).toEqual([2, 1]);
    expect(await numbers('')).toEqual([null, null]);
  });
});

describe('DELETE /flow-executions/{id}', () => {
  test('hides the run for good; again is 204; unknown and foreign are 404', async () => {
    const flow = await flowOf();
    const id = await execution(flow);
    expect((await user.delete(`/api/flow-executions/${id}`)).status).toBe(204);
    expect((await user.delete(`/api/flow-executions/${id}`)).status).toBe(204);
    expect((await user.get(`/api/flow-executions/${id}`)).status).toBe(404);
    expect(ids(await list(flow))).toEqual([]);
    const foreign = await execution(await seedFlow(platform.engineDb, platform.b.id));
    for (const absent of [foreign, newId()]) expect((await user.delete(`/api/flow-executions/${absent}`)).status).toBe(404);
  });

  test('C24: does not touch the run beneath it', async () => {
    const id = await execution(await flowOf());
    await user.delete(`/api/flow-executions/${id}`);
    const row = await platform.engineDb.kysely
      .selectFrom('flowExecutions')
      .select(['status', 'modifiedBy'])
      .where('id', '=', id)
      .executeTakeFirst();
    expect(row).toEqual({ status: 'running', modifiedBy: user.id });
  });

  test.each(['worker', 'publisher'] as const)('a %s may not', async (caller) => {
    const id = await execution(await flowOf());
    expect((await (await platform.as(caller)).delete(`/api/flow-executions/${id}`)).status).toBe(403);
    expect((await user.get(`/api/flow-executions/${id}`)).status).toBe(200);
  });
});
