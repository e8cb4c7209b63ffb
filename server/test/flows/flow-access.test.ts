import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestClient } from '../support/test-client.ts';
import { type Caller, startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { flatDefinition } from './definitions.ts';

let platform: TestPlatform;
let owner: TestClient;
const ids = { open: '', hidden: '', ofKey: '' };

beforeAll(async () => {
  platform = await startTestPlatform();
  owner = await platform.as('app_user');
  const key = await platform.as('service_account');
  const make = async (client: TestClient, display_name: string, visibility: string) =>
    (await client.post('/api/flows', { display_name, visibility, definition: flatDefinition() })).body.id as string;
  ids.open = await make(owner, 'Open', 'public');
  ids.hidden = await make(owner, 'Hidden', 'private');
  ids.ofKey = await make(key, 'Of a key', 'private');
});
afterAll(() => platform.close());

const seen = async (client: TestClient) =>
  (await client.get('/api/flows?sort_field=display_name')).body.flows.map((flow: { display_name: string }) => flow.display_name);

describe('who sees which flow', () => {
  test.each<[Caller, string[]]>([
    ['org_admin', ['Hidden', 'Of a key', 'Open']],
    ['app_user', ['Hidden', 'Open']],
    ['service_account', ['Of a key', 'Open']],
    ['worker', []],
    ['publisher', []],
  ])('%s sees %j', async (caller, names) => {
    const client = await platform.as(caller);
    expect(await seen(client)).toEqual(names);
    expect((await client.get(`/api/flows/${ids.open}`)).status).toBe(names.includes('Open') ? 200 : 404);
    expect((await client.get(`/api/flows/${ids.hidden}`)).status).toBe(names.includes('Hidden') ? 200 : 404);
    expect((await client.get(`/api/flows/${ids.ofKey}/versions`)).status).toBe(names.includes('Of a key') ? 200 : 404);
  });

  test('another organization sees nothing, and its answer is that of a flow that never was', async () => {
    for (const caller of ['org_admin', 'app_user', 'service_account'] as const) {
      const other = await platform.as(caller, platform.b);
      expect(await seen(other)).toEqual([]);
      const foreign = await other.get(`/api/flows/${ids.open}`);
      const never = await other.get('/api/flows/00000000-0000-7000-8000-000000000000');
      expect([foreign.status, foreign.body.error.code]).toEqual([404, 'not_found']);
      expect(foreign.body.error.message.replace(ids.open, '')).toBe(
        never.body.error.message.replace('00000000-0000-7000-8000-000000000000', ''),
      );
    }
  });
});

const WRITES: [string, string, unknown?][] = [
  ['POST', '/api/flows', { display_name: 'x', definition: flatDefinition() }],
  ['PATCH', '/api/flows/:id', { description: 'changed' }],
  ['PUT', '/api/flows/:id', { description: 'changed' }],
  ['PUT', '/api/flows/:id/definition', { definition: flatDefinition() }],
  ['PUT', '/api/flows/:id/task', { name: 'text', task_executor_name: 'delay', parameters: { duration: '1s' } }],
  ['POST', '/api/flows/:id/versions/1/restore'],
  ['PATCH', '/api/flows/:id/versions/1', { name: 'x' }],
  ['DELETE', '/api/flows/:id'],
];

describe('who may not write', () => {
  test.each(['worker', 'publisher'] as const)('%s is 403', async (caller) => {
    const client = await platform.as(caller);
    for (const [method, path, body] of WRITES) {
      const answer = await client.send(method, path.replace(':id', ids.open), body);
      expect([method, path, answer.status, answer.body.error.code]).toEqual([method, path, 403, 'forbidden']);
    }
  });

  test('without credentials it is 401', async () => {
    const nobody = await platform.as('anonymous');
    for (const [method, path, body] of [...WRITES, ['GET', '/api/flows'], ['GET', '/api/flows/:id']] as typeof WRITES) {
      expect((await nobody.send(method, path.replace(':id', ids.open), body)).status).toBe(401);
    }
  });

  test('another organization changes nothing: 404, and the flow is as it was', async () => {
    const before = (await owner.get(`/api/flows/${ids.open}`)).body;
    const other = await platform.as('org_admin', platform.b);
    for (const [method, path, body] of WRITES.slice(1)) {
      expect([method, path, (await other.send(method, path.replace(':id', ids.open), body)).status]).toEqual([method, path, 404]);
    }
    expect((await owner.get(`/api/flows/${ids.open}`)).body).toEqual(before);
  });

  test('server’s fields in a body are ignored', async () => {
    const forged = {
      id: ids.hidden,
      organization_id: platform.b.id,
      modified_by: 'system',
      created_by: 'somebody',
      version: 9,
      latest_version: 9,
      deleted: true,
      created_at: '2000-01-01T00:00:00Z',
      flow_executions_count: 5,
    };
    const { body } = await owner.patch(`/api/flows/${ids.open}`, { ...forged, description: 'mine' });
    expect(body).toMatchObject({
      id: ids.open,
      organization_id: platform.a.id,
      modified_by: owner.id,
      created_by: owner.id,
      version: 1,
      deleted: false,
    });
    expect(body.created_at).not.toMatch(/^2000/);
  });
});

test('ids are taken in upper case and without hyphens; what is no id is 422', async () => {
  const upper = await owner.get(`/api/flows/${ids.open.toUpperCase()}`);
  const plain = await owner.get(`/api/flows/${ids.open.replaceAll('-', '')}`);
  expect([upper.body.id, plain.body.id]).toEqual([ids.open, ids.open]);
  const { status, body } = await owner.get('/api/flows/not-an-id');
  expect(status).toBe(422);
  expect(body.detail[0]).toMatchObject({ loc: ['path', 'flow_id'], type: 'uuid_parsing' });
});
