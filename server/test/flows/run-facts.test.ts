import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Json, newId } from '#base';
import { runMetadata } from '../../src/engine/run-metadata.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { flatDefinition } from './definitions.ts';

let platform: TestPlatform;
let user: TestClient;
let flowId: string;
let count = 0;

/** A run that has ended, a second after the one before, of version 1 unless said otherwise. */
async function addRun(metadata: unknown, options: { version?: number } = {}) {
  const id = newId();
  await platform.engineDb.query(
    'add-run',
    `insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input, modified_by, created_at)
     select organization_id, $1, flow_id, id, version, 1, 'completed', 0, 1, 0, $2::json, 'system', now() - interval '1 hour' + $5 * interval '1 second'
     from flow_versions where flow_id = $3 and version = $4`,
    [id, JSON.stringify({ metadata }), flowId, options.version ?? 1, ++count],
  );
  for (const { key, value } of runMetadata({ metadata: metadata as Json }, undefined)) {
    await platform.engineDb.query(
      'add-metadata',
      `insert into execution_metadata (organization_id, flow_execution_id, flow_id, key, value, created_at)
       select organization_id, id, flow_id, $2, $3, created_at from flow_executions where id = $1`,
      [id, key, value],
    );
  }
  return id;
}

const post = async (flow_execution_id: string, fields: Record<string, unknown>) => {
  const answer = await user.post('/api/task-outputs', { flow_execution_id, organization_id: platform.a.id, summary: 'done', ...fields });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};

beforeAll(async () => {
  platform = await startTestPlatform();
  user = await platform.as('app_user');
  flowId = (await user.post('/api/flows', { display_name: 'Runs', definition: flatDefinition() })).body.id;
  await user.put(`/api/flows/${flowId}/definition`, { definition: flatDefinition() });
});
afterAll(() => platform.close());

describe('metadata of runs', () => {
  beforeAll(async () => {
    await addRun({ Customer: 'Acme', pages: 3, urgent: true, note: null, nested: { a: 1 }, labels: ['a', 2, { b: 1 }, 'a'] });
    await addRun({ customer: 'Borealis', Customer: '100%' });
    await addRun('no object');
    await addRun({ Customer: 'Acme' });
    const hidden = await addRun({ secret: 'x' });
    await platform.engineDb.query('hide-run', 'update flow_executions set deleted_at = now() where id = $1', [hidden]);
  });
  const keys = async (query: string) => (await user.get(`/api/flows/${flowId}/metadata/keys?${query}`)).body;
  const values = async (query: string) => (await user.get(`/api/flows/${flowId}/metadata/values?${query}`)).body;

  test('keys are the names of scalars and of lists of them, each with its number of runs, latest first', async () => {
    const all = await keys('');
    expect(all[0]).toEqual({ key: 'Customer', count: 3 });
    expect(all.slice(1)).toEqual(
      expect.arrayContaining([
        { key: 'customer', count: 1 },
        { key: 'labels', count: 1 },
        { key: 'pages', count: 1 },
        { key: 'urgent', count: 1 },
      ]),
    );
    expect(all).toHaveLength(5);
    expect((await keys('limit=2')).length).toBe(2);
    expect((await keys('key_like=CUST')).map((row: { key: string }) => row.key)).toEqual(['Customer', 'customer']);
    expect((await keys('order_direction=asc')).at(-1).key).toBe('Customer');
  });

  test('values are texts, of a key in any case', async () => {
    expect(await values('key=CUSTOMER')).toEqual([
      { value: 'Acme', count: 2 },
      { value: '100%', count: 1 },
      { value: 'Borealis', count: 1 },
    ]);
    expect(await values('key=customer&value_like=%25')).toEqual([{ value: '100%', count: 1 }]);
    expect(await values('key=pages')).toEqual([{ value: '3', count: 1 }]);
    expect(await values('key=urgent')).toEqual([{ value: 'true', count: 1 }]);
    expect(await values('key=labels')).toEqual([
      { value: '2', count: 1 },
      { value: 'a', count: 1 },
    ]);
    expect(await values('key=nothing')).toEqual([]);
  });

  test.each(['keys?limit=0', 'keys?limit=101', 'keys?order_by=count', 'keys?order_direction=up', 'values', 'values?key=a&limit=x'])(
    '%s is 422',
    async (path) => {
      expect((await user.get(`/api/flows/${flowId}/metadata/${path}`)).status).toBe(422);
    },
  );
});

describe('outputs of runs', () => {
  beforeAll(async () => {
    const [first, second] = [await addRun({}), await addRun({}, { version: 2 })];
    await post(first, {
      task_name: 'text',
      tags: ['reviewed', 'priority:high'],
      output: { large: true },
      summary: { pages: 2 },
      status: 'completed',
    });
    await post(first, { task_name: 'report', tags: { status: 'approved', pages: 3 }, status: 'in_progress' });
    await post(first, { task_name: 'report', tags: ['gone'], status: 'deleted' });
    await post(second, { task_name: 'text', tags: ['reviewed'] });
    const hidden = await addRun({});
    await post(hidden, { task_name: 'text', tags: ['hidden'] });
    await platform.engineDb.query('hide-run', 'update flow_executions set deleted_at = now() where id = $1', [hidden]);
  });

  test('their tags are listed once each, sorted, those of an object as key:value', async () => {
    const tags = async (query: string) => (await user.get(`/api/flows/${flowId}/tags${query}`)).body;
    expect(await tags('')).toEqual(['pages:3', 'priority:high', 'reviewed', 'status:approved']);
    expect(await tags('?task_name=text')).toEqual(['priority:high', 'reviewed']);
    expect(await tags('?task_name=Text')).toEqual([]);
  });

  test('the summaries of a version have no outputs, newest first', async () => {
    const { status, body, headers } = await user.get(`/api/flows/${flowId}/versions/1/summary`);
    expect(status).toBe(200);
    expect(headers.get('x-total-count')).toBe('2');
    expect(body).toMatchObject([
      { task_name: 'report', tags: ['status:approved', 'pages:3'], status: 'in_progress', processing_status: 'running', flow_version: 1 },
      {
        task_name: 'text',
        tags: ['reviewed', 'priority:high'],
        summary: { pages: 2 },
        status: 'completed',
        edited_status: 'not_edited',
        stale_status: 'consistent',
      },
    ]);
    expect(body[1]).not.toHaveProperty('output');
    expect((await user.get(`/api/flows/${flowId}/versions/2/summary`)).body).toHaveLength(1);
    expect((await user.get(`/api/flows/${flowId}/versions/1/summary?limit=1`)).body).toHaveLength(1);
    expect((await user.get(`/api/flows/${flowId}/versions/3/summary`)).status).toBe(404);
  });
});

test('another organization has none of it', async () => {
  const other = await platform.as('org_admin', platform.b);
  for (const path of ['metadata/keys', 'metadata/values?key=a', 'tags', 'versions/1/summary']) {
    expect([path, (await other.get(`/api/flows/${flowId}/${path}`)).status]).toEqual([path, 404]);
  }
});
