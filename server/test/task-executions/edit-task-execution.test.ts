// PUT /task-executions through HTTP (core.md 4, C9, C17, G12).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';
import { type TaskBench, taskBench } from './task-bench.ts';

let platform: TestPlatform;
let user: TestClient;
let bench: TaskBench;
let file: { file_key: string };
/** receive -> greet -> shout, and receive -> aside */
let chain: string;
/** receive -> lists -> row (each) -> mark (each) -> all */
let fan: string;

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const fields = (name: string, of: Record<string, string>, more = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields: of },
  ...more,
});
const CHAIN = [
  receive,
  fields('greet', { text: '"Hello"' }, { depends_on: ['receive'] }),
  fields('shout', { text: 'tasks.greet.text + "!"' }),
  fields('aside', { text: '"Aside"' }, { depends_on: ['receive'] }),
];
const FAN = [
  receive,
  fields('lists', { rows: '["a", "b", "c"]' }, { depends_on: ['receive'] }),
  fields('row', { cell: 'item' }, { for_each: '{{lists.rows}}' }),
  fields('mark', { text: 'tasks.row.cell + "?"' }, { reference_modes: { row: 'single' } }),
  fields('all', { texts: 'tasks.mark' }, { reference_modes: { mark: 'collection' } }),
];

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  bench = taskBench(platform, user);
  chain = await createFlow(user, CHAIN);
  fan = await createFlow(user, FAN);
  file = await uploadText(user, chain);
});
afterAll(() => platform.close());

