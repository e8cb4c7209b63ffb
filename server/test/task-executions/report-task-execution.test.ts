// POST /task-executions through HTTP (core.md 4, C5, C16, G8).
import { createHash } from 'node:crypto';
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
/** receive -> work (an hour, unless somebody reports it) -> after */
let slow: string;
/** receive -> quick -> after */
let quick: string;

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const fields = (name: string, of: Record<string, string>, more = {}) => ({
  name,
  task_executor_name: 'format_data',
  parameters: { fields: of },
  ...more,
});
const waited = { waited_ms: 7, until: '2026-01-01T00:00:00.000Z' };

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('service_account');
  bench = taskBench(platform, user);
  slow = await createFlow(user, [
    receive,
    { name: 'work', task_executor_name: 'delay', parameters: { duration: '1h' }, depends_on: ['receive'] },
    fields('after', { ms: 'tasks.work.waited_ms' }),
  ]);
  quick = await createFlow(user, [
    receive,
    fields('quick', { n: '1' }, { depends_on: ['receive'] }),
    fields('after', { n: 'tasks.quick.n + 1' }),
  ]);
  file = await uploadText(user, slow);
});
afterAll(() => platform.close());

const start = async (flow = slow) => (await startRun(user, flow, { file_key: file.file_key })).id;
const report = (id: string, change: Record<string, unknown> = {}) =>
  bench.post({
    flow_execution_id: id,
    task_name: 'work',
    task_execution_idx: 0,
    processing_status: 'completed',
    output: waited,
    ...change,
  });
/** A run whose task waits for its hour. */
async function atWork(): Promise<{ id: string; taskId: string }> {
  const id = await start();
  const { id: taskId } = await bench.find(id, 'work');
  await expect.poll(async () => (await bench.get(taskId)).scheduled_for, { timeout: 10_000 }).toBeTruthy();
  return { id, taskId };
}

