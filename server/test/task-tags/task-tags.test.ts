import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { subscribe } from '../support/flow-socket.ts';
import { type SeededFlow, seedExecution, seedFlow, seedTask } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flow: SeededFlow;

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flow = await seedFlow(platform.engineDb, platform.a.id);
});
afterAll(() => platform.close());

const run = (row = {}) => seedExecution(platform.engineDb, flow, row);
const operation = (executionId: string, word: string, tag: string, change: Record<string, unknown> = {}) => ({
  operation: word,
  flow_execution_id: executionId,
  task_name: 'read',
  tag,
  tag_type: 'review',
  ...change,
});
const patch = (...tags: unknown[]) => user.patch('/api/task-tags', { tags });
const list = async (executionId: string, query = '') => (await user.get(`/api/task-tags?flow_execution_id=${executionId}${query}`)).body;
const results = (answer: { body: { tags: { status: string }[] } }) => answer.body.tags.map(({ status }) => status);

describe('a batch', () => {
  test('is done in its order and answered in it, and each operation may be repeated', async () => {
    const id = await run();
    const batch = [operation(id, 'add', 'priority:high'), operation(id, 'remove', 'gone'), operation(id, 'add', 'priority:high')];
    expect(results(await patch(...batch))).toEqual(['added', 'not_found', 'already_exists']);
    expect(results(await patch(...batch))).toEqual(['already_exists', 'not_found', 'already_exists']);
    expect(await list(id)).toEqual([
      {
        id: expect.any(String),
        flow_execution_id: id,
        task_name: 'read',
        tag: 'priority:high',
        tag_type: 'review',
        tag_metadata: null,
        status: 'active',
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
        modified_by: user.id,
        organization_id: platform.a.id,
      },
    ]);
  });

  test('may name several runs, and adds and removes the same tag', async () => {
    const [one, two] = [await run(), await run()];
    const answer = await patch(operation(one, 'add', 'a'), operation(two, 'add', 'a'), operation(one, 'remove', 'a'));
    expect(results(answer)).toEqual(['added', 'added', 'removed']);
    expect([(await list(one)).length, (await list(two)).length]).toEqual([0, 1]);
  });

  test('of a hundred is taken, a hundred and one is not, nor none', async () => {
    const id = await run();
    const many = Array.from({ length: 101 }, (_, i) => operation(id, 'add', `t${i}`));
    expect((await patch(...many.slice(0, 100))).status).toBe(200);
    expect(await list(id)).toHaveLength(100);
    for (const batch of [many, []]) expect((await patch(...batch)).status).toBe(422);
  });

  test.each([
    ['an unknown run', () => operation(newId(), 'add', 'x'), 404, 'not_found'],
    ['a task that the flow does not have', (id: string) => operation(id, 'add', 'x', { task_name: 'nobody' }), 400, 'bad_request'],
    ['another word', (id: string) => operation(id, 'replace', 'x'), 422, 'validation_error'],
    ['an empty tag', (id: string) => operation(id, 'add', ''), 422, 'validation_error'],
    ['a tag of 201 characters', (id: string) => operation(id, 'add', 'x'.repeat(201)), 422, 'validation_error'],
    ['a type of 101 characters', (id: string) => operation(id, 'add', 'x', { tag_type: 'x'.repeat(101) }), 422, 'validation_error'],
  ])('with %s writes nothing', async (_, wrong, status, code) => {
    const id = await run();
    const answer = await patch(operation(id, 'add', 'first'), wrong(id));
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(await list(id)).toEqual([]);
  });

  test('of a deleted run is refused, its tags stay readable', async () => {
    const id = await run();
    await patch(operation(id, 'add', 'kept'));
    expect((await user.delete(`/api/flow-executions/${id}`)).status).toBe(204);
    expect((await patch(operation(id, 'add', 'more'))).status).toBe(404);
    expect(await list(id)).toHaveLength(1);
  });

  test('is told to the subscribers of the flow', async () => {
    const id = await run();
    const url = `${platform.url}/ws/flows/${flow.flowId}?token=${user.token}`;
    const [plain, watching] = [await subscribe(url), await subscribe(`${url}&summary=true`)];
    await patch(operation(id, 'add', 'seen', { tag_metadata: { by: 'canary' } }));
    const isOurs = (message: { type?: unknown }) => message.type === 'task_tags.updated';
    const [heard, watched] = await Promise.all([plain.next(isOurs), watching.next(isOurs)]);
    expect(heard).toMatchObject({ flow_execution_id: id, task_name: 'read', status: 'active', data: { status: 'active' } });
    expect(JSON.stringify(heard)).not.toContain('canary');
    expect(watched.data).toMatchObject({ summary: { tag: 'seen', tag_metadata: { by: 'canary' } } });
    await Promise.all([plain.close(), watching.close()]);
  });
});

