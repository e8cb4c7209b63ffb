import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#base';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { after, chainOf, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

let fixture: EngineFixture;
let worker: number;
beforeAll(async () => {
  fixture = await openEngine();
  worker = await fixture.tasks.registerWorker();
});
afterAll(() => fixture.close());

/** Runs what is ready to its end; answers the names of the tasks that ran, in order. */
async function runAll(run: (task: ClaimedTask) => TaskOutcome = complete): Promise<string[]> {
  const ran: string[] = [];
  const claim = () => fixture.tasks.claim(worker, { batch: 50 });
  for (let held = await claim(); held.length > 0; ) {
    const results = held.map((task) => {
      const decided = decidedOutcome(task);
      if (decided === undefined && task.planned.kind === 'task') ran.push(`${task.planned.name}/${task.item}`);
      return { task, outcome: decided ?? run(task) };
    });
    const { claimed } = await fixture.tasks.settle(worker, results, { claim: true });
    held = claimed.length > 0 ? claimed : await claim();
  }
  return ran;
}

const complete = (task: ClaimedTask): TaskOutcome =>
  task.planned.kind === 'gate'
    ? { status: 'completed', items: ['a', 'b', 'c'] }
    : { status: 'completed', output: JSON.stringify(task.planned.name) };

const fail: TaskOutcome = { status: 'failed', error: { code: 'broken' } };

const rerun = (flow: TestFlow, id: Id, onlyStale: boolean, flowVersion = 1) =>
  fixture.engine.rerun(flow.organizationId, id, { onlyStale, actor: 'someone', flowVersionId: flow.versionId, flowVersion });

async function rowsOf(id: Id) {
  const { rows } = await fixture.admin.query(
    `select id, task, item, status, generation, attempt, edited_status, stale_status, output from task_executions where execution_id = $1 order by task, item`,
    [id],
  );
  return rows;
}

const executionOf = async (id: Id) => (await fixture.admin.query('select * from flow_executions where id = $1', [id])).rows[0];

test('a full re-execution runs everything again under the same ids and keeps what it replaced', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(3));
  const id = await fixture.start(flow);
  await runAll();
  const before = await rowsOf(id);
  await rerun(flow, id, false);
  expect(await runAll()).toEqual(['t0/0', 't1/0', 't2/0']);
  const now = await rowsOf(id);
  expect(now.map((row) => row.id)).toEqual(before.map((row) => row.id));
  expect(now.map((row) => row.generation)).toEqual([1, 1, 1]);
  const { rows: revisions } = await fixture.admin.query(
    'select task_execution_id, task_name, generation, record, replaced_by from task_execution_revisions where execution_id = $1 order by task_name',
    [id],
  );
  expect(revisions.map((r) => [r.task_execution_id, r.task_name, r.generation, r.record.output, r.replaced_by])).toEqual(
    before.map((row, n) => [row.id, `t${n}`, 0, `t${n}`, 'someone']),
  );
  expect(await executionOf(id)).toMatchObject({ status: 'completed', generation: 1, open: 0, run_number: 1 });
  const { rows: events } = await fixture.admin.query('select kind, actor from execution_events where execution_id = $1', [id]);
  expect(events).toEqual([{ kind: 're_executed', actor: 'someone' }]);
});

