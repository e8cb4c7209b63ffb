// The rules of an edit, one by one, through PostgreSQL. Random ones are in edited-runs.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id, Json } from '#base';
import { type ClaimedTask, decidedOutcome, type EditedResult, type TaskOutcome } from '#engine';
import { after, chainOf, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

let fixture: EngineFixture;
let worker: number;
beforeAll(async () => {
  fixture = await openEngine();
  worker = await fixture.tasks.registerWorker();
});
afterAll(() => fixture.close());

const edit = (flow: TestFlow, id: Id, result: EditedResult, more: { reexecute?: boolean; by?: 'person' | 'worker'; seenAt?: Date } = {}) =>
  fixture.engine.editTask(flow.organizationId, id, { result, actor: 'editor', by: 'person', reexecute: false, ...more });
const completed = (output: Json): EditedResult => ({ status: 'completed', output: JSON.stringify(output) });

async function rowsOf(id: Id) {
  const { rows } = await fixture.admin.query(
    'select id, task, item::float8 as item, status, generation, attempt, edited_status, stale_status, stale_reason, output from task_executions where execution_id = $1 order by task, item',
    [id],
  );
  return rows;
}
const executionOf = async (id: Id) => (await fixture.admin.query('select * from flow_executions where id = $1', [id])).rows[0];

/** Claims what is ready and settles it, round by round; answers what ran. */
async function runAll(run: (task: ClaimedTask) => TaskOutcome = complete): Promise<string[]> {
  const ran: string[] = [];
  for (
    let held = await fixture.tasks.claim(worker, { batch: 50 });
    held.length > 0;
    held = await fixture.tasks.claim(worker, { batch: 50 })
  ) {
    const results = held.map((task) => {
      const decided = decidedOutcome(task);
      if (decided === undefined && task.planned.kind === 'task') ran.push(`${task.planned.name}/${task.item}`);
      return { task, outcome: decided ?? run(task) };
    });
    await fixture.tasks.settle(worker, results, { claim: false });
  }
  return ran.sort();
}
const complete = (task: ClaimedTask): TaskOutcome =>
  task.planned.kind === 'gate'
    ? { status: 'completed', items: ['a', 'b', 'c'] }
    : { status: 'completed', output: JSON.stringify(task.planned.name) };
const fail: TaskOutcome = { status: 'failed', error: { code: 'broken' } };

const FAN_OUT = planOf([
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { name: 't2', scope: [1], after: after(1) },
  { scope: [1], after: after(2) },
  { after: after(3) },
  { after: after(0) },
]);

test('an edit of an item marks its own dependents and what collects the list, each with the reason; re-executed, only those run', async () => {
  const flow = await fixture.flow(await fixture.organization(), FAN_OUT);
  const id = await fixture.start(flow);
  await runAll();
  const before = await rowsOf(id);
  const item = before.find(({ task, item: at }) => task === 2 && at === 1);
  const report = await edit(flow, item.id, completed('better'));
  const now = await rowsOf(id);
  const stale = now.filter(({ stale_status }) => stale_status === 'stale');
  expect(stale.map(({ task, item: at }) => `${task}/${at}`)).toEqual(['3/1', '4/0']);
  expect(report).toMatchObject({ changed: true, reopenedIds: [] });
  expect(report.staleIds.sort()).toEqual(stale.map((row) => row.id).sort());
  expect(stale[0].stale_reason).toEqual({ task_name: 't2', task_execution_idx: 1, kind: 'upstream_edited', at: expect.any(String) });
  expect(now.find((row) => row.id === item.id)).toMatchObject({
    output: 'better',
    edited_status: 'edited_not_reexecuted',
    attempt: item.attempt,
  });
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'stale', generation: 0 });
  const same = await edit(flow, item.id, completed('better'), { reexecute: true });
  expect(same.changed).toBe(false);
  expect(await runAll()).toEqual(['t3/1', 't4/0']);
  expect((await rowsOf(id)).map((row) => [row.id, row.stale_status])).toEqual(before.map((row) => [row.id, 'consistent']));
  expect((await rowsOf(id)).find((row) => row.id === item.id)).toMatchObject({ output: 'better', edited_status: 'edited_reexecuted' });
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'consistent', generation: 1 });
});

test('an edit of what a list is made of takes the fan-out with it; an edit of an end is nobody else’s', async () => {
  const flow = await fixture.flow(await fixture.organization(), FAN_OUT);
  const id = await fixture.start(flow);
  await runAll();
  const rows = await rowsOf(id);
  await edit(flow, rows.at(-1).id, completed('the end'));
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'edited' });
  await edit(flow, rows[0].id, completed('another list'));
  const stale = (await rowsOf(id)).filter(({ stale_status }) => stale_status === 'stale').map(({ task, item }) => `${task}/${item}`);
  expect(stale).toEqual(['1/0', '2/0', '2/1', '2/2', '3/0', '3/1', '3/2', '4/0', '5/0']);
});

test('a repaired failure is a failure no more; what never ran for it is stale, and runs on re-execution', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(3));
  const id = await fixture.start(flow);
  await runAll((task) => (task.planned.number === 1 ? fail : complete(task)));
  const [, failed, never] = await rowsOf(id);
  await edit(flow, failed.id, completed('repaired'));
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'stale', failures: 0, open: 0 });
  expect((await rowsOf(id))[2]).toMatchObject({ id: never.id, status: 'cancelled', stale_status: 'stale' });
  await edit(flow, failed.id, completed('repaired'), { reexecute: true });
  expect(await runAll()).toEqual(['t2/0']);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'consistent', failures: 0 });
});