describe('a tag', () => {
  test('with other metadata is another one, whatever the order of the keys', async () => {
    const id = await run();
    const add = (metadata: unknown) => operation(id, 'add', 'a', { tag_metadata: metadata });
    const answer = await patch(
      add({ x: 1, y: [2] }),
      add({ y: [2], x: 1 }),
      add({ x: 2 }),
      add(null),
      operation(id, 'add', 'a'),
      add(false),
    );
    expect(results(answer)).toEqual(['added', 'already_exists', 'added', 'added', 'already_exists', 'added']);
    expect((await list(id)).map((tag: { tag_metadata: unknown }) => tag.tag_metadata)).toEqual([{ x: 1, y: [2] }, { x: 2 }, null, false]);
  });

  test('C18: is removed with all its metadata where none is given, else exactly that', async () => {
    const id = await run();
    const add = (metadata: unknown) => operation(id, 'add', 'a', { tag_metadata: metadata });
    const remove = (change = {}) => operation(id, 'remove', 'a', change);
    await patch(add({ x: 1 }), add({ x: 2 }), add(null));
    expect(results(await patch(remove({ tag_metadata: { x: 1 } }), remove({ tag_metadata: { x: 1 } })))).toEqual(['removed', 'not_found']);
    expect(await list(id)).toHaveLength(2);
    expect(results(await patch(remove({ tag_metadata: null })))).toEqual(['removed']);
    expect((await list(id)).map((tag: { tag_metadata: unknown }) => tag.tag_metadata)).toEqual([{ x: 2 }]);
    await patch(add({ x: 3 }));
    expect(results(await patch(remove()))).toEqual(['removed']);
    expect(await list(id)).toEqual([]);
  });

  test('that was removed stays as a record of who did it, and comes back as a new one', async () => {
    const id = await run();
    await patch(operation(id, 'add', 'a'));
    const [{ id: first }] = await list(id);
    const admin = await platform.as('org_admin');
    await admin.patch('/api/task-tags', { tags: [operation(id, 'remove', 'a')] });
    const row = await platform.engineDb.kysely
      .selectFrom('taskTags')
      .select(['status', 'modifiedBy', 'updatedAt', 'createdAt'])
      .where('organizationId', '=', platform.a.id)
      .where('id', '=', first)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: 'deleted', modifiedBy: admin.id });
    expect(row.updatedAt >= row.createdAt).toBe(true);
    await patch(operation(id, 'add', 'a'));
    expect((await list(id))[0].id).not.toBe(first);
  });

  test('is added once by requests that come at once', async () => {
    const id = await run();
    const answers = await Promise.all(Array.from({ length: 12 }, () => patch(operation(id, 'add', 'race'), operation(id, 'add', 'other'))));
    const statuses = answers.flatMap(results);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(statuses.filter((status) => status === 'added')).toHaveLength(2);
    expect(await list(id)).toHaveLength(2);
  });
});

describe('the list', () => {
  test('is in order of creation, of one task where that is asked for, in pages where those are', async () => {
    const id = await run();
    await patch(operation(id, 'add', 'b'), operation(id, 'add', 'a'), operation(id, 'add', 'c', { task_name: 'receive' }));
    const tagsOf = (tags: { tag: string }[]) => tags.map(({ tag }) => tag);
    expect(tagsOf(await list(id))).toEqual(['b', 'a', 'c']);
    expect(tagsOf(await list(id, '&task_name=receive'))).toEqual(['c']);
    expect(await list(id, '&task_name=nobody')).toEqual([]);
    const first = await user.get(`/api/task-tags?flow_execution_id=${id}&limit=2`);
    expect([tagsOf(first.body), first.headers.get('x-total-count')]).toEqual([['b', 'a'], '3']);
    expect(tagsOf(await list(id, `&limit=2&starting_after=${first.body[1].id}`))).toEqual(['c']);
  });

  test.each([
    ['an unknown run', () => `flow_execution_id=${newId()}`, 404],
    ['no run', () => '', 422],
    ['a malformed id', () => 'flow_execution_id=nothing', 422],
  ])('of %s is refused', async (_, query, status) => {
    expect((await user.get(`/api/task-tags?${query()}`)).status).toBe(status);
  });
});

test('C11: task executions carry the tags of their task on every item; runs and flows are found by them as by tags of outputs', async () => {
  const id = await run();
  for (const item of [0, 1]) await seedTask(platform.engineDb, flow, id, { task: 1, item });
  await patch(operation(id, 'add', 'vip', { tag_type: 'customer' }), operation(id, 'add', 'gone'), operation(id, 'remove', 'gone'));
  const posted = { flow_execution_id: id, organization_id: platform.a.id, task_name: 'read', summary: '' };
  await user.post('/api/task-outputs', { ...posted, tags: { customer: 'acme' } });
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${id}`);
  for (const task of body.task_executions) expect(task.tags.map((tag: { tag: string }) => tag.tag)).toEqual(['vip']);
  const found = async (...tags: string[]) =>
    (
      await user.get(`/api/flow-executions?flow_id=${flow.flowId}&${tags.map((tag) => `tags=${encodeURIComponent(tag)}`).join('&')}`)
    ).body.map((execution: { id: string }) => execution.id);
  for (const tag of ['vip', 'customer:vip', 'customer:acme']) expect(await found(tag), tag).toEqual([id]);
  for (const tag of ['VIP', 'gone', 'customer', 'acme']) expect(await found(tag), tag).toEqual([]);
  expect((await user.get(`/api/flows/${flow.flowId}/tags?task_name=read`)).body).toEqual(expect.arrayContaining(['customer:acme', 'vip']));
  expect((await user.get(`/api/flows/${flow.flowId}/tags`)).body).not.toContain('gone');
});
