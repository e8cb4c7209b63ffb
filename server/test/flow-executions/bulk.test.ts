import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { createFlow, reach, startRun, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let flowId: string;
let fileKey: string;

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 1 });
  user = await platform.as('app_user');
  flowId = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file' }]);
  fileKey = (await uploadText(user, flowId)).file_key;
});
afterAll(() => platform.close());

const bulk = (body: unknown) => user.post('/api/flow-executions/bulk', body);
const ended = async () => (await startRun(user, flowId, { file_key: fileKey }, { waitSeconds: 20 })).id;

test('G11: several runs are deleted, cancelled or run again; one that is refused says why, the others are done', async () => {
  const [one, two] = [await ended(), await ended()];
  const foreign = await seedFlow(platform.engineDb, platform.b.id);
  const theirs = await seedExecution(platform.engineDb, foreign);
  const executed = await bulk({ action: 'execute', flow_execution_ids: [one, newId(), theirs] });
  expect(executed.status).toBe(200);
  expect(executed.body.results).toMatchObject([
    { flow_execution_id: one, status: 'done', error: null },
    { status: 'refused', error: { code: 'not_found' } },
    { flow_execution_id: theirs, status: 'refused', error: { code: 'not_found' } },
  ]);
  await reach(user, one, 'completed');
  const cancelled = await bulk({ action: 'cancel', flow_execution_ids: [two] });
  expect(cancelled.body.results).toMatchObject([{ status: 'refused', error: { code: 'conflict' } }]);
  const deleted = await bulk({ action: 'delete', flow_execution_ids: [one, two, two] });
  expect(deleted.body.results.map((result: { status: string }) => result.status)).toEqual(['done', 'done', 'done']);
  for (const id of [one, two]) expect((await user.get(`/api/flow-executions/${id}`)).status).toBe(404);
});

test('by a filter the runs it matches are changed, the oldest first, a page a call; a dry run changes nothing; what else the flow has is left alone', async () => {
  const other = await createFlow(user, [{ name: 'receive', task_executor_name: 'receive_file' }]);
  const seeded = { organizationId: platform.a.id, flowId: other, flowVersionId: '' };
  const [version] = await platform.engineDb.query<{ id: string }>('test_version', 'select id from flow_versions where flow_id = $1', [
    other,
  ]);
  const flow = { ...seeded, flowVersionId: version?.id ?? '' };
  const failed: string[] = [];
  for (let i = 0; i < 5; i++) failed.push(await seedExecution(platform.engineDb, flow, { status: 'failed' }));
  const completed = await seedExecution(platform.engineDb, flow, { status: 'completed' });
  const filter = { flow_id: other, status: ['failed'] };
  const answers = async (ids: string[]) => Promise.all(ids.map(async (id) => (await user.get(`/api/flow-executions/${id}`)).status));

  const dry = await bulk({ action: 'delete', filter, dry_run: true, limit: 2 });
  expect(dry.body).toMatchObject({ matched: 5, next_starting_after: failed[1], results: [{ status: 'matched' }, { status: 'matched' }] });
  expect(await answers(failed)).toEqual([200, 200, 200, 200, 200]);

  const first = await bulk({ action: 'delete', filter, limit: 2 });
  expect(first.body).toMatchObject({ matched: 5, next_starting_after: failed[1] });
  expect(first.body.results).toEqual(failed.slice(0, 2).map((id) => ({ flow_execution_id: id, status: 'done', error: null })));
  expect(await answers(failed)).toEqual([404, 404, 200, 200, 200]);
  const second = await bulk({ action: 'delete', filter, limit: 100, starting_after: first.body.next_starting_after });
  expect(second.body).toMatchObject({ matched: 3, next_starting_after: null });
  expect(await answers([...failed, completed])).toEqual([404, 404, 404, 404, 404, 200]);
});

test.each([
  ['neither runs nor a filter', {}, 400],
  ['both', { flow_execution_ids: [newId()], filter: { flow_id: newId(), status: ['queued'] } }, 400],
  ['a filter of a flow and nothing else', { filter: { flow_id: newId() } }, 400],
  ['a dry run of named runs', { flow_execution_ids: [newId()], dry_run: true }, 400],
  ['a flow that is not there', { filter: { flow_id: newId(), status: ['queued'] } }, 404],
  ['a status that is none', { filter: { flow_id: newId(), status: ['in_progress'] } }, 422],
  ['a limit above the most', { filter: { flow_id: newId(), status: ['queued'] }, limit: 101 }, 422],
])('a filter: %s is refused', async (_, body, status) => {
  expect((await bulk({ action: 'cancel', ...body })).status).toBe(status);
});

test.each([
  ['no runs', { action: 'delete', flow_execution_ids: [] }],
  ['101 runs', { action: 'delete', flow_execution_ids: Array.from({ length: 101 }, newId) }],
  ['another action', { action: 'publish', flow_execution_ids: [newId()] }],
  ['a malformed id', { action: 'delete', flow_execution_ids: ['x'] }],
])('%s is 422', async (_, body) => {
  expect((await bulk(body)).status).toBe(422);
});

test('G6 and G11: a run is found by what its input, or the request, says of it', async () => {
  const start = async (metadata: unknown, beside?: unknown) => {
    const body = { flow_id: flowId, input: { file_key: fileKey, metadata }, ...(beside === undefined ? {} : { metadata: beside }) };
    const answer = await user.post('/api/flow-executions', body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body.input).toEqual(body.input);
    return answer.body.id;
  };
  const one = await start({ Customer: 'Acme', pages: 3, tags: ['a', 'b'], nested: { no: 1 } });
  const two = await start({ customer: 'acme', pages: 4 }, { pages: [5, 6], urgent: true });
  const found = async (groups: unknown) =>
    (await user.get(`/api/flow-executions?flow_id=${flowId}&metadata=${encodeURIComponent(JSON.stringify(groups))}`)).body.map(
      (run: { id: string }) => run.id,
    );
  expect(await found([{ key: 'CUSTOMER', values: ['ACME'] }])).toEqual([two, one]);
  expect(await found([{ key: 'pages', values: [3, 4] }])).toEqual([one]);
  expect(
    await found([
      { key: 'pages', values: ['5'] },
      { key: 'urgent', values: [true] },
    ]),
  ).toEqual([two]);
  expect(
    await found([
      { key: 'pages', values: ['5'] },
      { key: 'tags', values: ['a'] },
    ]),
  ).toEqual([]);
  expect(await found([{ key: 'nested', values: ['1'] }])).toEqual([]);
  expect((await user.get(`/api/flow-executions?flow_id=${flowId}&metadata=x`)).status).toBe(400);
  const keys = await user.get(`/api/flows/${flowId}/metadata/keys?key_like=CUST`);
  expect(keys.body).toEqual(
    expect.arrayContaining([
      { key: 'customer', count: 1 },
      { key: 'Customer', count: 1 },
    ]),
  );
  expect(
    (await user.get(`/api/flows/${flowId}/metadata/values?key=pages`)).body.map(({ value }: { value: string }) => value).sort(),
  ).toEqual(['3', '5', '6']);
  await user.delete(`/api/flow-executions/${one}`);
  expect((await user.get(`/api/flows/${flowId}/metadata/values?key=tags`)).body).toEqual([]);
});
