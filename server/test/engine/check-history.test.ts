import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { INVARIANTS } from '../../src/engine/history-invariants.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;

/** A database in which every kind of thing has happened, rightly. */
beforeAll(async () => {
  fixture = await openEngine();
  const plan = planOf([
    { after: [], retry: { maxAttempts: 3, initialIntervalMs: 1, backoff: 1, maxIntervalMs: 1, nonRetryable: [] } },
    { name: 't2', kind: 'gate', after: after(0) },
    { scope: [1], after: after(1) },
    { after: after(2) },
    { after: after(3), executor: 'waits' },
  ]);
  const flow = await fixture.flow(await fixture.organization({ limit: 2 }), plan);
  const worker = await fixture.tasks.registerWorker();
  const run = (task: ClaimedTask): TaskOutcome => {
    if (task.planned.number === 0 && task.tries === 0) return { status: 'failed', error: { code: 'busy' }, retryInMs: 0 };
    if (task.planned.kind === 'gate') return { status: 'completed', items: [1, 2, 3] };
    return task.planned.executor === 'waits' ? { status: 'awaiting_input', checkpoint: null } : { status: 'completed', output: '1' };
  };
  const runAll = async () => {
    for (;;) {
      await fixture.tasks.tick();
      const held = await fixture.tasks.claim(worker, { batch: 50 });
      if (held.length === 0) return;
      await fixture.tasks.settle(
        worker,
        held.map((task) => ({ task, outcome: decidedOutcome(task) ?? run(task) })),
        { claim: false },
      );
    }
  };
  const ids = [await fixture.start(flow), await fixture.start(flow), await fixture.start(flow)];
  await runAll();
  const waiting = async (id: string | undefined) =>
    (await fixture.admin.query(`select id from task_executions where execution_id = $1 and status = 'awaiting_input'`, [id])).rows[0].id;
  await fixture.engine.settleWaiting(flow.organizationId, await waiting(ids[0]), { status: 'completed', output: 1 }, 'test');
  await fixture.engine.rerun(flow.organizationId, ids[0] as string, {
    onlyStale: false,
    actor: 'test',
    flowVersionId: flow.versionId,
    flowVersion: 1,
  });
  await fixture.engine.cancel(flow.organizationId, ids[1] as string, 'test');
  await runAll();
  await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.start(flow);
});
afterAll(() => fixture.close());

const check = () => checkHistory(fixture.db, { plans: fixture.plans, quietSeconds: 0 });

test('a database in which all went well has no violation, and its rows are counted', async () => {
  const report = await check();
  expect(report.violations).toEqual([]);
  expect(report.executionsReplayed).toBe(4);
  expect(report.rowsRead).toMatchObject({ flow_executions: 4, execution_slots: 2, workers: 1 });
  expect(report.rowsRead.task_executions).toBeGreaterThan(15);
  expect(report.rowsRead.execution_events).toBeGreaterThan(4);
});

const A_COMPLETED = `(select id from task_executions where status = 'completed' and task = 3 limit 1)`;
const AN_ENDED = `(select id from flow_executions where status in ('completed', 'failed', 'cancelled') limit 1)`;
const A_RUNNING = `(select id from flow_executions where status in ('running', 'waiting') and generation = 0 and awaiting > 0 limit 1)`;
const A_NEW_ID = `'01900000-0000-7000-8000-000000000001'`;