const finished = async (flowId = chain) => (await startRun(user, flowId, { file_key: file.file_key }, { waitSeconds: 20 })).id;
const statusOf = async (id: string) => (await user.get(`/api/flow-executions/${id}`)).body.status;
const staleOf = async (id: string) =>
  (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body.task_executions
    .filter((task: { stale_status: string }) => task.stale_status === 'stale')
    .map((task: { task_name: string; task_execution_idx: number }) => `${task.task_name}/${task.task_execution_idx}`)
    .sort();

describe('an edit of a finished run', () => {
  test('marks what was made from it, each with the reason, and the execution (core.md 4)', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    const answer = await bench.put(greet, { output: { text: 'Good day' } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body).toMatchObject({
      id: greet.id,
      output: { text: 'Good day' },
      edited_status: 'edited_not_reexecuted',
      stale_status: 'consistent',
      modified_by: user.id,
      created_at: greet.created_at,
    });
    expect(answer.body.updated_at > greet.updated_at).toBe(true);
    expect(await staleOf(id)).toEqual(['shout/0']);
    expect(await bench.find(id, 'shout')).toMatchObject({
      stale_status: 'stale',
      status: 'stale',
      stale_reason: { task_name: 'greet', task_execution_idx: 0, kind: 'upstream_edited', at: expect.any(String) },
    });
    expect(await statusOf(id)).toBe('stale');
    const [output] = (await user.get(`/api/task-outputs?flow_execution_id=${id}&task_name=greet`)).body;
    expect(output).toMatchObject({ output: { text: 'Good day' }, edited_status: 'edited' });
  });

  test('of what nothing was made from leaves the execution edited; an equal output, in whatever order of keys, changes nothing', async () => {
    const id = await finished();
    const shout = await bench.find(id, 'shout');
    expect((await bench.put(shout)).body).toEqual({ ...shout, tags: undefined });
    expect(await statusOf(id)).toBe('completed');
    expect((await bench.put(shout, { output: { text: 'Stop' } })).status).toBe(200);
    expect(await statusOf(id)).toBe('edited');
    expect(await staleOf(id)).toEqual([]);
  });

  test('with execute_flow runs only what is stale again, and shows the edit as re-executed (core.md 4)', async () => {
    const id = await finished();
    const [greet, aside] = [await bench.find(id, 'greet'), await bench.find(id, 'aside')];
    expect((await bench.put(greet, { output: { text: 'Good day' } }, '?execute_flow=true')).status).toBe(200);
    await reach(user, id, 'completed');
    expect(await bench.find(id, 'shout')).toMatchObject({ output: { text: 'Good day!' }, stale_status: 'consistent', stale_reason: null });
    expect(await bench.get(greet.id)).toMatchObject({ output: { text: 'Good day' }, edited_status: 'edited_reexecuted' });
    expect((await bench.get(aside.id)).completed_at).toBe(aside.completed_at);
  });

  test('saved first, executed later: the same record with execute_flow runs what became stale before', async () => {
    const id = await finished();
    const saved = (await bench.put(await bench.find(id, 'greet'), { output: { text: 'Later' } })).body;
    expect((await bench.put(saved, {}, '?execute_flow=true')).status).toBe(200);
    await reach(user, id, 'completed');
    expect((await bench.find(id, 'shout')).output).toEqual({ text: 'Later!' });
  });

  test('of one item marks its own dependents and what collects the list; of a list the whole fan-out', async () => {
    const id = await finished(fan);
    await bench.put(await bench.find(id, 'row', 1), { output: { cell: 'B' } }, '?execute_flow=false');
    expect(await staleOf(id)).toEqual(['all/0', 'mark/1']);
    await user.post(`/api/flow-executions/${id}/execute?only_stale=true`);
    await reach(user, id, 'completed');
    expect((await bench.find(id, 'all')).output).toEqual({ texts: [{ text: 'a?' }, { text: 'B?' }, { text: 'c?' }] });
    await bench.put(await bench.find(id, 'lists'), { output: { rows: ['x'] } });
    expect(await staleOf(id)).toEqual(['all/0', 'mark/0', 'mark/1', 'mark/2', 'row/0', 'row/1', 'row/2']);
    await user.post(`/api/flow-executions/${id}/execute?only_stale=true`);
    await reach(user, id, 'completed');
    expect((await bench.find(id, 'all')).output).toEqual({ texts: [{ text: 'x?' }] });
  });

  test('repairs a failure: dependents that never ran run on re-execution (core.md 4)', async () => {
    const flow = await createFlow(user, [
      receive,
      fields('bad', { n: '1 / 0' }, { depends_on: ['receive'] }),
      fields('next', { n: 'tasks.bad.n + 1' }),
    ]);
    const id = await finished(flow);
    expect(await statusOf(id)).toBe('failed');
    const bad = await bench.find(id, 'bad');
    await bench.put(bad, { processing_status: 'completed', output: { n: 41 } });
    expect(await statusOf(id)).toBe('stale');
    await user.post(`/api/flow-executions/${id}/execute?only_stale=true`);
    await reach(user, id, 'completed');
    expect((await bench.find(id, 'next')).output).toEqual({ n: 42 });
    await bench.put(await bench.get(bad.id), { processing_status: 'failed', error: 'wrong after all' });
    expect(await bench.get(bad.id)).toMatchObject({ processing_status: 'failed', output: null, error: { message: 'wrong after all' } });
    expect(await statusOf(id)).toBe('stale');
  });
});

describe('G12: the history of edits', () => {
  test('has each earlier result with who, when and why, newest first, page by page', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    const admin = taskBench(platform, await platform.as('org_admin'));
    await bench.put(greet, { output: { text: 'one' } });
    await admin.put(await bench.get(greet.id), { output: { text: 'two' } });
    await user.post(`/api/flow-executions/${id}/execute`);
    await reach(user, id, 'completed');
    const { body, headers } = await user.get(`/api/task-executions/${greet.id}/history`);
    expect(headers.get('x-total-count')).toBe('3');
    expect(
      body.history.map((entry: Record<string, unknown>) => [entry['reason'], entry['replaced_by'], entry['output'], entry['modified_by']]),
    ).toEqual([
      ['re_executed', user.id, { text: 'two' }, (await platform.as('org_admin')).id],
      ['edited', (await platform.as('org_admin')).id, { text: 'one' }, user.id],
      ['edited', user.id, greet.output, 'system'],
    ]);
    expect(body.history[2]).toMatchObject({
      task_execution_id: greet.id,
      flow_execution_id: id,
      task_name: 'greet',
      task_execution_idx: 0,
      processing_status: 'completed',
      edited_status: 'not_edited',
      error: null,
      replaced_at: expect.any(String),
    });
    const page = await user.get(`/api/task-executions/${greet.id}/history?limit=1&starting_after=${body.history[0].id}`);
    expect(page.body.history).toEqual([body.history[1]]);
    expect((await user.get(`/api/task-executions/${newId()}/history`)).status).toBe(404);
    const stranger = await platform.as('org_admin', platform.b);
    expect((await stranger.get(`/api/task-executions/${greet.id}/history`)).status).toBe(404);
  });
});