test('in a run under way a dependent that has begun is fenced and runs again; one that has not just uses the new value', async () => {
  const plan = planOf([{ after: [] }, { after: after(0) }, { after: after(1) }, { after: after(0) }]);
  const flow = await fixture.flow(await fixture.organization(), plan);
  const id = await fixture.start(flow);
  const [first] = await fixture.tasks.claim(worker, { batch: 1 });
  await fixture.tasks.settle(worker, [{ task: first as ClaimedTask, outcome: complete(first as ClaimedTask) }], { claim: false });
  const [input] = await rowsOf(id);
  await edit(flow, input.id, completed('unread'));
  expect(await executionOf(id)).toMatchObject({ status: 'running', generation: 0 });
  const held = await fixture.tasks.claim(worker, { batch: 10 });
  const [one, three] = [1, 3].map((n) => held.find(({ planned }) => planned.number === n) as ClaimedTask) as [ClaimedTask, ClaimedTask];
  expect((await fixture.tasks.readInputs([one]))[0]?.[0]?.outputs).toEqual([{ item: 0, output: '"unread"', outputKey: null }]);
  await fixture.tasks.settle(worker, [{ task: one, outcome: complete(one) }], { claim: false });
  await edit(flow, input.id, completed('again'));
  const late = await fixture.tasks.settle(worker, [{ task: three, outcome: complete(three) }], { claim: false });
  expect(late.fenced).toEqual([three.id]);
  expect(await runAll()).toEqual(['t1/0', 't2/0', 't3/0']);
  expect((await rowsOf(id)).find(({ task }) => task === 3).id).toBe(three.id);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', data_status: 'edited', generation: 1 });
});

test('an edit of what somebody else has changed since is a conflict; one’s own is not', async () => {
  const flow = await fixture.flow(await fixture.organization(), chainOf(1));
  const id = await fixture.start(flow);
  await runAll();
  const [row] = await rowsOf(id);
  const long = new Date(Date.now() - 60_000);
  await expect(edit(flow, row.id, completed(1), { seenAt: long })).rejects.toMatchObject({
    code: 'conflict',
    details: { changed_by: 'system' },
  });
  await edit(flow, row.id, completed(1));
  await edit(flow, row.id, completed(2), { seenAt: long });
  expect((await rowsOf(id))[0].output).toBe(2);
});

test('in a run that waits without a slot, what the edit makes outdated runs when a slot is free', async () => {
  const plan = planOf([{ after: [] }, { after: after(0), executor: 'waits' }, { after: after(1) }]);
  const flow = await fixture.flow(await fixture.organization({ limit: 1 }), plan);
  const wait = (task: ClaimedTask): TaskOutcome =>
    task.planned.executor === 'waits' ? { status: 'awaiting_input', checkpoint: {} } : complete(task);
  const id = await fixture.start(flow);
  await runAll(wait);
  await untilParked(id);
  const [input, asked] = await rowsOf(id);
  await edit(flow, input.id, completed('free'));
  expect(await executionOf(id)).toMatchObject({ status: 'running', awaiting: 0, slot: 1 });
  expect(await runAll(wait)).toEqual(['t1/0']);
  await untilParked(id);
  const other = await fixture.start(flow);
  expect(await executionOf(other)).toMatchObject({ status: 'running', slot: 1 });
  await edit(flow, input.id, completed('taken'));
  expect(await executionOf(id)).toMatchObject({ status: 'queued', awaiting: 0, slot: null });
  await fixture.engine.cancel(flow.organizationId, other, 'test');
  expect(await runAll(wait), 'the slot goes from hand to hand').toEqual(['t1/0']);
  await fixture.engine.settleWaiting(flow.organizationId, asked.id, { status: 'completed', output: 'yes' }, 'someone');
  expect(await runAll(wait)).toEqual(['t2/0']);
  expect(await executionOf(id)).toMatchObject({ status: 'completed', rank: 0 });
});

test('a list that was empty and is no longer fans out, though no row of it was there to be stale', async () => {
  const flow = await fixture.flow(await fixture.organization(), FAN_OUT);
  const id = await fixture.start(flow);
  await runAll((task) => (task.planned.kind === 'gate' ? { status: 'completed', items: [] } : complete(task)));
  const [input] = await rowsOf(id);
  await edit(flow, input.id, completed('a list'), { reexecute: true });
  expect(await runAll()).toEqual(['t2/0', 't2/1', 't2/2', 't3/0', 't3/1', 't3/2', 't4/0', 't5/0']);
  const chain = await fixture.flow(await fixture.organization(), planOf(FAN_OUT.tasks.slice(0, 3)));
  const alone = await fixture.start(chain);
  await runAll((task) => (task.planned.kind === 'gate' ? { status: 'completed', items: [] } : complete(task)));
  const [first] = await rowsOf(alone);
  await edit(chain, first.id, completed('a list'), { reexecute: true });
  expect(await runAll()).toEqual(['t2/0', 't2/1', 't2/2']);
});

const untilParked = (id: Id) =>
  expect
    .poll(async () => {
      await fixture.tasks.tick();
      return (await executionOf(id)).status;
    })
    .toBe('waiting');
