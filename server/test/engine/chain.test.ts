import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClaimedTask, decidedOutcome, type TaskResult } from '#engine';
import { NO_ORGANIZATION } from '../../src/engine/claim-tasks.ts';
import { STATEMENTS } from '../../src/engine/statements.ts';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await openEngine();
});
afterAll(() => fixture.close());

const done = (task: ClaimedTask): TaskResult<ClaimedTask> => ({
  task,
  outcome: decidedOutcome(task) ?? { status: 'completed', output: JSON.stringify({ n: task.planned.number }) },
});

test('a chain of five runs to its end, each task once', async () => {
  const organization = await fixture.organization();
  const flow = await fixture.flow(organization, chainOf(5));
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  let tasks = await fixture.tasks.claim(worker, { batch: 10 });
  for (let round = 0; tasks.length > 0; round++) {
    expect(tasks.map((task) => task.planned.number)).toEqual([round]);
    const [inputs] = await fixture.tasks.readInputs(tasks);
    expect(inputs?.map((input) => input.outputs[0]?.output)).toEqual(round === 0 ? [] : [JSON.stringify({ n: round - 1 })]);
    const report = await fixture.tasks.settle(worker, tasks.map(done), { claim: true });
    tasks = report.claimed;
    if (round === 4) expect(report.ended).toMatchObject([{ id, status: 'completed', parentTaskId: null }]);
  }
  expect(await fixture.engine.waitForEnd(organization, id, { timeoutMs: 1000 })).toBe('completed');
  await fixture.tasks.tick();
});

test('a claim that began before its task was ready says when the task started, not when the claim did', async () => {
  const organization = await fixture.organization();
  await fixture.start(await fixture.flow(organization, chainOf(2)));
  const worker = await fixture.tasks.registerWorker();
  const first = await fixture.tasks.claim(worker, { batch: 10 });
  const startedAt = await fixture.db.transaction(async (query) => {
    await query('test/begin', 'select now(), pg_sleep(0.01)', []);
    await fixture.tasks.settle(worker, first.map(done), { claim: false });
    const values = [10, worker, 64, NO_ORGANIZATION, [''], [10]];
    const [row] = await query<{ started_at: Date }>('test/claim', STATEMENTS['claim-tasks'], values);
    return row?.started_at;
  });
  const { rows } = await fixture.admin.query('select completed_at from task_executions where id = $1', [first[0]?.id]);
  expect(startedAt?.getTime()).toBeGreaterThanOrEqual(rows[0].completed_at.getTime());
});
