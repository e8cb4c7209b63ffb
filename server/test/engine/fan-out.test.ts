import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ClaimedTask, decidedOutcome, MAX_ITEMS, type TaskOutcome } from '#engine';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;
let worker: number;
beforeAll(async () => {
  fixture = await openEngine();
  worker = await fixture.tasks.registerWorker();
});
afterAll(() => fixture.close());

const FAN_OUT = planOf([
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { scope: [1], after: after(1), onItemFailure: 'continue' },
  { after: after(2) },
]);

async function runFanOut(items: unknown[], run: (task: ClaimedTask) => TaskOutcome) {
  const flow = await fixture.flow(await fixture.organization(), FAN_OUT);
  const id = await fixture.start(flow);
  let collected: unknown[] | undefined;
  for (
    let held = await fixture.tasks.claim(worker, { batch: 500 });
    held.length > 0;
    held = await fixture.tasks.claim(worker, { batch: 500 })
  ) {
    while (held.length > 0) {
      const collector = held.find(({ planned }) => planned.number === 3);
      if (collector !== undefined) {
        const [inputs] = await fixture.tasks.readInputs([collector]);
        collected = inputs?.[0]?.outputs.map(({ output }) => (output === null ? null : JSON.parse(output)));
      }
      const results = held.map((task) => ({ task, outcome: decidedOutcome(task) ?? run(task) }));
      held = (
        await fixture.tasks.settle(worker, results, {
          claim: 500,
          fuse: (planned) => (planned.kind === 'gate' ? { status: 'completed', items: items as never[] } : undefined),
        })
      ).claimed;
    }
  }
  return { status: await fixture.engine.waitForEnd(flow.organizationId, id, { timeoutMs: 100 }), collected, id };
}

test('10,000 items, three of them bad: each is run once, the collector once, with null for the bad ones', async () => {
  const items = Array.from({ length: 10_000 }, (_, n) => ({ n }));
  const ran = new Map<number, number>();
  const { status, collected } = await runFanOut(items, (task) => {
    if (task.planned.number !== 2) return { status: 'completed', output: '"collected"' };
    const { n } = task.itemValue as { n: number };
    ran.set(n, (ran.get(n) ?? 0) + 1);
    return n % 4000 === 1 ? { status: 'failed', error: { code: 'bad' } } : { status: 'completed', output: JSON.stringify(n * 2) };
  });
  expect(status).toBe('completed');
  expect(ran.size).toBe(10_000);
  expect(new Set(ran.values())).toEqual(new Set([1]));
  expect(collected).toEqual(items.map(({ n }) => (n % 4000 === 1 ? null : n * 2)));
});

test('an empty list is a list', async () => {
  const { status, collected } = await runFanOut([], () => ({ status: 'completed', output: '0' }));
  expect(status).toBe('completed');
  expect(collected).toEqual([]);
});

test('a list that the path of items cannot number fails with too_many_items', async () => {
  const { status, id } = await runFanOut(
    Array.from({ length: MAX_ITEMS + 1 }, () => 0),
    () => ({ status: 'completed', output: '0' }),
  );
  expect(status).toBe('failed');
  const { rows } = await fixture.admin.query(
    `select status, error from task_executions where execution_id = $1 and task > 0 order by task`,
    [id],
  );
  expect(rows.map((row) => [row.status, row.error?.code])).toEqual([
    ['failed', 'too_many_items'],
    ['cancelled', undefined],
  ]);
});

test('F15: what a settle of an item costs does not grow with the list, and neither does the memory of whoever works on it', {
  timeout: 180_000,
}, async () => {
  const alone = await openEngine({ connections: 1 }); // what one connection has done, it can be made to tell
  onTestFinished(() => alone.close());
  const perItem = async (length: number): Promise<number> => {
    const flow = await alone.flow(await alone.organization(), FAN_OUT);
    await alone.start(flow);
    const before = await blocksOf(alone);
    await workOff(alone, length);
    return ((await blocksOf(alone)) - before) / length;
  };
  await perItem(200); // what is planned and loaded once
  const few = await perItem(1_000);
  const heap = process.memoryUsage().heapUsed;
  const many = await perItem(8_000);
  console.info(JSON.stringify({ blocksPerItem: { few: Math.round(few), many: Math.round(many) } }));
  expect(many).toBeLessThan(few * 3); // a tree is a level higher; a scan of all items would be eight times as much
  expect(process.memoryUsage().heapUsed - heap).toBeLessThan(300 * 1024 * 1024);
});

/** Blocks of tables and indexes that were looked at. */
async function blocksOf({ db, admin }: EngineFixture): Promise<number> {
  await db.query('test/flush', 'select pg_stat_force_next_flush()', []);
  await db.query('test/flushed', 'select 1', []);
  const { rows } = await admin.query(
    `select sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::float8 as n from pg_statio_user_tables where relname = 'task_executions'`,
  );
  return rows[0].n;
}

async function workOff({ tasks }: EngineFixture, length: number): Promise<void> {
  const own = await tasks.registerWorker();
  const items = Array.from({ length }, (_, n) => n);
  const outcome = ({ planned }: ClaimedTask): TaskOutcome =>
    planned.kind === 'gate' ? { status: 'completed', items } : { status: 'completed', output: '1' };
  for (let held = await tasks.claim(own, { batch: 200 }); held.length > 0; ) {
    const results = held.map((task) => ({ task, outcome: decidedOutcome(task) ?? outcome(task) }));
    const { claimed } = await tasks.settle(own, results, { claim: 200 });
    held = claimed.length > 0 ? claimed : await tasks.claim(own, { batch: 200 });
  }
}