test('only_stale runs what failed and what lies behind it, and keeps the rest untouched', async () => {
  const plan = planOf([{ after: [] }, { after: after(0) }, { after: after(0) }, { after: after(1) }, { after: after(1, 2) }]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  const id = await fixture.start(flow);
  await runAll((task) => (task.planned.number === 2 ? fail : complete(task)));
  expect(await executionOf(id)).toMatchObject({ status: 'failed', failures: 1 });
  const before = await rowsOf(id);
  expect(before.map((row) => row.status)).toEqual(['completed', 'completed', 'failed', 'completed', 'cancelled']);
  await rerun(flow, id, true);
  expect((await runAll()).sort()).toEqual(['t2/0', 't4/0']);
  const now = await rowsOf(id);
  expect(now.map((row) => [row.id, row.status])).toEqual(before.map((row) => [row.id, 'completed']));
  expect(now.map((row) => row.generation)).toEqual([0, 0, 1, 0, 1]);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', failures: 0, open: 0 });
});

test('of a fan-out only the failed items are run again, and the collector', async () => {
  const plan = planOf([
    { after: [] },
    { name: 't2', kind: 'gate', after: after(0) },
    { scope: [1], after: after(1) },
    { scope: [1], after: after(2) },
    { after: after(3) },
  ]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  const id = await fixture.start(flow);
  await runAll((task) => (task.planned.number === 2 && task.item === 1 ? fail : complete(task)));
  await rerun(flow, id, true);
  const values: unknown[] = [];
  const ran = await runAll((task) => {
    if (task.planned.number === 2) values.push(task.itemValue);
    return complete(task);
  });
  expect(ran).toEqual(['t2/1', 't3/1', 't4/0']);
  expect(values).toEqual(['b']);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', open: 0 });
});

test('a stale task is run again; a reused edit becomes edited_reexecuted', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(3));
  const id = await fixture.start(flow);
  await runAll();
  await fixture.admin.query(
    `update task_executions set edited_status = 'edited_not_reexecuted', output = '"edited"' where execution_id = $1 and task = 0`,
    [id],
  );
  await fixture.admin.query(`update task_executions set stale_status = 'stale' where execution_id = $1 and task = 2`, [id]);
  await rerun(flow, id, true);
  expect(await runAll()).toEqual(['t2/0']);
  const rows = await rowsOf(id);
  expect(rows.map((row) => [row.edited_status, row.stale_status])).toEqual([
    ['edited_reexecuted', 'consistent'],
    ['not_edited', 'consistent'],
    ['not_edited', 'consistent'],
  ]);
  expect(rows[0].output).toBe('edited');
});

test('under a new version changed tasks are run again, others take their new numbers', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(3));
  const id = await fixture.start(flow);
  await runAll();
  const before = await rowsOf(id);
  const plan = planOf([
    { name: 't0', after: [] },
    { name: 'new', after: after(0) },
    { name: 't1', after: after(0) },
    { name: 't2', after: after(2), fingerprint: 'changed' },
  ]);
  const next = await fixture.version(flow, plan, 2);
  await rerun(next, id, true, 2);
  expect((await runAll()).sort()).toEqual(['new/0', 't2/0']);
  const rows = await rowsOf(id);
  expect(rows.map((row) => row.id)).toEqual([before[0].id, expect.any(String), before[1].id, before[2].id]);
  expect(rows.map((row) => row.generation)).toEqual([0, 1, 0, 1]);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', flow_version: 2, flow_version_id: next.versionId });
});

test('where nothing is stale nothing changes, not even the version', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(2));
  const id = await fixture.start(flow);
  await runAll();
  const before = await executionOf(id);
  await rerun(await fixture.version(flow, chainOf(2), 2), id, true, 2);
  expect(await executionOf(id)).toEqual(before);
});

test('without a free slot it is queued, and goes on as if it had just stopped when it gets one', async () => {
  const organization = await fixture.organization({ limit: 1 });
  const flow = await fixture.flow(organization, chainOf(3));
  const id = await fixture.start(flow);
  await runAll((task) => (task.planned.number === 1 ? fail : complete(task)));
  const other = await fixture.start(flow);
  await rerun(flow, id, true);
  expect(await executionOf(id)).toMatchObject({ status: 'queued', slot: null });
  const ran = await runAll();
  expect(ran).toEqual(['t0/0', 't1/0', 't2/0', 't1/0', 't2/0']);
  expect(await executionOf(other)).toMatchObject({ status: 'completed' });
  expect(await executionOf(id)).toMatchObject({ status: 'completed', generation: 1, slot: 1 });
});

test('C21: what is being cancelled, or has lost its input task, is a conflict', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(2));
  const id = await fixture.start(flow);
  await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.engine.cancel(flow.organizationId, id, 'test');
  await expect(rerun(flow, id, false)).rejects.toMatchObject({ code: 'conflict', details: { status: 'cancel_requested' } });
  const done = await fixture.start(flow);
  await runAll();
  const without = await fixture.version(flow, planOf([{ name: 'other', after: [] }]), 2);
  await expect(rerun(without, done, false, 2)).rejects.toMatchObject({ code: 'conflict' });
  await expect(rerun(flow, '01900000-0000-7000-8000-000000000000', false)).rejects.toMatchObject({ code: 'not_found' });
});
