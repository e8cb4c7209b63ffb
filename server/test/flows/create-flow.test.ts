import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { emptyDefinition, flatDefinition, WIRE_TASK_NAMES, wireDefinition, yamlDefinition } from './definitions.ts';

let platform: TestPlatform;
let user: TestClient;
beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
});
afterAll(() => platform.close());

let count = 0;
const uniqueName = () => `Flow ${++count}`;
const create = (body: Record<string, unknown>) =>
  user.post('/api/flows', { display_name: uniqueName(), definition: flatDefinition(), ...body });

describe('a new flow', () => {
  test('is version 1, a draft, and answers every field of the contract', async () => {
    const { status, body } = await create({ description: '# Notes', tags: ['b', 'a', 'b'], version: 7, unknown: true });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      version: 1,
      status: 'draft',
      is_latest: true,
      description: '# Notes',
      tags: ['b', 'a'],
      organization_id: platform.a.id,
      modified_by: user.id,
      created_by: user.id,
      settings: { ttl: {}, reexecute_on_update: false, review_view_id: null },
      visibility: 'organization',
      flow_executions_count: 0,
      latest_version_executions_count: null,
      task_names: null,
      validation_errors: null,
      deleted: false,
    });
    expect(body.updated_at).toBe(body.created_at);
    expect(body.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await user.get(`/api/flows/${body.id}`)).body).toEqual(body);
  });

  test('keeps the wire form of an editor, key by key, but for what only the server adds', async () => {
    const definition = wireDefinition();
    const { status, body } = await create({ definition });
    expect(status).toBe(201);
    const expected = wireDefinition();
    delete expected.flow_configs[0]?.config.tasks[2]?.is_schedulable_executor;
    expect(JSON.stringify(body.definition)).toBe(JSON.stringify(expected));
  });

  test('is numbered by its plan, for those who read what a run did', async () => {
    const { body } = await create({ definition: wireDefinition() });
    const rows = await platform.engineDb.query<{ name: string; kind: string; executor: string }>(
      'tasks-of-flow',
      `select t.name, t.kind, t.executor from flow_version_tasks t join flow_versions v on v.organization_id = t.organization_id and v.id = t.flow_version_id
       where v.flow_id = $1 order by t.task`,
      [body.id],
    );
    expect(rows.map((row) => row.name)).toEqual(WIRE_TASK_NAMES);
    expect(rows.map((row) => row.kind)).toEqual(['task', 'task', 'task']);
    expect(rows.map((row) => row.executor)).toEqual(['receive_file', 'doc_to_text', 'doc_to_structured']);
  });

  test('made by an API key is modified by integration', async () => {
    const service = await platform.as('service_account');
    const { body } = await service.post('/api/flows', { display_name: uniqueName(), definition: flatDefinition() });
    expect(body).toMatchObject({ modified_by: 'integration', created_by: service.id });
  });

  test('C7: may be unfinished: it is stored, its faults are told, nothing is numbered', async () => {
    const { status, body } = await user.post('/api/flows?include_validation_errors=true&include_ordered_task_names=1', {
      display_name: uniqueName(),
      definition: emptyDefinition(),
    });
    expect(status).toBe(201);
    expect(body.validation_errors.length).toBeGreaterThan(0);
    const rows = await platform.engineDb.query(
      'tasks-of-empty',
      'select 1 from flow_version_tasks t join flow_versions v on v.id = t.flow_version_id where v.flow_id = $1',
      [body.id],
    );
    expect(rows).toEqual([]);
  });
});

