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

describe('versions', () => {
  beforeEach(async () => {
    await putDefinition(wireDefinition());
    await putDefinition(yamlDefinition());
  });

  test('one is read with its own definition and times, and the flow’s present fields', async () => {
    await patch({ description: 'now', status: 'published' });
    const { body } = await user.get(`/api/flows/${id}/versions/2?include_ordered_task_names=true`);
    expect(body).toMatchObject({ id, version: 2, is_latest: false, description: 'now', status: 'published' });
    expect(body.task_names).toHaveLength(3);
    expect(body.definition).toHaveProperty('flow_configs');
  });

  test('are listed in pages too, and whole where no limit is given', async () => {
    for (let i = 0; i < 20; i++) await putDefinition(flatDefinition());
    const numbers = async (query: string) => {
      const { body, headers } = await user.get(`/api/flows/${id}/versions?${query}`);
      expect(headers.get('x-total-count')).toBe('23');
      return body.map((one: { version: number }) => one.version);
    };
    const all = Array.from({ length: 23 }, (_, i) => 23 - i);
    expect(await numbers('')).toEqual(all);
    expect(await numbers('limit=1000&include_validation_errors=true')).toEqual(all);
    expect(await numbers('limit=12')).toEqual(all.slice(0, 12));
    expect(await numbers('limit=10&starting_after=12')).toEqual(all.slice(12, 22));
    expect(await numbers('starting_after=1')).toEqual([]);
  });

  test.each(['0', '-1', '4', '99999999999'])('version %s is 404', async (version) => {
    expect((await user.get(`/api/flows/${id}/versions/${version}`)).status).toBe(404);
    expect((await user.patch(`/api/flows/${id}/versions/${version}`, { name: 'x' })).status).toBe(404);
    expect((await user.post(`/api/flows/${id}/versions/${version}/restore`)).status).toBe(404);
  });

  test('a version that is no number is 422', async () => {
    expect((await user.get(`/api/flows/${id}/versions/two`)).status).toBe(422);
  });

  test('a summary names and marks versions, of any status, and makes none', async () => {
    await patch({ status: 'published' });
    const named = await user.patch(`/api/flows/${id}/versions/2`, { name: '50% off', is_favourite: true });
    expect(named.body).toMatchObject({ version: 2, name: '50% off', is_favourite: true, is_latest: false, modified_by: user.id });
    expect((await user.patch(`/api/flows/${id}/versions/2`, { name: null, is_favourite: null })).body).toMatchObject({
      name: '50% off',
      is_favourite: true,
    });
    const summary = async (query: string) => (await user.get(`/api/flows/${id}/versions/summary?${query}`)).body;
    const numbers = async (query: string) => (await summary(query)).versions.map((one: { version: number }) => one.version);
    expect(await summary('')).toMatchObject({ total: 3, page: 1, page_size: 20 });
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('page=2&page_size=2')).toEqual([1]);
    expect(await numbers('favourites_only=true')).toEqual([2]);
    expect(await numbers('search=OFF')).toEqual([2]);
    expect(await numbers('search=%25')).toEqual([2]);
    expect(await numbers('search=3')).toEqual([3]);
    expect((await user.patch(`/api/flows/${id}/versions/2`, { name: '' })).body.name).toBeNull();
    expect((await user.patch(`/api/flows/${id}/versions/2`, { name: 'x'.repeat(256) })).status).toBe(422);
  });

  test('restoring makes an old definition the newest version, its text too', async () => {
    await putDefinition(flatDefinition());
    const { status, body } = await user.post(`/api/flows/${id}/versions/3/restore`);
    expect([status, body.version, body.is_latest]).toEqual([200, 5, true]);
    expect((await user.get(`/api/flows/${id}/versions/5`, { Accept: 'application/yaml' })).body).toBe(yamlDefinition());
    const again = await user.post(`/api/flows/${id}/versions/5/restore`);
    expect([again.status, again.body.error.code]).toEqual([400, 'bad_request']);
  });

  test('a published flow never gets an unfinished latest version', async () => {
    await putDefinition(emptyDefinition());
    await putDefinition(flatDefinition());
    await patch({ status: 'published' });
    const { status, body } = await user.post(`/api/flows/${id}/versions/4/restore`);
    expect([status, body.error.code]).toEqual([400, 'invalid_dsl_input']);
    expect((await user.post(`/api/flows/${id}/versions/2/restore`)).body).toMatchObject({ version: 6, status: 'published' });
  });
});

describe('validate', () => {
  const validate = (body: unknown, query = '') => user.post(`/api/flows/${id}/validate${query}`, body);

  test('tells faults with 200, of a flow in any status, and stores nothing', async () => {
    await patch({ status: 'published' });
    const { status, body } = await validate({ definition: { tasks: [{ name: 'a', task_executor_name: 'nothing' }] } });
    expect(status).toBe(200);
    expect(body.validation_errors[0]).toMatchObject({
      loc: ['tasks', 0, 'task_executor_name'],
      msg: expect.any(String),
      type: expect.any(String),
    });
    expect(body.validation_errors[0]).toHaveProperty('input');
    expect(body).toMatchObject({ dynamic_data: null, output_schemas: null, default_reference_modes: null });
    expect((await user.get(`/api/flows/${id}`)).body.version).toBe(1);
  });

  test('a good definition has no faults, an order, and maps where asked for', async () => {
    const { body } = await validate(
      { definition: flatDefinition() },
      '?include_output_schemas=true&include_default_reference_modes=true&include_dynamic_data=true',
    );
    expect(body).toMatchObject({ validation_errors: [], ordered_task_names: ['file', 'text', 'report'] });
    expect(Object.keys(body.output_schemas)).toEqual(['file', 'text', 'report']);
    expect(body.default_reference_modes.text).toEqual({ file: expect.any(String) });
    expect(Object.keys(body.dynamic_data)).toEqual(['file', 'text', 'report']);
  });

  test('a cycle has no order; YAML is read too; a body of another shape is 422', async () => {
    const loop = (name: string, after: string) => ({
      name,
      task_executor_name: 'delay',
      parameters: { duration: '1s' },
      depends_on: [after],
    });
    const cyclic = await validate({ definition: { tasks: [loop('a', 'b'), loop('b', 'a')] } });
    expect(cyclic.body.ordered_task_names).toBeNull();
    const yaml = await user.post(`/api/flows/${id}/validate`, yamlDefinition(), { 'Content-Type': 'application/yaml' });
    expect(yaml.body.validation_errors).toEqual([]);
    expect((await validate({})).status).toBe(422);
    expect((await validate({ definition: 5 })).status).toBe(422);
  });

  test('an unfinished definition has an order and faults', async () => {
    const { body } = await validate({ definition: { tasks: [{ name: 'text', task_executor_name: 'doc_to_text' }] } });
    expect(body.validation_errors.length).toBeGreaterThan(0);
    expect(body.ordered_task_names).toEqual(['text']);
  });
});

describe('clone-info', () => {
  test('a flow fed by whoever starts it has no external input', async () => {
    expect((await user.get(`/api/flows/${id}/clone-info`)).body).toEqual({
      has_external_input_tasks: false,
      external_input_task_names: [],
    });
  });
});
