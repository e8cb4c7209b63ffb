import type { TestClient } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';

/** What the tests of this folder run: a flow whose second task asks a model, which is a small server of the test's. */

export { receive } from '../support/running-platform.ts';

/** A task that asks the endpoint for one field. */
export const ask = (more: Record<string, unknown> = {}) => ({
  name: 'ask',
  task_executor_name: 'doc_to_structured',
  depends_on: ['receive'],
  parameters: { document: 'Invoice number INV-7', fields: [{ id: 'number', title: 'Invoice number', data_type: 'string' }] },
  ...more,
});

/** The settings of a platform that asks this endpoint. */
export const modelConfig = (baseUrl: string) => ({ modelBaseUrl: baseUrl, modelDefault: 'gpt-test' });

/** One task's rows, by item. */
export async function taskRows(user: TestClient, executionId: string, task: string): Promise<Record<string, unknown>[]> {
  const { body } = await user.get(`/api/task-executions?flow_execution_id=${executionId}&task_name=${task}`);
  return [...body.task_executions].sort((one, other) => one.task_execution_idx - other.task_execution_idx);
}

/** What the task put out, as GET task-outputs shows it. */
export async function taskOutput(user: TestClient, executionId: string, task: string): Promise<Record<string, unknown>> {
  return (await user.get(`/api/task-outputs?flow_execution_id=${executionId}&task_name=${task}`)).body[0];
}

/** The events of a run, oldest first. */
export const eventsOf = (platform: Pick<TestPlatform, 'engineDb'>, executionId: string) =>
  platform.engineDb.query<{ kind: string; attempt: number; detail: { code?: string; message?: string } | null; at: Date }>(
    'test_events',
    'select kind, attempt, detail, at from execution_events where execution_id = $1 order by at, id',
    [executionId],
  );

/** One task's row as the engine has it. */
export async function engineRow(
  platform: Pick<TestPlatform, 'engineDb'>,
  taskExecutionId: unknown,
): Promise<{ status: string; attempt: number; tries: number; losses: number; worker: number | null; output_key: string | null }> {
  const [row] = await platform.engineDb.query<Awaited<ReturnType<typeof engineRow>>>(
    'test_row',
    'select status, attempt, tries, losses, worker, output_key from task_executions where id = $1',
    [taskExecutionId],
  );
  if (!row) throw new Error(`there is no task execution ${taskExecutionId}`);
  return row;
}