describe('a definition as text', () => {
  test('the whole body may be YAML, whose name is the display name; the version gives it back byte for byte', async () => {
    const text = yamlDefinition(uniqueName());
    const { status, body } = await user.post('/api/flows', text, { 'Content-Type': 'application/yaml' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ display_name: `Flow ${count}`, description: 'Reads invoices' });
    expect(body.definition.tasks[0]).toEqual({ name: 'file', task_executor_name: 'receive_file', colour: 'ünknown' });
    const back = await user.get(`/api/flows/${body.id}/versions/1`, { Accept: 'application/yaml' });
    expect(back.headers.get('content-type')).toContain('application/yaml');
    expect(back.body).toBe(text);
  });

  test.each<[string, () => string]>([
    ['YAML', () => yamlDefinition()],
    ['YAML with lines ended by CR LF', () => yamlDefinition().replaceAll('\n', '\r\n')],
    ['JSON', () => JSON.stringify(flatDefinition(), null, 4)],
  ])('definition may be a string of %s', async (_format, make) => {
    const text = make();
    const { status, body } = await create({ definition: text });
    expect(status).toBe(201);
    expect(body.definition).toHaveProperty('tasks');
    const back = await user.get(`/api/flows/${body.id}/versions/1`, { Accept: 'application/yaml' });
    expect(back.body).toBe(text);
  });

  test('a version that came as an object is written out as YAML that means the same', async () => {
    const { body } = await create({});
    const text = (await user.get(`/api/flows/${body.id}/versions/1`, { Accept: 'application/yaml' })).body;
    const again = await create({ definition: text });
    expect(again.body.definition).toEqual(body.definition);
  });

  test('YAML without a name is refused with the place of the name', async () => {
    const text = yamlDefinition().replace(/^name:.*$/m, '');
    const { status, body } = await user.post('/api/flows', text, { 'Content-Type': 'application/yaml' });
    expect(status).toBe(422);
    expect(body.detail).toEqual([expect.objectContaining({ loc: ['body', 'name'], type: 'missing' })]);
  });

  test('a text that is no YAML is refused', async () => {
    const { status, body } = await user.post('/api/flows', 'tasks: [', { 'Content-Type': 'application/yaml' });
    expect([status, body.error.code]).toEqual([400, 'invalid_dsl_input']);
  });
});

describe('a definition that cannot be a flow is refused with every fault at once', () => {
  const task = (fields: Record<string, unknown>) => ({ name: 'a', task_executor_name: 'receive_file', ...fields });
  test.each<[string, unknown, RegExp[]]>([
    ['no tasks', { name: 'x' }, [/^tasks: /]],
    ['tasks of a wrong type', { tasks: 'a' }, [/^tasks: /]],
    [
      'unknown executors',
      { tasks: [task({}), task({ name: 'b', task_executor_name: 'nothing' })] },
      [/^tasks\.1\.task_executor_name: .*nothing/],
    ],
    [
      'a cycle',
      {
        tasks: [
          task({}),
          task({ name: 'b', task_executor_name: 'delay', parameters: { duration: '1s' }, depends_on: ['c'] }),
          task({ name: 'c', task_executor_name: 'delay', parameters: { duration: '1s' }, depends_on: ['b'] }),
        ],
      },
      [/wait for each other/],
    ],
    ['a dangling edge', { tasks: [task({})], edges: [{ source: 'a', target: 'nowhere' }] }, [/^edges\.0\.target: /]],
    [
      'a dangling reference',
      { tasks: [task({}), task({ name: 'b', task_executor_name: 'doc_to_text', parameters: { document_url: '{{gone.document_url}}' } })] },
      [/^tasks\.1\.parameters\.document_url: .*gone/],
    ],
    [
      'a reference to what every object has',
      { tasks: [task({}), task({ name: 'b', task_executor_name: 'doc_to_text', parameters: { document_url: '{{a.__proto__}}' } })] },
      [/^tasks\.1\.parameters\.document_url: /],
    ],
    [
      'a parameter of a wrong type',
      { tasks: [task({}), task({ name: 'b', task_executor_name: 'delay', parameters: { until: 5 } })] },
      [/^tasks\.1\.parameters\.until: /],
    ],
    ['two faults', { tasks: [task({ task_executor_name: 'x1' }), task({ name: 'b', task_executor_name: 'x2' })] }, [/x1/, /x2/]],
  ])('%s', async (_what, definition, expected) => {
    const before = await platform.engineDb.query<{ count: number }>('count-flows', 'select count(*)::integer as count from flows', []);
    const { status, body } = await create({ definition });
    expect([status, body.error.code]).toEqual([400, 'invalid_dsl_input']);
    const details: string[] = body.error.details;
    for (const pattern of expected) expect(details.join('\n')).toMatch(new RegExp(pattern.source, `${pattern.flags}m`));
    expect(details.join('\n')).not.toContain('flow_configs');
    const after = await platform.engineDb.query<{ count: number }>('count-flows', 'select count(*)::integer as count from flows', []);
    expect(after).toEqual(before);
  });

  test('paths of the wire form begin at its configuration too', async () => {
    const definition = wireDefinition();
    Object.assign(definition.flow_configs[0]?.config.tasks[1] as object, { task_executor_name: 'invalid_executor' });
    const { body } = await create({ definition });
    expect(body.error.details.join('\n')).toMatch(/^tasks\.1\.task_executor_name: .*invalid_executor/m);
  });
});

