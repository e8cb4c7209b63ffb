import { expect } from 'vitest';
import type { TestClient, TestResponse } from '../support/test-client.ts';
import type { TestPlatform } from '../support/test-platform.ts';

/** A task execution as a client reads and sends it back. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of a record, and is wrong where it is wrong
export type TaskRecord = any;

/** What the tests of edits and reports do with task executions of one user. */
export interface TaskBench {
  find(executionId: string, taskName: string, idx?: number): Promise<TaskRecord>;
  get(id: string): Promise<TaskRecord>;
  put(record: TaskRecord, change?: Record<string, unknown>, query?: string): Promise<TestResponse<TaskRecord>>;
  post(body: Record<string, unknown>): Promise<TestResponse<TaskRecord>>;
  /** Puts a task of a run into the hands of an event, as an executor that waits does. */
  makeWait(id: string): Promise<void>;
}

export const taskBench = (platform: TestPlatform, user: TestClient): TaskBench => ({
  async find(executionId, taskName, idx = 0) {
    let found: TaskRecord;
    await expect
      .poll(
        async () => {
          const query = `flow_execution_id=${executionId}&task_name=${taskName}&task_execution_idx=${idx}`;
          found = (await user.get(`/api/task-executions?${query}`)).body.task_executions[0];
          return found?.task_name;
        },
        { timeout: 10_000, interval: 30 },
      )
      .toBe(taskName);
    return found;
  },
  get: async (id) => (await user.get(`/api/task-executions/${id}`)).body,
  put: (record, change = {}, query = '') => user.put(`/api/task-executions${query}`, { ...record, ...change }),
  post: (body) => user.post('/api/task-executions', body),
  async makeWait(id) {
    await platform.engineDb.query(
      'test/make-wait',
      `with t as (update task_executions set status = 'awaiting_input', attempt = attempt + 1, worker = null, checkpoint = '{}', ready_at = now()
                   where id = $1 and status in ('running', 'scheduled', 'ready') returning execution_id)
       update flow_executions e set awaiting = awaiting + 1 from t where e.id = t.execution_id`,
      [id],
    );
    expect((await user.get(`/api/task-executions/${id}`)).body.processing_status).toBe('awaiting_input');
  },
});
