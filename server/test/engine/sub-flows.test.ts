import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildStart, type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { after, chainOf, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';
import { recordMoves } from './record-moves.ts';

let fixture: EngineFixture;
let worker: number;
let parent: TestFlow;
let child: TestFlow;
let moves: Awaited<ReturnType<typeof recordMoves>>;
beforeEach(async () => {
  fixture = await openEngine();
  moves = await recordMoves(fixture.admin);
  worker = await fixture.tasks.registerWorker();
  const organization = await fixture.organization({ limit: 1 });
  parent = await fixture.flow(organization, planOf([{ after: [], executor: 'calls' }, { after: after(0) }]));
  child = await fixture.flow(organization, chainOf(1));
});
afterEach(async () => {
  expect(await moves.problems()).toEqual([]);
  expect((await checkHistory(fixture.db, { plans: fixture.plans, quietSeconds: 5 })).violations).toEqual([]);
  await fixture.close();
});

const startChild = (task: ClaimedTask): Promise<ChildStart> =>
  fixture.tasks.startChild(task, {
    flowId: child.flowId,
    flowVersionId: child.versionId,
    flowVersion: 1,
    inputTaskName: 't0',
    input: {},
    triggeredTaskExecutorName: null,
    triggeredBy: 'test',
    modifiedBy: 'test',
  });
const claimOne = async (by = worker) => (await fixture.tasks.claim(by, { batch: 1 }))[0] as ClaimedTask;
const settle = (task: ClaimedTask, outcome: TaskOutcome) => fixture.tasks.settle(worker, [{ task, outcome }], { claim: false });
const wait = (until: Date): TaskOutcome => ({ status: 'awaiting_input', checkpoint: null, until });
const done: TaskOutcome = { status: 'completed', output: '1' };
const FUTURE = new Date(Date.now() + 3_600_000);
const executions = async () => (await fixture.admin.query('select id, status, parent_task_id from flow_executions order by id')).rows;
const statusOf = async (id: string) =>
  (await fixture.admin.query('select status from flow_executions where id = $1', [id])).rows[0]?.status;
const taskRow = async (id: string) => (await fixture.admin.query('select * from task_executions where id = $1', [id])).rows[0];
const idOf = (started: ChildStart) => (started as { id: string }).id;

test('every attempt of a task has the same child', async () => {
  const id = await fixture.start(parent);
  const lost = await fixture.tasks.registerWorker();
  const first = await claimOne(lost);
  const started = await startChild(first);
  await fixture.tasks.releaseWorker(lost);
  await expect.poll(async () => (await fixture.tasks.tick()).reaped).toBe(1);
  const second = await claimOne();
  expect(second.id).toBe(first.id);
  expect(idOf(await startChild(second))).toBe(idOf(started));
  expect((await Promise.all([startChild(second), startChild(second)])).map(idOf)).toEqual([idOf(started), idOf(started)]);
  expect(await fixture.tasks.findChild(second)).toMatchObject({ id: idOf(started), status: 'queued' });
  expect(await executions()).toMatchObject([{ id, parent_task_id: null }, { parent_task_id: first.id }]);
  await settle(second, done);
  await settle(await claimOne(), done);
});

test('two attempts that start it at the same moment have one child', async () => {
  await fixture.start(parent);
  const task = await claimOne();
  const started = await Promise.all([startChild(task), fixture.otherTasks().findChild(task), startChild(task)]);
  expect(idOf(started[0])).toBe(idOf(started[2]));
  expect(await executions()).toHaveLength(2);
  await settle(task, done);
});

test('a run that is being cancelled, or was run again, starts none', async () => {
  const id = await fixture.start(parent);
  const before = await claimOne();
  const rerun = { onlyStale: false, actor: 'test', flowVersionId: parent.versionId, flowVersion: 1 };
  await fixture.engine.rerun(parent.organizationId, id, rerun);
  expect(await startChild(before)).toEqual({ refused: 'stopped' });
  const now = await claimOne();
  await fixture.engine.cancel(parent.organizationId, id, 'test');
  expect(await startChild(now)).toEqual({ refused: 'stopped' });
  await settle(now, { status: 'cancelled' });
  expect(await executions()).toHaveLength(1);
});

test('of a cancel and a start at the same moment either the child is refused or it is cancelled', async () => {
  for (let round = 0; round < 10; round++) {
    const id = await fixture.start(parent);
    const task = await claimOne();
    const [started] = await Promise.all([startChild(task), fixture.engine.cancel(parent.organizationId, id, 'test')]);
    if ('id' in started) expect(await statusOf(started.id)).toBe('cancelled');
    else expect(started).toEqual({ refused: 'stopped' });
    await settle(task, { status: 'cancelled' });
    expect(await statusOf(id)).toBe('cancelled');
  }
});

test('with one slot the parent waits without it, and is woken when the child has ended', async () => {
  const id = await fixture.start(parent);
  const task = await claimOne();
  const childId = idOf(await startChild(task));
  expect(await statusOf(childId)).toBe('queued');
  await settle(task, wait(FUTURE));
  expect(await fixture.tasks.tick()).toMatchObject({ parked: 1 });
  expect([await statusOf(id), await statusOf(childId)]).toEqual(['waiting', 'running']);
  await settle(await claimOne(), done);
  await expect.poll(async () => (await taskRow(task.id)).status).toBe('ready');
  expect([await statusOf(id), await statusOf(childId)]).toEqual(['running', 'completed']);
  const again = await claimOne();
  expect(await fixture.tasks.findChild(again)).toEqual({ id: childId, status: 'completed' });
  await settle(again, done);
  await settle(await claimOne(), done);
  expect(await statusOf(id)).toBe('completed');
});

test('where nobody hears that the child has ended, the tick finds out; while it goes on, the parent is not asked', async () => {
  const id = await fixture.start(parent);
  const task = await claimOne();
  const childId = idOf(await startChild(task));
  await settle(task, wait(new Date(Date.now() - 1000)));
  expect(await fixture.tasks.tick()).toMatchObject({ woken: 0 });
  const row = await taskRow(task.id);
  expect(row.status).toBe('awaiting_input');
  expect(row.wait_until.getTime()).toBeGreaterThan(Date.now());
  await fixture.tasks.tick();
  expect(await statusOf(id)).toBe('waiting');
  // as if the process that settled the child's last task had died right after
  await fixture.admin.query(
    `update task_executions set status = 'completed', output = '1', started_at = now(), completed_at = now() where execution_id = $1`,
    [childId],
  );
  await fixture.admin.query(`update flow_executions set status = 'completed', open = 0, completed_at = now() where id = $1`, [childId]);
  await fixture.admin.query('update execution_slots set free = true');
  await fixture.admin.query('update task_executions set wait_until = now() where id = $1', [task.id]);
  expect(await fixture.tasks.tick()).toMatchObject({ resumed: 1 });
  for (let held = await claimOne(); held !== undefined; held = await claimOne()) await settle(held, decidedOutcome(held) ?? done);
  expect(await statusOf(id)).toBe('completed');
  await fixture.admin.query('delete from moves'); // what was done past the engine is no move of its own
});