describe('a final post', () => {
  test('settles the task over its worker’s head, under the id that the place has, and the run goes on', async () => {
    const { id, taskId } = await atWork();
    const answer = await report(id, {
      input: { from: 'outside' },
      source_task_executions: { root: { task_name: 'receive', task_execution_idx: 0 } },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    expect(answer.body).toMatchObject({
      id: taskId,
      processing_status: 'completed',
      output: waited,
      input: { from: 'outside' },
      source_task_executions: { root: { task_name: 'receive', task_execution_idx: 0 } },
      modified_by: 'integration',
      organization_id: platform.a.id,
    });
    expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
    expect((await bench.find(id, 'after')).output).toEqual({ ms: 7 });
  });

  test('of a task that waits settles it as its event would; modified_by may be one of three words (C27)', async () => {
    const { id, taskId } = await atWork();
    await bench.makeWait(taskId);
    expect((await report(id, { modified_by: 'system' })).body).toMatchObject({ processing_status: 'completed', modified_by: 'system' });
    expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
  });

  test('of a failure keeps the error, whatever its form, and fails the run', async () => {
    const { id } = await atWork();
    const answer = await report(id, { processing_status: 'failed', output: null, error: 'Connection timeout after 30s' });
    expect(answer.body).toMatchObject({ processing_status: 'failed', output: null, error: { message: 'Connection timeout after 30s' } });
    expect(await reachEnd(user, id)).toMatchObject({ status: 'failed' });
  });

  test('again is the same record; a different result replaces it and marks what was made from it (core.md 4)', async () => {
    const { id, taskId } = await atWork();
    await report(id);
    await reach(user, id, 'completed');
    const same = await report(id);
    expect([same.status, same.body.id]).toEqual([201, taskId]);
    expect((await user.get(`/api/flow-executions/${id}`)).body.status).toBe('completed');
    expect((await report(id, { processing_status: 'running' })).body).toMatchObject({ processing_status: 'completed', output: waited });
    const other = await report(id, { output: { ...waited, waited_ms: 8 } });
    expect(other.body).toMatchObject({ id: taskId, output: { waited_ms: 8 }, edited_status: 'not_edited' });
    expect(await bench.find(id, 'after')).toMatchObject({
      stale_status: 'stale',
      stale_reason: { task_name: 'work', kind: 'upstream_reported' },
    });
    expect((await user.get(`/api/task-executions/${taskId}/history`)).body.history).toHaveLength(1);
  });

  test('whose output does not fit is stored all the same, and the summary of the output says so', async () => {
    const { id } = await atWork();
    expect((await report(id, { output: { anything: 1 } })).body).toMatchObject({ processing_status: 'completed', output: { anything: 1 } });
    const [output] = (await user.get(`/api/task-outputs?flow_execution_id=${id}&task_name=work`)).body;
    expect(output.summary.output_mismatch).toEqual(expect.arrayContaining(['output.waited_ms: Field required']));
  });

  test('of a cancelled execution is recorded and wakes nothing', async () => {
    const { id, taskId } = await atWork();
    await user.post(`/api/flow-executions/${id}/cancel`);
    await reach(user, id, 'cancelled');
    expect((await report(id)).body).toMatchObject({ id: taskId, processing_status: 'completed', output: waited });
    expect((await user.get(`/api/flow-executions/${id}`)).body.status).toBe('cancelled');
    expect((await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=after`)).body.task_executions).toEqual([]);
  });
});

describe('what the engine has no row for', () => {
  test('C16: is recorded beside it, an upsert by execution, task and index; lists and reads show the union', async () => {
    const { id } = await atWork();
    const first = await report(id, { task_execution_idx: 3, processing_status: 'running', started_at: '2026-01-31T09:30:00Z' });
    expect(first.body).toMatchObject({
      task_execution_idx: 3,
      processing_status: 'running',
      attempt: 0,
      started_at: '2026-01-31T09:30:00.000Z',
    });
    const second = await report(id, { task_execution_idx: 3, completed_at: '2026-01-31T09:31:00Z' });
    expect(second.body).toMatchObject({
      id: first.body.id,
      processing_status: 'completed',
      output: waited,
      started_at: '2026-01-31T09:30:00.000Z',
    });
    expect((await report(id, { task_execution_idx: 3, processing_status: 'queued' })).body.processing_status).toBe('completed');
    const listed = await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=work`);
    expect(listed.body.task_executions.map((task: { task_execution_idx: number }) => task.task_execution_idx)).toEqual([3, 0]);
    expect(listed.headers.get('x-total-count')).toBe('2');
    expect((await user.get(`/api/task-executions/${first.body.id}`)).body).toEqual(second.body);
    const after = await user.get(`/api/task-executions?flow_execution_id=${id}&limit=1&starting_after=${first.body.id}`);
    expect(after.body.task_executions[0].task_name).toBe('work');
    const edited = await bench.put(second.body, { output: { by: 'hand' } });
    expect(edited.body).toMatchObject({ output: { by: 'hand' }, edited_status: 'edited_not_reexecuted' });
  });

  test('is a task output as well, the reports of a task as a list', async () => {
    const { id } = await atWork();
    const first = (await report(id, { task_name: 'after', output: { ms: 1 } })).body;
    const outputs = () => user.get(`/api/task-outputs?flow_execution_id=${id}&task_name=after`);
    expect((await outputs()).body).toEqual([expect.objectContaining({ id: first.id, output: { ms: 1 }, processing_status: 'completed' })]);
    await report(id, { task_name: 'after', task_execution_idx: 1, output: { ms: 2 } });
    const { body, headers } = await outputs();
    expect(body).toEqual([
      expect.objectContaining({ output: [{ ms: 1 }, { ms: 2 }], summary: expect.objectContaining({ items: 2, completed: 2 }) }),
    ]);
    expect(headers.get('x-total-count')).toBe('1');
    expect((await user.get(`/api/task-outputs/${first.id}`)).body).toEqual(body[0]);
    expect(
      (await user.get(`/api/task-outputs?flow_execution_id=${id}&status=completed`)).body.map((o: { task_name: string }) => o.task_name),
    ).toEqual(['after', 'receive']);
    expect((await user.get(`/api/task-outputs?starting_after=${first.id}&limit=1&flow_execution_id=${id}`)).body[0].task_name).not.toBe(
      'after',
    );
  });

  test('gives way to the engine’s row once there is one', async () => {
    const { id } = await atWork();
    const early = await report(id, { task_name: 'after', output: { ms: 0 } });
    expect(early.body).toMatchObject({ task_name: 'after', processing_status: 'completed', output: { ms: 0 } });
    await report(id);
    await reachEnd(user, id);
    const now = (await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=after`)).body.task_executions;
    expect(now).toEqual([expect.objectContaining({ output: { ms: 7 } })]);
    expect((await user.get(`/api/task-executions/${early.body.id}`)).status).toBe(404);
  });
});

describe('words', () => {
  test.each([
    ['in_progress', 'running'],
    ['pending', 'queued'],
    ['success', 'completed'],
    ['error', 'failed'],
    ['canceled', 'cancelled'],
    ['skipped', 'completed'],
    ['awaiting_input', 'awaiting_input'],
  ])('%s is taken as %s (C5)', async (word, status) => {
    const id = await start(quick);
    const { body } = await bench.post({ flow_execution_id: id, task_name: 'quick', task_execution_idx: 5, status: word });
    expect(body).toMatchObject({
      processing_status: status,
      ...(word === 'skipped' ? { skipped: true, status: 'skipped', output: null } : {}),
    });
  });

  test('an unknown one is 400, not 422; a missing one is 422', async () => {
    const id = await start(quick);
    expect((await report(id, { task_name: 'quick', processing_status: 'done' })).status).toBe(400);
    expect((await report(id, { task_name: 'quick', processing_status: undefined })).status).toBe(422);
    for (const index of [-1, 0.5, 1e30]) expect((await report(id, { task_name: 'quick', task_execution_idx: index })).status).toBe(422);
  });
});

test('terminal_task_status ends the whole task with the post, by what was reported of it', async () => {
  const { id, taskId } = await atWork();
  const carrier = await report(id, { task_execution_idx: 2, terminal_task_status: 'completed', output: { ...waited, waited_ms: 2 } });
  expect(carrier.status).toBe(201);
  expect(await bench.get(taskId)).toMatchObject({ processing_status: 'completed', output: { waited_ms: 2 } });
  expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
  const failing = await atWork();
  await report(failing.id, {
    task_execution_idx: 1,
    processing_status: 'failed',
    terminal_task_status: 'failed',
    error: { message: 'gone' },
  });
  expect(await bench.get(failing.taskId)).toMatchObject({ processing_status: 'failed', error: { message: 'gone' } });
});

test('items of a fan-out are settled one by one, and the task with the last of them', async () => {
  const flow = await createFlow(user, [
    receive,
    fields('lists', { rows: '[1, 2]' }, { depends_on: ['receive'] }),
    { name: 'work', task_executor_name: 'delay', for_each: '{{lists.rows}}', parameters: { duration: '1h' } },
    fields('after', { n: 'size(tasks.work)' }, { reference_modes: { work: 'collection' } }),
  ]);
  const id = await start(flow);
  await bench.find(id, 'work', 1);
  await report(id, { task_execution_idx: 0 });
  expect((await user.get(`/api/flow-executions/${id}`)).body.status).toBe('running');
  await report(id, { task_execution_idx: 1 });
  expect(await reachEnd(user, id)).toMatchObject({ status: 'completed' });
});

describe('who may post what', () => {
  test('404 for an unknown, deleted or foreign execution, 400 for a task that the definition lacks, 403 for worker roles', async () => {
    const id = await start(quick);
    expect((await report(newId(), { task_name: 'quick' })).status).toBe(404);
    expect((await report(id, { task_name: 'nobody' })).status).toBe(400);
    const stranger = taskBench(platform, await platform.as('service_account', platform.b));
    const body = { flow_execution_id: id, task_name: 'quick', task_execution_idx: 0, processing_status: 'completed' };
    expect((await stranger.post(body)).status).toBe(404);
    for (const role of ['worker', 'publisher'] as const)
      expect((await (await platform.as(role)).post('/api/task-executions', body)).status).toBe(403);
    await reachEnd(user, id);
    await user.delete(`/api/flow-executions/${id}`);
    expect((await report(id, { task_name: 'quick' })).status).toBe(404);
  });

  test('a lease token counts only while its worker holds the task; a stale one is 409', async () => {
    const { id, taskId } = await atWork();
    await bench.makeWait(taskId);
    const lease = (token: string, seconds: number) =>
      platform.engineDb.query(
        'test/lease',
        `update task_executions set lease_hash = $2, lease_until = now() + $3::int * interval '1 s' where id = $1`,
        [taskId, createHash('sha256').update(token).digest(), seconds],
      );
    await lease('held', -1);
    expect((await report(id, { lease_token: 'held' })).status).toBe(409);
    await lease('held', 60);
    expect((await report(id, { lease_token: 'other' })).status).toBe(409);
    expect((await report(id, { lease_token: 'held' })).body).toMatchObject({ processing_status: 'completed' });
    expect((await report(id, { lease_token: 'held' })).status).toBe(409);
  });
});
