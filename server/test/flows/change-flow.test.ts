import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { emptyDefinition, flatDefinition, wireDefinition, yamlDefinition } from './definitions.ts';

let platform: TestPlatform;
let user: TestClient;
let id: string;
let count = 0;
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());
beforeEach(async () => {
  id = (await create({})).id;
});

async function create(fields: Record<string, unknown>) {
  const sent = { display_name: `Flow ${++count}`, description: 'd', tags: ['t'], definition: flatDefinition(), ...fields };
  const { status, body } = await user.post('/api/flows', sent);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}
const patch = (fields: unknown, flow = id) => user.patch(`/api/flows/${flow}`, fields);
const putDefinition = (definition: unknown, query = '', flow = id) => user.put(`/api/flows/${flow}/definition${query}`, { definition });

describe('PATCH', () => {
  test('absent and null change nothing, empty clears, settings and tags are replaced as a whole', async () => {
    const nulls = { display_name: null, description: null, visibility: null, settings: null, status: null, tags: null };
    const { body: same } = await patch(nulls);
    expect(same).toMatchObject({
      display_name: `Flow ${count}`,
      description: 'd',
      tags: ['t'],
      status: 'draft',
      visibility: 'organization',
    });
    const { body } = await patch({ description: '', tags: [], settings: { reexecute_on_update: true } });
    expect(body).toMatchObject({ description: '', tags: [], settings: { ttl: {}, reexecute_on_update: true, review_view_id: null } });
    expect((await patch({ settings: {} })).body.settings).toEqual({ ttl: {}, reexecute_on_update: false, review_view_id: null });
  });

  test('C10: makes no version, and says who did it and when', async () => {
    const admin = await platform.as('org_admin');
    const { body } = await admin.patch(`/api/flows/${id}`, { display_name: `Renamed ${count}` });
    expect(body).toMatchObject({ version: 1, display_name: `Renamed ${count}`, modified_by: admin.id, created_by: user.id });
    expect(body.updated_at > body.created_at).toBe(true);
  });

  test('C8: a taken name is 409, also when the flow is renamed to it; its own name is not taken', async () => {
    const other = await create({});
    const { status, body } = await patch({ display_name: other.display_name });
    expect([status, body.error.code]).toEqual([409, 'conflict']);
    expect((await patch({ display_name: `Flow ${count - 1}` })).status).toBe(200);
  });

  test.each<[Record<string, unknown>, unknown[], string]>([
    [{ display_name: '' }, ['body', 'display_name'], 'string_too_short'],
    [{ display_name: 'x'.repeat(256) }, ['body', 'display_name'], 'string_too_long'],
    [{ description: 'x'.repeat(5001) }, ['body', 'description'], 'string_too_long'],
    [{ tags: ['x'.repeat(201)] }, ['body', 'tags', 0], 'string_too_long'],
    [{ tags: 'a' }, ['body', 'tags'], 'list_type'],
    [{ visibility: 'everyone' }, ['body', 'visibility'], 'enum'],
  ])('%j is 422', async (fields, loc, type) => {
    const { status, body } = await patch(fields);
    expect(status).toBe(422);
    expect(body.detail).toEqual(expect.arrayContaining([expect.objectContaining({ loc, type })]));
  });

  test('a status that does not exist is 400', async () => {
    const { status, body } = await patch({ status: 'archived' });
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
  });

  test('publishing and back; an unfinished flow is not published, and is told why', async () => {
    expect((await patch({ status: 'published' })).body.status).toBe('published');
    expect((await patch({ status: 'published' })).status).toBe(200);
    expect((await patch({ status: 'draft' })).body.status).toBe('draft');
    const empty = await create({ definition: emptyDefinition() });
    const { status, body } = await patch({ status: 'published', description: 'half' }, empty.id);
    expect([status, body.error.code]).toEqual([400, 'invalid_dsl_input']);
    expect(body.error.details.length).toBeGreaterThan(0);
    expect((await user.get(`/api/flows/${empty.id}`)).body).toMatchObject({ status: 'draft', description: 'd' });
  });
});

