import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlow, startRun, uploadText } from '../support/run-flow.ts';
import type { TestClient } from '../support/test-client.ts';
import { startTestPlatform, type TestPlatform } from '../support/test-platform.ts';

let platform: TestPlatform;
let user: TestClient;
let file: { file_key: string; uri: string };

const receive = { name: 'receive', task_executor_name: 'receive_file', parameters: {} };
beforeAll(async () => {
  platform = await startTestPlatform({ loops: 2 });
  user = await platform.as('app_user');
  file = await uploadText(user, await createFlow(user, [receive]));
});
afterAll(() => platform.close());

describe('a fan-out', () => {
  test('shows its items by idx, its output as a list, and a nested one its paths', async () => {
    const lists = {
      name: 'lists',
      task_executor_name: 'format_data',
      parameters: { fields: { rows: '[["a", "b"], ["c"]]' } },
      depends_on: ['receive'],
    };
    const row = { name: 'row', task_executor_name: 'format_data', for_each: '{{lists.rows}}', parameters: { fields: { cells: 'item' } } };
    const cell = { name: 'cell', task_executor_name: 'format_data', for_each: '{{row.cells}}', parameters: { fields: { value: 'item' } } };
    const own = await createFlow(user, [receive, lists, row, cell]);
    const run = await startRun(user, own, { file_key: file.file_key }, { waitSeconds: 20 });
    expect(run.status).toBe('completed');
    const output = async (task: string) => (await user.get(`/api/task-outputs?flow_execution_id=${run.id}&task_name=${task}`)).body[0];
    expect((await output('row')).output).toEqual([{ cells: ['a', 'b'] }, { cells: ['c'] }]);
    expect(await output('cell')).toMatchObject({
      output: [[{ value: 'a' }, { value: 'b' }], [{ value: 'c' }]],
      summary: { items: 3, completed: 3, failed: 0 },
    });
    const { body } = await user.get(`/api/task-executions?flow_execution_id=${run.id}&task_name=cell`);
    expect(body.task_executions.map(({ item_path }: { item_path: number[] }) => item_path).sort()).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test('over an empty list has an empty list as output', async () => {
    const lists = { name: 'lists', task_executor_name: 'format_data', parameters: { fields: { rows: '[]' } }, depends_on: ['receive'] };
    const row = { name: 'row', task_executor_name: 'format_data', for_each: '{{lists.rows}}', parameters: { fields: { cell: 'item' } } };
    const own = await createFlow(user, [receive, lists, row]);
    const run = await startRun(user, own, { file_key: file.file_key }, { waitSeconds: 20 });
    expect(run.status).toBe('completed');
    const { body } = await user.get(`/api/task-outputs?flow_execution_id=${run.id}&task_name=row`);
    expect(body).toEqual([expect.objectContaining({ output: [], processing_status: 'completed' })]);
    expect((await user.get(`/api/task-executions?flow_execution_id=${run.id}&task_name=row`)).body.task_executions).toEqual([]);
  });
});
