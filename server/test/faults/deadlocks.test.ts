// F10: sixteen workers settle siblings of one fan-out while somebody takes the same locks in the other order. PostgreSQL ends deadlocks; what it gave up
// is repeated, and nothing is settled twice.
import { expect, test } from 'vitest';
import { checkHistory } from '../../src/engine/check-history.ts';
import { drawer, pause } from '../../src/engine/testing/chance.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { openEngine } from '../engine/engine-fixture.ts';
import { takeSeed } from './take-seed.ts';

const WORKERS = 16;
const SIBLINGS = 400;
const DEADLOCK = '40P01';

test('F10: 16 workers settle the siblings of one fan-out through a storm of deadlocks', { timeout: 180_000 }, async () => {
  const fixture = await openEngine({ connections: WORKERS });
  const seed = takeSeed();
  // The engine's sessions look for deadlocks at once; only a superuser may say so, and without it fewer are met.
  await fixture.admin
    .query(`do $$ begin execute format('alter database %I set deadlock_timeout = ''20ms''', current_database()); end $$`)
    .catch((error) => console.log(`deadlocks take their second: ${error.message}`));
  try {
    const flow = await fixture.flow(
      await fixture.organization(),
      planOf([{ after: [] }, { name: 't2', kind: 'gate', after: after(0) }, { scope: [1], after: after(1) }, { after: after(2) }]),
    );
    const id = await fixture.start(flow);
    let repeated = 0;
    let isOver = false;
    const worker = async (n: number) => {
      const draw = drawer(`${seed}/${n}`);
      const tasks = fixture.otherTasks();
      const workerId = await tasks.registerWorker();
      while (!isOver) {
        const held = await tasks.claim(workerId, { batch: 1 + draw(5) }).catch(() => []);
        if (held.length === 0) await pause(2);
        const results = held.map((task) => ({
          task,
          outcome:
            task.planned.kind === 'gate'
              ? { status: 'completed' as const, items: Array.from({ length: SIBLINGS }, (_, i) => i) }
              : { status: 'completed' as const, output: '1' },
        }));
        while (results.length > 0) {
          const settled = await tasks.settle(workerId, results, { claim: false }).catch((error) => {
            if (error.code !== DEADLOCK) throw error;
            repeated++; // five times the engine's own: the worker has its results and asks again
          });
          if (settled) break;
        }
      }
    };
    const adversary = async (n: number) => {
      const draw = drawer(`${seed}/adversary/${n}`);
      while (!isOver) {
        const client = await fixture.admin.connect();
        try {
          await client.query('begin');
          await client.query(
            `select from task_executions where execution_id = $1 and task = 2 and item >= $2 order by item limit 30 for update`,
            [id, draw(SIBLINGS)],
          );
          await client.query('select from flow_executions where id = $1 for update', [id]);
          await client.query('commit');
        } catch (error) {
          if ((error as { code?: string }).code !== DEADLOCK) throw error;
          await client.query('rollback');
        } finally {
          client.release();
        }
        await pause(draw(4));
      }
    };
    const all = [...Array.from({ length: WORKERS }, (_, n) => worker(n)), adversary(0), adversary(1), adversary(2)];
    const end = await fixture.engine.waitForEnd(flow.organizationId, id, { timeoutMs: 120_000 });
    isOver = true;
    await Promise.all(all);
    await fixture.admin.query('select pg_stat_force_next_flush()').catch(() => {});
    const deadlocks = async () =>
      (await fixture.admin.query('select deadlocks::int as n from pg_stat_database where datname = current_database()')).rows[0].n;
    await expect.poll(deadlocks, { timeout: 20_000, interval: 200 }).toBeGreaterThan(0);
    console.log(`${await deadlocks()} deadlocks, ${repeated} settles that met five in a row`);
    expect(end).toBe('completed');
    const { rows } = await fixture.admin.query(
      'select attempt, count(*)::int as n from task_executions where execution_id = $1 and task = 2 group by 1',
      [id],
    );
    expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(SIBLINGS);
    expect((await checkHistory(fixture.db, { plans: fixture.plans })).violations).toEqual([]);
  } finally {
    await fixture.close();
  }
});