describe('PUT definition', () => {
  test('is the next version each time, even an equal one, and the latest', async () => {
    expect((await putDefinition(flatDefinition())).body).toMatchObject({ version: 2, is_latest: true });
    expect((await putDefinition(wireDefinition())).body.version).toBe(3);
    const versions = (await user.get(`/api/flows/${id}/versions`)).body;
    expect(versions.map((one: { version: number; is_latest: boolean }) => [one.version, one.is_latest])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect(versions[1].definition).toEqual(flatDefinition());
  });

  test('takes YAML as the whole body and as a string', async () => {
    const text = yamlDefinition();
    expect((await user.put(`/api/flows/${id}/definition`, text, { 'Content-Type': 'application/yaml' })).status).toBe(200);
    expect((await user.get(`/api/flows/${id}/versions/2`, { Accept: 'application/yaml' })).body).toBe(text);
    expect((await putDefinition(text)).status).toBe(200);
    expect((await user.get(`/api/flows/${id}/versions/3`, { Accept: 'application/yaml' })).body).toBe(text);
    expect((await user.get(`/api/flows/${id}`)).body.display_name).toBe(`Flow ${count}`);
  });

  test('a published flow is 400, an invalid definition is 400, and neither leaves a version', async () => {
    const bad = await putDefinition({ tasks: [{ name: 'a', task_executor_name: 'nothing' }] });
    expect([bad.status, bad.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    await patch({ status: 'published' });
    const published = await putDefinition(flatDefinition());
    expect([published.status, published.body.error.code]).toEqual([400, 'bad_request']);
    expect((await user.get(`/api/flows/${id}`)).body.version).toBe(1);
  });

  test('expected_version refuses whoever did not see the latest', async () => {
    expect((await putDefinition(flatDefinition(), '?expected_version=1')).status).toBe(200);
    const { status, body } = await putDefinition(flatDefinition(), '?expected_version=1');
    expect([status, body.error.code, body.error.details]).toEqual([409, 'conflict', { latest_version: 2 }]);
  });

  test('twenty at once make twenty versions without a gap', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => putDefinition(flatDefinition())));
    expect(answers.map((answer) => answer.body.version).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  });
});

describe('PUT flow', () => {
  test('C23: is PATCH and definition in one', async () => {
    const { status, body } = await user.put(`/api/flows/${id}`, { description: 'new', status: 'published', definition: wireDefinition() });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 2, description: 'new', status: 'published' });
    expect((await user.put(`/api/flows/${id}`, { definition: flatDefinition() })).status).toBe(400);
    expect((await user.put(`/api/flows/${id}`, { status: 'draft', definition: flatDefinition() })).body.version).toBe(3);
    expect((await user.put(`/api/flows/${id}`, { tags: ['x'] })).body).toMatchObject({ version: 3, tags: ['x'] });
  });

  test('takes nothing where one part is refused', async () => {
    expect((await user.put(`/api/flows/${id}`, { description: 'new', definition: { tasks: 1 } })).status).toBe(400);
    expect((await user.put(`/api/flows/${id}`, { definition: emptyDefinition(), status: 'published' })).status).toBe(400);
    expect((await user.get(`/api/flows/${id}`)).body).toMatchObject({ version: 1, description: 'd' });
  });
});

describe('PUT task', () => {
  const putTask = (task: unknown) => user.put(`/api/flows/${id}/task`, task);

  test('replaces the task of its name in its place, or appends', async () => {
    const text = {
      name: 'text',
      task_executor_name: 'doc_to_text',
      task_title: 'Read',
      parameters: { document_url: '{{file.document_url}}' },
    };
    const { status, body } = await putTask(text);
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: 2 });
    expect(body.definition.tasks.map((task: { name: string }) => task.name)).toEqual(['file', 'text', 'report']);
    expect(body.definition.tasks[1]).toEqual(text);
    const added = await putTask({ ...text, name: 'again' });
    expect(added.body.definition.tasks.map((task: { name: string }) => task.name)).toEqual(['file', 'text', 'report', 'again']);
  });

  test.each<[unknown, number, string]>([
    [{ task_executor_name: 'delay' }, 400, 'invalid_dsl_input'],
    [{ name: 'text', task_executor_name: 'nothing' }, 400, 'invalid_dsl_input'],
    [[], 422, 'validation_error'],
  ])('%j is %i', async (task, status, code) => {
    const answer = await putTask(task);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect((await user.get(`/api/flows/${id}`)).body.version).toBe(1);
  });
});

describe('DELETE', () => {
  test('hides the flow from every route for good', async () => {
    expect((await user.delete(`/api/flows/${id}`, { reason: 'read and ignored' })).status).toBe(204);
    const attempts: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { description: 'x' }],
      ['PUT', '', {}],
      ['DELETE', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['GET', '/versions/summary'],
      ['PATCH', '/versions/1', {}],
      ['POST', '/versions/1/restore'],
      ['PUT', '/definition', { definition: flatDefinition() }],
      ['PUT', '/task', { name: 'a' }],
      ['POST', '/validate', { definition: flatDefinition() }],
      ['POST', '/upload-url'],
      ['GET', '/files'],
      ['GET', '/clone-info'],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await user.send(method, `/api/flows/${id}${path}`, body);
      expect([method, path, answer.status, answer.body.error.code]).toEqual([method, path, 404, 'not_found']);
    }
    expect((await user.get('/api/flows?page_size=100')).body.flows.map((flow: { id: string }) => flow.id)).not.toContain(id);
  });
});
