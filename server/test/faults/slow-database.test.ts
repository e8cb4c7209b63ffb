// F8: every answer of the database takes its time and comes in crumbs. Throughput falls; nobody loses a lease, and nothing is done twice.
import { expect, test } from 'vitest';
import { createFlow } from '../support/run-flow.ts';
import { receive } from '../support/running-platform.ts';
import { startCutPlatform } from './cut-platform.ts';
import { takeSeed } from './take-seed.ts';

const RUNS = 5;

test('F8: with 200 ms and jitter on every packet, and packets of one byte, runs complete and no lease ends', {
  timeout: 180_000,
}, async () => {
  const cut = await startCutPlatform({ loops: 1 });
  try {
    const pause = { name: 'pause', task_executor_name: 'delay', parameters: { duration: '20ms' }, depends_on: ['receive'] };
    const flowId = await createFlow(cut.user, [receive, pause]);
    cut.connection.slowDown({ delayMs: 100, jitterMs: 100, packetBytes: 1, seed: String(takeSeed()) }); // each way
    const starts = Array.from({ length: RUNS }, () =>
      cut.user.post('/api/flow-executions', { flow_id: flowId, input: { file_key: cut.fileKey } }, { Prefer: 'wait=20' }),
    );
    const ids = (await Promise.all(starts)).map(({ body }) => body.id);
    const open = `select count(*)::int as n from flow_executions where id = any($1::uuid[]) and status <> 'completed'`;
    await expect.poll(async () => (await cut.direct.query('open', open, [ids]))[0], { timeout: 90_000, interval: 200 }).toEqual({ n: 0 });
    const rows = await cut.direct.query('rows', 'select attempt, tries, losses from task_executions where execution_id = any($1::uuid[])', [
      ids,
    ]);
    expect(rows).toEqual(Array.from({ length: 2 * RUNS }, () => ({ attempt: 1, tries: 0, losses: 0 })));
    expect(await cut.direct.query('workers', 'select count(*)::int as n from workers', [])).toEqual([{ n: 1 }]);
    expect(cut.platform.logged.filter(({ msg }) => /lease was lost/.test(String(msg)))).toEqual([]);
  } finally {
    await cut.close();
  }
});
