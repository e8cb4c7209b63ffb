import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { emptyDefinition, flatDefinition, wireDefinition } from './definitions.ts';

let platform: TestPlatform;
let user: TestClient;
const ids: Record<string, string> = {};

/** Names, in the order of creation. The first sorts last by its letters. */
const FLOWS: [string, Record<string, unknown>][] = [
  ['Zebra 100% safe', { tags: ['red', 'Blue'] }],
  ['apple_pie', { tags: ['red'] }],
  ['Apple pie', { tags: ['green'] }],
  ['Empty', { definition: emptyDefinition() }],
  ['back\\slash', { definition: wireDefinition() }],
];

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  for (const [display_name, fields] of FLOWS) {
    const { status, body } = await user.post('/api/flows', { display_name, definition: flatDefinition(), ...fields });
    expect(status).toBe(201);
    ids[display_name] = body.id;
  }
  await user.patch(`/api/flows/${ids['apple_pie']}`, { description: 'touched last' });
});
afterAll(() => platform.close());

const list = async (query: string) => {
  const { status, body, headers } = await user.get(`/api/flows?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(headers.get('x-total-count')).toBe(String(body.total));
  return { ...body, names: body.flows.map((flow: { display_name: string }) => flow.display_name) as string[] };
};
const CREATED = FLOWS.map(([name]) => name);

describe('order and pages', () => {
  test.each<[string, string[]]>([
    ['', CREATED.toReversed()],
    ['sort_direction=asc', CREATED],
    ['sort_field=created_at&sort_direction=asc', CREATED],
    ['sort_field=updated_at', ['apple_pie', ...CREATED.toReversed().filter((name) => name !== 'apple_pie')]],
    ['sort_field=display_name', ['Apple pie', 'Empty', 'Zebra 100% safe', 'apple_pie', 'back\\slash']],
    ['sort_field=display_name&sort_direction=desc', ['back\\slash', 'apple_pie', 'Zebra 100% safe', 'Empty', 'Apple pie']],
    ['sort_field=&sort_direction=', CREATED.toReversed()],
  ])('C6: %s', async (query, expected) => {
    expect((await list(query)).names).toEqual(expected);
  });

  test('pages join without gap or repetition, and past the end there is nothing', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map((page) => list(`page=${page}&page_size=2`)));
    expect(pages.flatMap((page) => page.names)).toEqual(CREATED.toReversed());
    expect(pages.map((page) => [page.total, page.page, page.page_size, page.names.length])).toEqual([
      [5, 1, 2, 2],
      [5, 2, 2, 2],
      [5, 3, 2, 1],
      [5, 4, 2, 0],
    ]);
    expect((await list('')).page_size).toBe(20);
  });

  test.each([
    'page=0',
    'page=10001',
    'page_size=0',
    'page_size=101',
    'page=x',
    'sort_field=status',
    'sort_direction=up',
    `search=${'x'.repeat(201)}`,
    'organization_id=x',
    'is_cleanable=maybe',
  ])('%s is 422', async (query) => {
    const { status, body } = await user.get(`/api/flows?${query}`);
    expect([status, body.error.code]).toEqual([422, 'validation_error']);
    expect(body.detail[0].loc[0]).toBe('query');
  });
});

describe('search is a part of the name, in any case, and its characters stand for themselves', () => {
  test.each<[string, string[]]>([
    ['PIE', ['Apple pie', 'apple_pie']],
    ['%', ['Zebra 100% safe']],
    ['_', ['apple_pie']],
    ['\\', ['back\\slash']],
    ['nothing like it', []],
    ['', CREATED.toReversed()],
  ])('%j', async (search, expected) => {
    expect((await list(`search=${encodeURIComponent(search)}`)).names).toEqual(expected);
  });
});

describe('tag_filters', () => {
  const filter = (groups: unknown) => list(`tag_filters=${encodeURIComponent(JSON.stringify(groups))}`);
  test.each<[unknown, string[]]>([
    [[{ values: ['red'] }], ['apple_pie', 'Zebra 100% safe']],
    [[{ mode: 'contains_any', values: ['red', 'green'] }], ['Apple pie', 'apple_pie', 'Zebra 100% safe']],
    [[{ values: ['red'] }, { values: ['Blue'] }], ['Zebra 100% safe']],
    [[{ values: ['blue'] }], []],
    [[{ mode: 'not_contains_any', values: ['red'] }], ['back\\slash', 'Empty', 'Apple pie']],
    [[{ values: [] }], CREATED.toReversed()],
    [[], CREATED.toReversed()],
  ])('%j', async (groups, expected) => {
    expect((await filter(groups)).names).toEqual(expected);
  });

  test.each(['x', '{}', '[{"mode":"all","values":[]}]', '[{"values":"red"}]'])('%s is 400', async (text) => {
    const { status, body } = await user.get(`/api/flows?tag_filters=${encodeURIComponent(text)}`);
    expect([status, body.error.code]).toEqual([400, 'bad_request']);
  });
});

describe('other filters', () => {
  test('created_by_id', async () => {
    const service = await platform.as('service_account');
    const made = await service.post('/api/flows', { display_name: 'By a key', definition: flatDefinition() });
    expect((await list(`created_by_id=${service.id}`)).names).toEqual(['By a key']);
    expect((await list(`created_by_id=${user.id}`)).total).toBe(5);
    expect((await list('created_by_id=nobody')).total).toBe(0);
    await service.delete(`/api/flows/${made.body.id}`);
  });

  test('organization_id: one’s own changes nothing, another has nothing', async () => {
    expect((await list(`organization_id=${platform.a.id}`)).total).toBe(5);
    expect(await list(`organization_id=${platform.b.id}`)).toMatchObject({ flows: [], total: 0 });
  });

  test('is_cleanable: without tasks, and untouched for 30 days', async () => {
    expect((await list('is_cleanable=true')).names).toEqual([]);
    const age = (column: string) =>
      platform.engineDb.query(
        `age-${column}`,
        `update flows set ${column} = now() - interval '31 days' where display_name in ('Empty', 'Apple pie')`,
        [],
      );
    await age('created_at');
    expect((await list('is_cleanable=true')).names).toEqual([]);
    await age('updated_at');
    expect((await list('is_cleanable=true')).names).toEqual(['Empty']);
  });
});

describe('what a definition implies is added on request', () => {
  const one = async (query: string) => {
    const { flows } = await list(`search=${encodeURIComponent('back\\slash')}&${query}`);
    return flows[0];
  };
  const tasksOf = (flow: { definition: ReturnType<typeof wireDefinition> }) =>
    flow.definition.flow_configs[0]?.config.tasks as unknown as Record<string, unknown>[];

  test('the order of the tasks, the faults', async () => {
    const flow = await one('include_ordered_task_names=true&include_validation_errors=YES');
    expect(flow.task_names).toHaveLength(3);
    expect(flow.validation_errors).toEqual([]);
  });

  test('inside each task: schemas, reference modes, choices', async () => {
    const flow = await one(
      'include_output_schemas=1&include_input_schema=on&include_default_reference_modes=true&include_dynamic_data=true',
    );
    const [file, text] = tasksOf(flow);
    expect(file).toHaveProperty('output_schema.properties.document_url');
    expect(file).toHaveProperty('input_schema.properties.file_key');
    expect(text).not.toHaveProperty('input_schema');
    expect(text?.['default_reference_modes']).toEqual({ [String(file?.['name'])]: expect.stringMatching(/^(single|collection)$/) });
    expect(text).toHaveProperty('dynamic_data');
  });

  test('and what was added is not stored when it is sent back', async () => {
    const flow = await one('include_output_schemas=1&include_input_schema=1&include_default_reference_modes=1&include_dynamic_data=1');
    const { status, body } = await user.put(`/api/flows/${flow.id}/definition`, { definition: flow.definition });
    expect(status).toBe(200);
    expect(Object.keys(tasksOf(body)[0] ?? {})).not.toContain('output_schema');
    expect(body.definition).toEqual((await one('')).definition);
    expect(JSON.stringify(body.definition)).not.toMatch(/output_schema|input_schema|default_reference_modes|dynamic_data/);
  });

  test('runs of the newest version that has any, null unless asked for', async () => {
    expect((await one('')).latest_version_executions_count).toBeNull();
    expect((await one('include_latest_version_executions_count=true')).latest_version_executions_count).toBe(0);
  });
});

describe('available-tags', () => {
  test('are distinct, in alphabetical order whatever their case, and searched', async () => {
    expect((await user.get('/api/flows/available-tags')).body).toEqual(['Blue', 'green', 'red']);
    expect((await user.get('/api/flows/available-tags?search=RE')).body).toEqual(['green', 'red']);
    const other = await platform.as('app_user', platform.b);
    expect((await other.get('/api/flows/available-tags')).body).toEqual([]);
  });
});
