// Random runs through PostgreSQL, each edited at a random place, under way or after its end: of what had run, exactly what the oracle calls outdated runs
// again, and the run comes to what a full run with the edited value comes to. Under way a worker has tasks in its hands, run and not yet settled, while
// the edit is made: their results count, unless they are outdated.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#base';
import { type ClaimedTask, decidedOutcome, type EditedResult, type TaskOutcome, type TaskResult } from '#engine';
import { checkHistory } from '../../src/engine/check-history.ts';
import { drawer } from '../../src/engine/testing/chance.ts';
import { randomPlan } from '../../src/engine/testing/random-plan.ts';
import { compareWithOracle } from './compare-with-oracle.ts';
import { editedAnswer } from './edited-answer.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';
import { minimalSet, sameWay } from './minimal-set.ts';
import { oracle } from './oracle.ts';
import { sendEvents } from './send-events.ts';
import type { Subject } from './storm-subject.ts';
import { type Answer, waits } from './test-executor.ts';
import { fuseTest, outcomeOf } from './test-worker.ts';

/** More by FLOW_TEST_EDITED_RUNS; the same ones by FLOW_TEST_SEED. */
const RUNS = Number(process.env.FLOW_TEST_EDITED_RUNS ?? 60);
const SEED = process.env.FLOW_TEST_SEED ?? '1';

let fixture: EngineFixture;
let worker: number;
beforeAll(async () => {
  fixture = await openEngine();
  worker = await fixture.tasks.registerWorker();
});
afterAll(() => fixture.close());

const placeOf = ({ planned, item }: ClaimedTask): string => `${planned.number}/${item}`;
const isFinal = (outcome: TaskOutcome): boolean =>
  outcome.status === 'completed' || (outcome.status === 'failed' && outcome.retryInMs === undefined);

/** A worker that keeps results in its hands for a while. Waiting tasks are not counted: it is events that settle them. */
class SlowWorker {
  readonly #draw: (n: number) => number;
  readonly #fuses: boolean;
  #hands: TaskResult<ClaimedTask>[] = [];
  /** Places whose executor came to an end. */
  ran = new Set<string>();

  constructor(draw: (n: number) => number, fuses: boolean) {
    this.#draw = draw;
    this.#fuses = fuses;
  }

  get inHands(): number {
    return this.#hands.length;
  }

  async round(): Promise<void> {
    await fixture.tasks.renewLease(worker, 0);
    await fixture.tasks.tick();
    const held = await fixture.tasks.claim(worker, { batch: 2, executors: { limited_task: 2 } });
    const inputs = await fixture.tasks.readInputs(held);
    held.forEach((task, n) => void this.#hands.push({ task, outcome: this.#run(task, inputs[n] ?? []) }));
    const settled = this.#hands.splice(0, this.#draw(this.#hands.length + 1));
    if (settled.length === 0) return;
    await fixture.tasks.settle(worker, settled, { claim: false, ...(this.#fuses ? { fuse: fuseTest } : {}) });
  }

  #run(task: ClaimedTask, inputs: Parameters<typeof outcomeOf>[1]): TaskOutcome {
    const decided = decidedOutcome(task);
    if (decided !== undefined) return decided;
    const outcome = outcomeOf(task, inputs);
    if (isFinal(outcome) && task.planned.kind === 'task' && !waits(task.planned)) this.ran.add(placeOf(task));
    return outcome;
  }
}

const statusOf = async (id: Id): Promise<string> =>
  (await fixture.admin.query('select status from flow_executions where id = $1', [id])).rows[0].status;
const hasEnded = (status: string): boolean => ['completed', 'failed'].includes(status);

async function work(slow: SlowWorker, subject: Subject, rounds: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (let round = 0; round < rounds && performance.now() < deadline; round++) {
    if (hasEnded(await statusOf(subject.id))) return;
    await slow.round();
    await sendEvents(fixture, [subject], 0.5);
  }
}

async function editable(flow: TestFlow, id: Id): Promise<{ id: Id; place: string }[]> {
  const { rows } = await fixture.admin.query(
    `select id, task, item from task_executions where execution_id = $1 and status in ('completed', 'failed') order by task, item`,
    [id],
  );
  return rows.filter((row) => flow.plan.tasks[row.task]?.kind === 'task').map((row) => ({ id: row.id, place: `${row.task}/${row.item}` }));
}

const toResult = (answer: Answer): EditedResult =>
  answer.status === 'completed'
    ? { status: 'completed', output: JSON.stringify(answer.output), routes: answer.routes }
    : { status: 'failed', error: { code: 'withdrawn', message: 'Not right' } };

/** Answers hang on it: the same in each run of the test. */
function idOf(seed: string): Id {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
}

test(`${RUNS} random runs, edited under way or afterwards: what is outdated runs again and nothing else (seed ${SEED})`, {
  timeout: 60_000 + RUNS * 2_000,
}, async () => {
  const organization = await fixture.organization();
  const problems: string[] = [];
  const counts = { underWay: 0, inHands: 0, ranAgain: 0, ofTasks: 0 };
  for (let number = 0; number < RUNS; number++) {
    const seed = `edited-runs/${SEED}/${number}`;
    const draw = drawer(seed);
    const fuses = number % 4 === 3; // what ran within a settle is not counted: of these runs only the result is compared
    const flow = await fixture.flow(organization, randomPlan(seed));
    const id = await fixture.start(flow, { id: idOf(seed) });
    const subject: Subject = { versions: [flow], id, number, cancelled: false };
    const slow = new SlowWorker(draw, fuses);
    await work(slow, subject, number % 3 === 0 ? Number.POSITIVE_INFINITY : 2 + draw(8));
    let candidates = await editable(flow, id);
    for (; candidates.length === 0; candidates = await editable(flow, id)) await work(slow, subject, 1);
    const edited = candidates[draw(candidates.length)] as { id: Id; place: string };
    const old = oracle(flow.plan, id);
    const from = old.states.get(edited.place)?.answer as Answer;
    const to = editedAnswer(from, draw);
    const before = slow.ran;
    slow.ran = new Set();
    if (!hasEnded(await statusOf(id))) counts.underWay++;
    const change = { result: toResult(to), actor: 'editor', by: 'person' as const, reexecute: true };
    await fixture.engine.editTask(organization, edited.id, change);
    counts.inHands += slow.inHands;
    await work(slow, subject, Number.POSITIVE_INFINITY);
    const pinned = new Map([[edited.place, to]]);
    problems.push(...(await compareWithOracle(fixture.admin, subject, pinned)).map((problem) => `${seed} ${problem}`));
    if (fuses) continue;
    const minimal = minimalSet(flow.plan, old, oracle(flow.plan, id, pinned), edited.place, sameWay(from, to));
    const again = [...before].filter((place) => slow.ran.has(place)).sort();
    expect(again, `${seed}, edited at ${edited.place}`).toEqual([...before].filter((place) => minimal.includes(place)).sort());
    counts.ranAgain += again.length;
    counts.ofTasks += before.size;
  }
  console.info(JSON.stringify({ edits: RUNS, ...counts }));
  expect(problems).toEqual([]);
  expect(counts.inHands).toBeGreaterThan(RUNS / 4);
  const history = await checkHistory(fixture.db, { plans: fixture.plans, quietSeconds: 5 });
  expect(history.violations).toEqual([]);
});