describe('fields that break the schema are 422 with their place', () => {
  test.each<[string, Record<string, unknown>, unknown[], string]>([
    ['an empty name', { display_name: '' }, ['body', 'display_name'], 'string_too_short'],
    ['a name of 256 characters', { display_name: 'x'.repeat(256) }, ['body', 'display_name'], 'string_too_long'],
    ['a description of 5001 characters', { description: 'x'.repeat(5001) }, ['body', 'description'], 'string_too_long'],
    ['a tag of 201 characters', { tags: ['ok', 'x'.repeat(201)] }, ['body', 'tags', 1], 'string_too_long'],
    ['101 tags', { tags: Array.from({ length: 101 }, (_, i) => `t${i}`) }, ['body', 'tags'], 'too_long'],
    ['a visibility that does not exist', { visibility: 'secret' }, ['body', 'visibility'], 'enum'],
    ['a TTL under a minute', { settings: { ttl: { seconds: 59 } } }, ['body', 'settings', 'ttl', 'seconds'], 'greater_than_equal'],
    ['a TTL over 59 days', { settings: { ttl: { seconds: 5_097_601 } } }, ['body', 'settings', 'ttl', 'seconds'], 'less_than_equal'],
    ['a NUL in the name', { display_name: 'a\0b' }, ['body', 'display_name'], 'value_error'],
    ['no definition', { definition: undefined }, ['body', 'definition'], 'missing'],
  ])('%s', async (_what, fields, loc, type) => {
    const { status, body } = await create(fields);
    expect(status).toBe(422);
    expect(body.detail).toEqual(expect.arrayContaining([expect.objectContaining({ loc, type })]));
    expect(body.error.details).toEqual(body.detail);
  });

  test('the longest that is allowed is taken, counted in characters', async () => {
    const { status } = await create({ display_name: '😀'.repeat(255), description: 'é'.repeat(5000), tags: ['ü'.repeat(200)] });
    expect(status).toBe(201);
  });
});

describe('names', () => {
  test('a name that the organization has is 409, also for two at once; another organization may have it', async () => {
    const body = { display_name: uniqueName(), definition: flatDefinition() };
    const answers = await Promise.all([user.post('/api/flows', body), user.post('/api/flows', body)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body.error.code).toBe('conflict');
    const other = await platform.as('app_user', platform.b);
    expect((await other.post('/api/flows', body)).status).toBe(201);
  });

  test('a deleted flow gives its name back', async () => {
    const body = { display_name: uniqueName(), definition: flatDefinition() };
    const first = await user.post('/api/flows', body);
    await user.delete(`/api/flows/${first.body.id}`);
    expect((await user.post('/api/flows', body)).status).toBe(201);
  });
});

describe('settings', () => {
  test.each<[unknown, number, unknown]>([
    [{ ttl: { seconds: 60 } }, 201, { ttl: { seconds: 60 }, reexecute_on_update: false, review_view_id: null }],
    [{ ttl: { seconds: null } }, 201, { ttl: { seconds: null }, reexecute_on_update: false, review_view_id: null }],
    [{ ttl: { enabled: false } }, 201, { ttl: { enabled: false }, reexecute_on_update: false, review_view_id: null }],
    [
      { ttl: { enabled: true, seconds: 61 } },
      201,
      { ttl: { enabled: true, seconds: 61 }, reexecute_on_update: false, review_view_id: null },
    ],
    [null, 201, { ttl: {}, reexecute_on_update: false, review_view_id: null }],
    [{ ttl: { enabled: true } }, 400, undefined],
  ])('C19: %j is %i', async (settings, status, expected) => {
    const answer = await create({ settings });
    expect(answer.status).toBe(status);
    expect(answer.body.settings).toEqual(expected);
  });
});
