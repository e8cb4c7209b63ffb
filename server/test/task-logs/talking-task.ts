import { onTestFinished } from 'vitest';
import type { EngineDatabase } from '#db';
import { type RunningPlatform, receive } from '../support/running-platform.ts';
import { taskRows } from '../worker/model-flow.ts';
import { executorOf, startTestWorker, type TestWorker, type Work } from '../worker/test-worker.ts';

/** A task whose executor is the test's, and logs. */
export const talk = (more: Record<string, unknown> = {}) => ({
  name: 'talk',
  task_executor_name: 'talk',
  depends_on: ['receive'],
  parameters: {},
  ...more,
});

export interface TalkingRun {
  id: string;
  worker: TestWorker;
  /** The id of the task execution, when there is one. */
  taskId(): Promise<string>;
}

/** Starts a run whose task `talk` does this, on a worker that ends with the test. */
export async function startTalking(
  { platform, user, fileKey }: RunningPlatform,
  work: Work,
  options: { task?: Record<string, unknown>; db?: EngineDatabase } = {},
): Promise<TalkingRun> {
  const worker = await startTestWorker(platform, [executorOf('talk', work)], { fileKey, ...(options.db ? { db: options.db } : {}) });
  onTestFinished(() => worker.drain());
  const id = await worker.start([receive, talk(options.task)]);
  return { id, worker, taskId: async () => String((await taskRows(user, id, 'talk'))[0]?.['id']) };
}
