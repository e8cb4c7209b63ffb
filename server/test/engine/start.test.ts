import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#base';
import { type ClaimedTask, EXECUTION_STATUSES, TASK_STATUSES } from '#engine';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

test('a hundred starts at once get a hundred numbers, and no more of them run than may', async () => {
  const flow = await fixture.flow(await fixture.organization({ limit: 7 }), chainOf(1));
  const ids = await Promise.all(Array.from({ length: 100 }, () => fixture.start(flow)));
  const { rows } = await fixture.admin.query('select status, run_number from flow_executions where flow_id = $1 order by run_number', [
    flow.flowId,
  ]);
  expect(rows.map((row) => row.run_number)).toEqual(ids.map((_, n) => n + 1));
  expect(rows.filter((row) => row.status === 'running')).toHaveLength(7);
  const { rows: flows } = await fixture.admin.query('select run_count from flows where id = $1', [flow.flowId]);
  expect(flows[0].run_count).toBe(100);
});

test('first tasks are claimed with their start, as many as the worker takes, and none of what is queued', async () => {
  const flow = await fixture.flow(await fixture.organization({ limit: 5 }), chainOf(2));
  const worker = await fixture.tasks.registerWorker();
  const taken: ClaimedTask[] = [];
  fixture.startClaims.offer = (most) => ({
    workerId: worker,
    claim: Math.min(most, 3),
    take: (tasks) => void taken.push(...tasks),
    fail: () => {},
  });
  const ids = await Promise.all(Array.from({ length: 8 }, (_, n) => fixture.start(flow, { input: JSON.stringify({ n }) })));
  fixture.startClaims.offer = undefined;
  const { rows } = await fixture.admin.query(
    `select t.execution_id as id, t.status, t.attempt, t.worker, e.status as execution, t.started_at >= e.started_at as in_order
       from task_executions t join flow_executions e on e.id = t.execution_id where e.flow_id = $1 order by e.run_number`,
    [flow.flowId],
  );
  const running = rows.filter((row) => row.status === 'running');
  expect(running.map((row) => row.id).sort()).toEqual(taken.map(({ execution }) => execution.id).sort());
  expect(running.length).toBeGreaterThanOrEqual(3);
  for (const row of running) expect(row).toMatchObject({ attempt: 1, worker, execution: 'running', in_order: true });
  for (const row of rows.slice(5)) expect(row).toMatchObject({ status: 'pending', attempt: 0, worker: null, execution: 'queued' });
  expect(taken[0]).toMatchObject({
    verdict: 'run',
    stopped: false,
    execution: { input: { n: ids.indexOf(taken[0]?.execution.id as string) } },
  });
  const results = taken.map((task) => ({ task, outcome: { status: 'completed' as const, output: '1' } }));
  const { fenced, claimed } = await fixture.tasks.settle(worker, results, { claim: true });
  expect([fenced.length, claimed.length]).toEqual([0, taken.length]);
});

test('a flow that is gone is not found, and takes no slot with it', async () => {
  const flow = await fixture.flow(await fixture.organization({ limit: 2 }), chainOf(1));
  await fixture.admin.query('update flows set deleted_at = now() where id = $1', [flow.flowId]);
  await expect(Promise.all([fixture.start(flow), fixture.start(flow)])).rejects.toMatchObject({ code: 'not_found' });
  const { rows } = await fixture.admin.query('select count(*)::int as n from execution_slots where organization_id = $1 and free', [
    flow.organizationId,
  ]);
  expect(rows[0].n).toBe(2);
});

test('one bad request of a batch fails alone', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(1));
  const id = await fixture.start(flow);
  const answers = await Promise.allSettled([fixture.start(flow), fixture.start(flow, { id }), fixture.start(flow), fixture.start(flow)]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});

test('a raised limit promotes what is queued, a lowered one takes slots away as they become free', async () => {
  const organization = await fixture.organization({ limit: 1 });
  const flow = await fixture.flow(organization, chainOf(1));
  await Promise.all(Array.from({ length: 4 }, () => fixture.start(flow)));
  const setLimit = async (limit: number) => {
    await fixture.admin.query('update organizations set max_concurrent = $2 where id = $1', [organization, limit]);
    await fixture.engine.fitSlots(organization);
  };
  await setLimit(3);
  expect((await fixture.tasks.tick()).promoted).toBe(2);
  await setLimit(1);
  const worker = await fixture.tasks.registerWorker();
  const claimed = await fixture.tasks.claim(worker, { batch: 200 });
  const held = claimed.filter(({ execution }) => execution.organizationId === organization);
  expect(held).toHaveLength(3);
  await fixture.tasks.settle(
    worker,
    held.map((task) => ({ task, outcome: { status: 'completed', output: '1' } })),
    { claim: false },
  );
  const { rows } = await fixture.admin.query(
    `select count(*)::int as n from flow_executions where organization_id = $1 and status = 'running'`,
    [organization],
  );
  expect(rows[0].n).toBe(1);
});

test('without a limit whatever was queued runs', async () => {
  const organization = await fixture.organization({ limit: 1 });
  const flow = await fixture.flow(organization, chainOf(1));
  await Promise.all(Array.from({ length: 3 }, () => fixture.start(flow)));
  await fixture.admin.query('update organizations set max_concurrent = null where id = $1', [organization]);
  await fixture.engine.fitSlots(organization);
  expect((await fixture.tasks.tick()).promoted).toBe(2);
});

test("the API's role sees its own runs and moves none", async () => {
  const [mine, theirs] = [
    await fixture.flow(await fixture.organization(), chainOf(1)),
    await fixture.flow(await fixture.organization(), chainOf(1)),
  ];
  const [myRun] = [await fixture.start(mine), await fixture.start(theirs)];
  const api = new Client({ connectionString: fixture.database.apiUrl });
  await api.connect();
  await expect(api.query('select from task_executions')).rejects.toMatchObject({ code: expect.stringMatching(/42704|22P02/) });
  await api.query(`select set_config('flow.organization', $1, false)`, [mine.organizationId]);
  const { rows } = await api.query('select execution_id from task_executions');
  expect(rows.map((row) => row.execution_id)).toEqual([myRun]);
  for (const statement of [
    `update task_executions set status = 'completed'`,
    `update flow_executions set status = 'completed'`,
    'delete from task_executions',
    `insert into execution_slots values ('${theirs.organizationId}', 9)`,
    `insert into flow_executions (organization_id, id) values ('${mine.organizationId}', '${newId()}')`,
    'select from workers',
  ]) {
    await expect(api.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  }
  await api.end();
});

test("the database's statuses are those of states.ts", async () => {
  const { rows } = await fixture.admin.query(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as check from pg_constraint
      where conname in ('task_executions_status_check', 'flow_executions_status_check') order by 1`,
  );
  const words = (check: string) => [...check.matchAll(/'(\w+)'::text/g)].map((match) => match[1]).sort();
  expect(rows.map((row) => words(row.check))).toEqual([[...EXECUTION_STATUSES].sort(), [...TASK_STATUSES].sort()]);
});
