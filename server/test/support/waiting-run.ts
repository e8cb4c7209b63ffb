import { expect } from 'vitest';
import type { Id } from '#base';
import { reach, startRun } from './run-flow.ts';
import type { TestClient } from './test-client.ts';
import type { TestPlatform } from './test-platform.ts';

/** receive -> ask -> tell: `ask` is a long timer that `startWaitingRun` turns into a task that waits for an event. */
export const WAITING_TASKS = [
  { name: 'receive', task_executor_name: 'receive_file', parameters: {} },
  { name: 'ask', task_executor_name: 'delay', parameters: { duration: '1h' }, depends_on: ['receive'] },
  { name: 'tell', task_executor_name: 'format_data', parameters: { template: 'It is {{ tasks.ask.waited_ms }}' } },
];

/** A run of such a flow whose task `ask` waits. The platform needs a claim loop. */
export async function startWaitingRun(platform: TestPlatform, user: TestClient, flow: { flowId: Id; fileKey: string }): Promise<Id> {
  const { id } = await startRun(user, flow.flowId, { file_key: flow.fileKey });
  const { kysely } = platform.engineDb;
  const wait = () =>
    kysely
      .updateTable('taskExecutions')
      .set({ status: 'awaiting_input' })
      .where('organizationId', '=', platform.a.id)
      .where('executionId', '=', id)
      .where('status', '=', 'scheduled')
      .executeTakeFirst();
  await expect.poll(async () => Number((await wait()).numUpdatedRows), { timeout: 20_000 }).toBe(1);
  const run = kysely.updateTable('flowExecutions').set({ awaiting: 1 });
  await run.where('organizationId', '=', platform.a.id).where('id', '=', id).execute();
  await reach(user, id, 'awaiting_input');
  return id;
}