/** Each spoils one thing, in a transaction that is undone afterwards. */
const PLANTED: Record<string, string> = {
  I1: `insert into execution_events (organization_id, id, execution_id, task_execution_id, generation, attempt, kind)
       select organization_id, ${A_NEW_ID}, execution_id, task_execution_id, generation, attempt, kind from execution_events where kind = 'attempt_failed' limit 1`,
  I5: `update task_executions set attempt = 0 where id in (select task_execution_id from execution_events where kind = 'attempt_failed')`,
  I6: `update task_executions set output = null where id = ${A_COMPLETED}`,
  I7: `alter table task_executions drop constraint task_executions_place;
       insert into task_executions select (jsonb_populate_record(t, jsonb_build_object('id', ${A_NEW_ID}))).* from task_executions t where id = ${A_COMPLETED}`,
  I10: `update task_executions set status = 'ready', completed_at = null where execution_id = ${AN_ENDED} and task = 0`,
  I10b: `delete from task_executions where execution_id = ${A_RUNNING}`,
  I11: `update task_executions set worker = 12345 where status = 'running'; update task_executions set status = 'running', worker = 12345 where id = ${A_COMPLETED}`,
  I12: `update task_executions set status = 'ready' where execution_id = ${AN_ENDED} and task = 0`,
  I14: `alter table task_executions drop constraint task_executions_execution; update task_executions set organization_id = ${A_NEW_ID} where id = ${A_COMPLETED}`,
  I15: `update flow_executions set slot = 1, started_at = created_at, completed_at = null`,
  I15c: `update flow_executions set status = 'running', slot = 1`,
  I15b: `update execution_slots set free = not free`,
  I16: `update flow_executions set status = 'completed' where id = ${A_RUNNING}; delete from task_executions where execution_id = ${A_RUNNING.replace('running', 'completed')} and task = 2 and item = 1;
        delete from task_executions where task = 2 and item = 1`,
  I17: `update flow_executions set cancel_requested_at = started_at - interval '1 second' where id = ${A_RUNNING}`,
  I19: `update task_executions set completed_at = started_at - interval '1 second' where id = ${A_COMPLETED}`,
  I25: `select 1`,
  I26: `update flow_executions set awaiting = awaiting + 1 where id = ${A_RUNNING}`,
  I30: `update task_executions set pause = 'no/platform/' where id = ${A_COMPLETED}`,
  I29: `update flow_executions set slot = 1 where status = 'waiting'`,
  I27: `update flow_executions set run_number = 1`,
  I28: `update task_execution_revisions set generation = 7`,
  'replay: a waiting counter': `update task_executions set alive = alive + 1 where execution_id = ${A_RUNNING} and status = 'awaiting_input'`,
  'replay: open ends': `update flow_executions set open = open + 1 where id = ${A_RUNNING}`,
  'replay: failures': `update flow_executions set failures = failures + 1 where id = ${A_RUNNING}`,
  'replay: a lost item': `delete from task_executions where execution_id = ${A_RUNNING} and task = 2 and item = 1`,
  'replay: upstream later': `update task_executions set completed_at = now() + interval '1 hour' where execution_id = ${A_RUNNING} and task = 0`,
  'replay: tries': `update task_executions set tries = 9 where id = ${A_COMPLETED}`,
};

const FOUND_BY: Record<string, string> = {
  'replay: a waiting counter': 'I9',
  'replay: open ends': 'I9',
  'replay: failures': 'I9',
  'replay: a lost item': 'I9',
  'replay: upstream later': 'I8',
  'replay: tries': 'I18',
};

test.each(Object.keys(PLANTED).filter((name) => name !== 'I25'))('a planted violation of %s is found', async (name) => {
  const client = await fixture.admin.connect();
  try {
    await client.query('begin');

    await client.query(PLANTED[name] as string);
    const query = async <R>(_: string, text: string, values: unknown[]) => (await client.query(text, values)).rows as R[];
    const { violations } = await checkHistory({ query }, { plans: fixture.plans, quietSeconds: 0 });
    expect(violations.map(({ invariant }) => invariant)).toContain(FOUND_BY[name] ?? name);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('a transaction that has been left open is looked for', async () => {
  const { sql } = INVARIANTS.find(({ name }) => name === 'I25') as { sql: string };
  const client = await fixture.admin.connect();
  await client.query('begin; select 1');
  const found = await fixture.admin.query(sql.replace('30 seconds', '0 seconds'));
  await client.query('rollback');
  client.release();
  expect(found.rows.length).toBeGreaterThan(0);
});

test('every invariant has its planted violation', () => {
  expect(Object.keys(PLANTED)).toEqual(expect.arrayContaining(INVARIANTS.map(({ name }) => name)));
});
