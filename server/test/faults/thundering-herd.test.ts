// F28: ten thousand timers are due at once, as after an outage. They are taken in batches; the API is served meanwhile.
import { expect, test } from 'vitest';
import { createFlow, startRun } from '../support/run-flow.ts';
import { receive, startRunningPlatform } from '../support/running-platform.ts';

const TIMERS = 10_000;

test('F28: 10,000 timers that are due at once are drained, while the API answers', { timeout: 240_000 }, async () => {
  const { platform, user, fileKey } = await startRunningPlatform({ loops: 2 });
  const count = async (status: string) =>
    (await platform.engineDb.query<{ n: number }>('count', 'select count(*)::int as n from task_executions where status = $1', [status]))[0]
      ?.n;
  try {
    const flowId = await createFlow(user, [
      receive,
      {
        name: 'timer',
        task_executor_name: 'delay',
        depends_on: ['receive'],
        for_each: '{{input.metadata.list}}',
        parameters: { duration: '1h' },
      },
    ]);
    const list = Array.from({ length: TIMERS }, (_, i) => i);
    const { id } = await startRun(user, flowId, { file_key: fileKey, metadata: { list } });
    await expect.poll(() => count('scheduled'), { timeout: 120_000, interval: 100 }).toBe(TIMERS);
    await platform.engineDb.query(
      'time passes',
      `update task_executions set started_at = started_at - interval '1 hour', ready_at = now() where status = 'scheduled'`,
      [],
    );
    const statuses = new Set<number>();
    let left = TIMERS;
    await expect
      .poll(
        async () => {
          statuses.add((await user.get(`/api/flow-executions/${id}`)).status);
          left = (await count('scheduled')) ?? 0;
          return (await user.get(`/api/flow-executions/${id}`)).body.status;
        },
        { timeout: 120_000, interval: 50 },
      )
      .toBe('completed');
    expect(left).toBe(0);
    expect([...statuses]).toEqual([200]);
    const spread = 'select attempt, count(*)::int as n from task_executions where item_value is not null group by 1';
    expect(await platform.engineDb.query('attempts', spread, [])).toEqual([{ attempt: 2, n: TIMERS }]);
  } finally {
    await platform.close();
  }
});