describe('what a PUT refuses', () => {
  test('400: an output that does not fit the model of its task, another name, another index, a status that is no result', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    const wrong = await bench.put(greet, { output: { words: 1 } });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error).toMatchObject({ code: 'bad_request' });
    expect(wrong.body.error.details.length).toBeGreaterThan(0);
    expect(wrong.body.error.details[0].loc.slice(0, 2)).toEqual(['body', 'output']);
    expect((await bench.put(greet, { task_name: 'shout' })).status).toBe(400);
    expect((await bench.put(greet, { task_execution_idx: 1 })).status).toBe(400);
    expect((await bench.put(greet, { processing_status: 'queued' })).status).toBe(400);
    expect(await bench.get(greet.id)).toEqual({ ...greet, tags: undefined });
  });

  test('404: another execution, another organization in the body or in truth, an unknown id, a deleted execution', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    expect((await bench.put(greet, { flow_execution_id: await finished() })).status).toBe(404);
    expect((await bench.put(greet, { organization_id: platform.b.id })).status).toBe(404);
    expect((await bench.put(greet, { id: newId() })).status).toBe(404);
    const stranger = taskBench(platform, await platform.as('org_admin', platform.b));
    expect((await stranger.put(greet)).status).toBe(404);
    expect((await stranger.put(greet, { organization_id: platform.b.id })).status).toBe(404);
    await user.delete(`/api/flow-executions/${id}`);
    expect((await bench.put(greet, { output: { text: 'x' } })).status).toBe(404);
  });

  test('422: one of the eight required fields is missing, or a word is unknown; `status` stands for processing_status', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    const required = ['id', 'flow_execution_id', 'task_execution_idx', 'task_name', 'edited_status', 'stale_status', 'organization_id'];
    for (const field of required) expect((await bench.put(greet, { [field]: undefined })).status, field).toBe(422);
    expect((await bench.put(greet, { processing_status: undefined, status: undefined })).status).toBe(422);
    expect((await bench.put(greet, { processing_status: undefined })).status).toBe(200);
    expect((await bench.put(greet, { edited_status: 'maybe' })).status).toBe(422);
  });

  test('403: a worker may not execute; what it does not see is 404 (core.md 1.2)', async () => {
    const id = await finished();
    const greet = await bench.find(id, 'greet');
    for (const role of ['worker', 'publisher'] as const) {
      const own = taskBench(platform, await platform.as(role));
      expect((await own.put(greet, {}, '?execute_flow=true')).status).toBe(403);
      expect((await own.put(greet)).status).toBe(404);
    }
  });
});

test('C9: an edit of an older state is refused with the record as it is; without updated_at, or after one’s own edit, the last write wins', async () => {
  const id = await finished();
  const read = await bench.find(id, 'greet');
  const other = taskBench(platform, await platform.as('org_admin'));
  expect((await other.put(read, { output: { text: 'theirs' } })).status).toBe(200);
  const lost = await bench.put(read, { output: { text: 'mine' } });
  expect(lost.status).toBe(409);
  expect(lost.body.error).toMatchObject({ code: 'conflict', details: { id: read.id, output: { text: 'theirs' } } });
  expect((await bench.put(read, { output: { text: 'mine' }, updated_at: null })).status).toBe(200);
  expect((await bench.put(read, { output: { text: 'mine, too' } })).status).toBe(200);
  expect((await bench.put(read, { output: { text: 'absent' }, updated_at: undefined })).status).toBe(200);
});

describe('a task that waits', () => {
  const WAITING = [
    receive,
    { name: 'decide', task_executor_name: 'delay', parameters: { duration: '1h' }, depends_on: ['receive'] },
    fields('after', { text: '"done"' }, { depends_on: ['decide'] }),
  ];

  test('keeps a draft, then a completed output is the decision: the run goes on, and nothing was edited (core.md 4)', async () => {
    const flow = await createFlow(user, WAITING);
    const { id } = await startRun(user, flow, { file_key: file.file_key });
    const { id: taskId } = await bench.find(id, 'decide');
    await expect.poll(async () => (await bench.get(taskId)).scheduled_for).toBeTruthy();
    await bench.makeWait(taskId);
    const waiting = await bench.get(taskId);
    const draft = await bench.put(waiting, { output: { half: true } });
    expect(draft.body).toMatchObject({
      processing_status: 'awaiting_input',
      draft: { half: true },
      output: null,
      edited_status: 'not_edited',
    });
    const model = await bench.put(waiting, { processing_status: 'completed', output: { nonsense: 1 }, updated_at: null });
    expect(model.status).toBe(400);
    const decided = await bench.put(draft.body, {
      processing_status: 'completed',
      output: { waited_ms: 1, until: '2026-01-01T00:00:00.000Z' },
    });
    expect(decided.status, JSON.stringify(decided.body)).toBe(200);
    expect(decided.body).toMatchObject({ processing_status: 'completed', edited_status: 'not_edited', modified_by: user.id });
    expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
  });
});
