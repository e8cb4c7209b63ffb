import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#base';
import { createFlow, reach, reachEnd, startRun, uploadText } from '../support/run-flow.ts';
import { seedExecution, seedFlow } from '../support/seed-run.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
/** receive -> greet */
let flowId: string;
let file: { file_key: string; uri: string };

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
const greet = {
  name: 'greet',
  task_executor_name: 'format_data',
  parameters: { template: 'Hello {{ tasks.receive.filename }}' },
  depends_on: ['receive'],
};
const slow = (duration = '20s') => ({ name: 'slow', task_executor_name: 'delay', parameters: { duration }, depends_on: ['receive'] });

beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  flowId = await createFlow(user, [receive, greet]);
  file = await uploadText(user, flowId);
});
afterAll(() => platform.close());

describe('POST /{id}/cancel', () => {
  test('ends a running task soon, keeps what completed, and may be repeated', async () => {
    const own = await createFlow(user, [receive, slow()]);
    const { id } = await startRun(user, own, { file_key: file.file_key });
    await expect
      .poll(async () => (await user.get(`/api/task-executions?flow_execution_id=${id}&task_name=slow`)).body.task_executions.length, {
        timeout: 10_000,
      })
      .toBe(1);
    const started = Date.now();
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    await reach(user, id, 'cancelled');
    expect(Date.now() - started).toBeLessThan(5_000);
    expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    const outputs = (await user.get(`/api/task-outputs?flow_execution_id=${id}`)).body;
    expect(
      Object.fromEntries(outputs.map((output: Record<string, unknown>) => [output['task_name'], output['processing_status']])),
    ).toEqual({
      receive: 'completed',
      slow: 'cancelled',
    });
  });

  test('of a run that has ended is 409 with its status', async () => {
    const { id } = await startRun(user, flowId, { file_key: file.file_key }, { waitSeconds: 20 });
    const answer = await user.post(`/api/flow-executions/${id}/cancel`);
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({ code: 'conflict', details: { status: 'completed' } });
  });

  test('of an edited or stale one is 409, too', async () => {
    const seeded = await seedFlow(platform.engineDb, platform.a.id);
    for (const dataStatus of ['edited', 'stale'] as const) {
      const id = await seedExecution(platform.engineDb, seeded, { status: 'completed', dataStatus });
      expect((await user.post(`/api/flow-executions/${id}/cancel`)).body.error.details).toEqual({ status: dataStatus });
    }
  });

  test('of a deleted, unknown or foreign one is 404', async () => {
    const foreign = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.b.id));
    const deleted = await startRun(user, flowId, { file_key: file.file_key });
    await user.delete(`/api/flow-executions/${deleted.id}`);
    for (const id of [foreign, deleted.id, newId()]) expect((await user.post(`/api/flow-executions/${id}/cancel`)).status).toBe(404);
  });

  test('a queued one is cancelled at once', async () => {
    const other = await platform.as('app_user', platform.b); // where nothing else runs
    const own = await createFlow(other, [receive, slow()]);
    const { file_key } = await uploadText(other, own);
    await platform.engineDb.kysely.updateTable('executionSlots').set({ free: false }).where('organizationId', '=', platform.b.id).execute();
    const { id, status } = await startRun(other, own, { file_key });
    expect(status).toBe('queued');
    expect((await other.post(`/api/flow-executions/${id}/cancel`)).status).toBe(204);
    expect((await other.get(`/api/flow-executions/${id}`)).body.status).toBe('cancelled');
  });
});

describe('POST /{id}/execute', () => {
  test('C20: runs it again with the same id, input and number, under the latest version', async () => {
    const own = await createFlow(user, [receive, greet]);
    const { id } = await startRun(user, own, { file_key: file.file_key, filename: 'b.txt' }, { waitSeconds: 20 });
    const louder = { ...greet, parameters: { template: 'HELLO {{ tasks.receive.filename }}' } };
    await user.put(`/api/flows/${own}/definition`, { definition: { name: 'flow', tasks: [receive, louder] } });
    expect((await user.post(`/api/flow-executions/${id}/execute`)).status).toBe(204);
    expect(await reachEnd(user, id)).toMatchObject({
      id,
      status: 'completed',
      flow_version: 2,
      input: { file_key: file.file_key, filename: 'b.txt' },
    });
    const { body } = await user.get(`/api/task-outputs?flow_execution_id=${id}&task_name=greet`);
    expect(body).toEqual([expect.objectContaining({ output: { text: 'HELLO b.txt' }, flow_version: 2 })]);
    expect((await user.get(`/api/flow-executions/${id}?include_run_number=true`)).body.run_number).toBe(1);
  });

  test('only_stale with nothing to do is 204 and changes nothing', async () => {
    const { id } = await startRun(user, flowId, { file_key: file.file_key }, { waitSeconds: 20 });
    const before = (await user.get(`/api/task-executions?flow_execution_id=${id}`)).body;
    expect((await user.post(`/api/flow-executions/${id}/execute?only_stale=true`)).status).toBe(204);
    expect((await user.get(`/api/flow-executions/${id}`)).body.status).toBe('completed');
    expect((await user.get(`/api/task-executions?flow_execution_id=${id}`)).body).toEqual(before);
  });

  test('the input is checked against the new version', async () => {
    const own = await createFlow(user, [receive]);
    const { id } = await startRun(user, own, { file_key: file.file_key }, { waitSeconds: 20 });
    await user.put(`/api/flows/${own}/definition`, { definition: { name: 'flow', tasks: [] } });
    const answer = await user.post(`/api/flow-executions/${id}/execute`);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_dsl_input']);
    expect((await user.get(`/api/flow-executions/${id}`)).body).toMatchObject({ status: 'completed', flow_version: 1 });
  });

  test('of a deleted, unknown or foreign run, or of a deleted flow, is 404', async () => {
    const foreign = await seedExecution(platform.engineDb, await seedFlow(platform.engineDb, platform.b.id));
    const own = await createFlow(user, [receive]);
    const orphan = await startRun(user, own, { file_key: file.file_key }, { waitSeconds: 20 });
    await user.delete(`/api/flows/${own}`);
    const deleted = await startRun(user, flowId, { file_key: file.file_key }, { waitSeconds: 20 });
    await user.delete(`/api/flow-executions/${deleted.id}`);
    for (const id of [foreign, orphan.id, deleted.id, newId()])
      expect((await user.post(`/api/flow-executions/${id}/execute`)).status).toBe(404);
  });
});
