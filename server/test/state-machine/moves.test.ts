// The one table of moves (engine/states.ts) against what the engine does: all that may move a task is tried on a task in every state. Each move of the
// table is seen, and none beside it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#base';
import type { ClaimedTask, TaskOutcome } from '#engine';
import { EDIT_MOVES, EXECUTION_EDIT_MOVES, EXECUTION_MOVES, TASK_MOVES, TASK_STATUSES, type TaskStatus } from '../../src/engine/states.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from '../engine/engine-fixture.ts';
import { recordMoves } from '../engine/record-moves.ts';
import { ATTEMPTS, attempt, OUTCOMES, type Target } from './attempts.ts';
import { walkEverywhere } from './walks.ts';

const RETRIES = { maxAttempts: 3, initialIntervalMs: 60_000, backoff: 1, maxIntervalMs: 60_000, nonRetryable: [] };
/** t0 -> t1, t2 -> t3 -> t4 */
const PLAN = planOf([{ after: [] }, { after: after(0) }, { after: after(0) }, { after: after(1, 2), retry: RETRIES }, { after: after(3) }]);
const TARGET = 3;

let fixture: EngineFixture;
let moves: Awaited<ReturnType<typeof recordMoves>>;
let held: ClaimedTask;
beforeAll(async () => {
  fixture = await openEngine();
  moves = await recordMoves(fixture.admin);
  const { flow, worker } = await newFlow();
  await fixture.start(flow);
  held = await runUpTo(worker, true);
  await forget();
});
afterAll(() => fixture.close());

async function newFlow(): Promise<{ flow: TestFlow; worker: number }> {
  return { flow: await fixture.flow(await fixture.organization({ limit: 1 }), PLAN), worker: await fixture.tasks.registerWorker() };
}

/** What a run has left would else be claimed by the next. A row that is gone has not moved. */
const forget = () => fixture.admin.query('delete from task_executions where completed_at is null');

const done: TaskOutcome = { status: 'completed', output: '0' };

/** Settles t0, t1 and, unless the join is still to wait for it, t2. Answers what was settled last, or the join where it was claimed. */
async function runUpTo(worker: number, claimsJoin: boolean, endsBoth = true): Promise<ClaimedTask> {
  const [first] = await fixture.tasks.claim(worker, { batch: 1 });
  const { claimed } = await fixture.tasks.settle(worker, [{ task: first as ClaimedTask, outcome: done }], { claim: true });
  let last = claimed[0] as ClaimedTask;
  for (const task of endsBoth ? claimed : claimed.slice(0, 1)) {
    const report = await fixture.tasks.settle(worker, [{ task, outcome: done }], { claim: claimsJoin });
    last = report.claimed[0] ?? task;
  }
  return last;
}

/** A run whose join is in this state, come by it as runs do. */
async function reach(status: TaskStatus): Promise<Target> {
  const { flow, worker } = await newFlow();
  const executionId = await fixture.start(flow);
  const isRun = status !== 'pending' && status !== 'ready';
  const join = await runUpTo(worker, isRun, status !== 'pending');
  if (isRun && status !== 'running') await fixture.tasks.settle(worker, [{ task: join, outcome: OUTCOMES[status] }], { claim: false });
  const { rows } = await fixture.admin.query('select id, status from task_executions where execution_id = $1 and task = $2', [
    executionId,
    TARGET,
  ]);
  expect(rows[0].status).toBe(status);
  return {
    fixture,
    flow,
    executionId,
    id: rows[0].id as Id,
    worker,
    held: { ...held, execution: { ...held.execution, organizationId: flow.organizationId } },
  };
}

const isAllowed = (from: TaskStatus, to: TaskStatus): boolean => TASK_MOVES[from].includes(to) || EDIT_MOVES[from]?.includes(to) === true;

test.each(TASK_STATUSES)('a task that is %s goes nowhere but where the table says', async (from) => {
  for (const tried of ATTEMPTS) {
    const target = await reach(from);
    await attempt(tried, target);
    const { rows } = await fixture.admin.query('select status from task_executions where id = $1', [target.id]);
    const [{ status }] = rows;
    const isRefused = tried.to.every((to) => !isAllowed(from, to));
    if (isRefused) expect(status, `${from}: ${tried.name}`).toBe(from);
    await forget();
  }
});

test('every illegal move of a task was tried', () => {
  const tried = new Set(ATTEMPTS.flatMap(({ to }) => to));
  const illegal = TASK_STATUSES.flatMap((from) => TASK_STATUSES.filter((to) => to !== from && !isAllowed(from, to)));
  expect(illegal.filter((to) => !tried.has(to))).toEqual([]);
});

const pairsOf = (...tables: Readonly<Partial<Record<string, readonly string[]>>>[]): string[] =>
  [
    ...new Set(
      tables.flatMap((table) =>
        Object.entries(table).flatMap(([from, all = []]) => all.filter((to) => to !== from).map((to) => `${from} -> ${to}`)),
      ),
    ),
  ].sort();

test('every move of the tables is reached, and no other', async () => {
  await walkEverywhere(fixture);
  const seen = async (kind: string) =>
    (await moves.pairs())
      .filter((pair) => pair.kind === kind && pair.from !== pair.to)
      .map(({ from, to }) => `${from} -> ${to}`)
      .sort();
  expect(await seen('task_executions')).toEqual(pairsOf(TASK_MOVES, EDIT_MOVES));
  expect(await seen('flow_executions')).toEqual(pairsOf(EXECUTION_MOVES, EXECUTION_EDIT_MOVES));
});
