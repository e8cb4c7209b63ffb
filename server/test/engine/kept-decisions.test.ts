// A decision that a waiting task was settled with is not asked for again where the question is the same (docs/reference/editing.md).
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id, Json } from '#base';
import { createLog } from '#base';
import { type ClaimedTask, decidedOutcome, type TaskOutcome } from '#engine';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { keepDecision } from '../../src/worker/keep-decision.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

let fixture: EngineFixture;
let worker: number;
let flow: TestFlow;
beforeAll(async () => {
  fixture = await openEngine();
  worker = await fixture.tasks.registerWorker();
  flow = await fixture.flow(await fixture.organization(), chainOf(4));
});
afterAll(() => fixture.close());

const log = createLog({ level: 'silent' });
const DATA = 1;
const ASK = 2;

/** Task 1 gives data, task 2 asks about its field `a` and waits, task 3 follows. Answers what ran, a decision that was kept with it. */
async function runAll(data: Json): Promise<string[]> {
  const ran: string[] = [];
  for (
    let held = await fixture.tasks.claim(worker, { batch: 50 });
    held.length > 0;
    held = await fixture.tasks.claim(worker, { batch: 50 })
  ) {
    const results = await Promise.all(
      held.map(async (task) => {
        const outcome = decidedOutcome(task) ?? (await keepDecision(fixture.tasks, task, await outcomeOf(task, data), log));
        ran.push(task.planned.number === ASK ? `ask: ${outcome.status}` : task.planned.name);
        return { task, outcome };
      }),
    );
    await fixture.tasks.settle(worker, results, { claim: false });
  }
  return ran;
}

async function outcomeOf(task: ClaimedTask, data: Json): Promise<TaskOutcome> {
  if (task.planned.number === DATA) return { status: 'completed', output: JSON.stringify(data) };
  if (task.planned.number !== ASK) return { status: 'completed', output: '"done"' };
  const [read] = await fixture.tasks.readInputs([task]);
  const { a } = JSON.parse(read?.[0]?.outputs[0]?.output as string);
  return { status: 'awaiting_input', checkpoint: {}, input: JSON.stringify({ about: a }) };
}

const idOf = async (id: Id, task: number): Promise<Id> =>
  (await fixture.admin.query('select id from task_executions where execution_id = $1 and task = $2', [id, task])).rows[0].id;
const outputOf = async (id: Id, task: number): Promise<Json> =>
  (await fixture.admin.query('select output from task_executions where execution_id = $1 and task = $2', [id, task])).rows[0].output;
const decide = async (id: Id, output: Json) =>
  fixture.engine.settleWaiting(flow.organizationId, await idOf(id, ASK), { status: 'completed', output }, 'a reviewer');
const editData = async (id: Id, data: Json) =>
  fixture.engine.editTask(flow.organizationId, await idOf(id, DATA), {
    result: { status: 'completed', output: JSON.stringify(data) },
    actor: 'editor',
    by: 'person',
    reexecute: true,
  });

async function decidedRun(): Promise<Id> {
  const id = await fixture.start(flow);
  expect(await runAll({ a: 1, b: 1 })).toEqual(['t0', 't1', 'ask: awaiting_input']);
  await decide(id, { verdict: 'yes' });
  await runAll(null);
  return id;
}

test('is kept where an edit above leaves its question as it was, and asked for anew where it does not', async () => {
  const id = await decidedRun();
  await editData(id, { a: 1, b: 2 });
  expect(await runAll(null)).toEqual(['ask: completed', 't3']);
  expect(await outputOf(id, ASK)).toEqual({ verdict: 'yes' });
  const { rows } = await fixture.admin.query('select modified_by, input from task_executions where id = $1', [await idOf(id, ASK)]);
  expect(rows).toEqual([{ modified_by: 'a reviewer', input: { about: 1 } }]);
  await editData(id, { a: 2, b: 2 });
  expect(await runAll(null)).toEqual(['ask: awaiting_input']);
  await decide(id, { verdict: 'no' });
  await runAll(null);
  await editData(id, { a: 2, b: 3 });
  expect(await runAll(null)).toEqual(['ask: completed', 't3']);
  expect(await outputOf(id, ASK), 'the newer of two').toEqual({ verdict: 'no' });
});

test('is kept in a run under way, too', async () => {
  const id = await fixture.start(flow);
  await runAll({ a: 1, b: 1 });
  await decide(id, { verdict: 'yes' });
  await editData(id, { a: 1, b: 2 });
  expect(await runAll(null)).toEqual(['ask: completed', 't3']);
});

test('is not kept by a full re-execution', async () => {
  const id = await decidedRun();
  const options = { onlyStale: false, actor: 'someone', flowVersionId: flow.versionId, flowVersion: 1 };
  await fixture.engine.rerun(flow.organizationId, id, options);
  expect(await runAll({ a: 1, b: 1 })).toEqual(['t0', 't1', 'ask: awaiting_input']);
});
