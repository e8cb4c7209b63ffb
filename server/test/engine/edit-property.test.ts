// 1,000 random flows, each edited at a random place: what runs again is what the oracle calls the minimal set, and the run comes to what a full run with
// the edited value in its place comes to. In memory; edits through PostgreSQL are in edit-runs.test.ts.
import { expect, test } from 'vitest';
import type { Plan } from '#language';
import { drawer } from '../../src/engine/testing/chance.ts';
import { randomPlan } from '../../src/engine/testing/random-plan.ts';
import { editedAnswer } from './edited-answer.ts';
import { MemoryRun } from './memory-run.ts';
import { minimalSet, outdatedBy, sameWay } from './minimal-set.ts';
import { type OracleRun, oracle, type Pinned } from './oracle.ts';
import type { Answer } from './test-executor.ts';

/** More by FLOW_TEST_EDITS; the same ones by FLOW_TEST_SEED. */
const EDITS = Number(process.env.FLOW_TEST_EDITS ?? 1_000);
const SEED = process.env.FLOW_TEST_SEED ?? '1';

const statesOf = (run: MemoryRun): string[] =>
  [...run.rows].map(([place, { status, answer }]) => `${place} ${status} ${printed(answer)}`).sort();
const oracleStates = (run: OracleRun, plan: Plan): string[] =>
  [...run.states]
    .map(
      ([place, { status, answer }]) =>
        `${place} ${status} ${plan.tasks[Number(place.split('/')[0])]?.kind === 'gate' ? '' : printed(answer)}`,
    )
    .sort();
const printed = (answer: Answer | undefined): string => (answer?.status === 'completed' ? String(answer.output.v) : '');

test(`${EDITS} edits of runs that have ended: only_stale runs the minimal set again, to the result of a full run (seed ${SEED})`, () => {
  let again = 0;
  let total = 0;
  for (let n = 0; n < EDITS; n++) {
    const seed = `edit/${SEED}/${n}`;
    const draw = drawer(seed);
    const plan = randomPlan(seed);
    const run = new MemoryRun(plan, seed);
    run.finish();
    const old = oracle(plan, seed);
    expect(statesOf(run), seed).toEqual(oracleStates(old, plan));
    const places = run.editable();
    const edited = places[draw(places.length)] as string;
    const from = old.states.get(edited)?.answer as Answer;
    const to = editedAnswer(from, draw);
    run.edit(edited, to);
    run.ran = [];
    run.rerunStale();
    run.finish();
    const now = oracle(plan, seed, new Map([[edited, to]]) as Pinned);
    expect([...run.ran].sort(), `${seed} ${edited}`).toEqual(minimalSet(plan, old, now, edited, sameWay(from, to)));
    expect(statesOf(run), `${seed} ${edited}`).toEqual(oracleStates(now, plan));
    expect([run.open, run.failures > 0], seed).toEqual([0, now.status === 'failed']);
    again += run.ran.length;
    total += [...now.states.values()].filter(({ answer }) => answer !== undefined).length;
  }
  console.info(JSON.stringify({ edits: EDITS, ranAgain: again, ofTasks: total }));
});

test(`${EDITS} edits of runs under way: nothing that is not downstream runs twice, and the run comes to the result of a full run`, () => {
  for (let n = 0; n < EDITS; n++) {
    const seed = `under-way/${SEED}/${n}`;
    const draw = drawer(seed);
    const plan = randomPlan(seed);
    const run = new MemoryRun(plan, seed);
    const steps = 2 + draw(20);
    for (let step = 0; step < steps || run.editable().length === 0; step++) if (!run.step(draw)) break;
    if (run.isOver) continue;
    const places = run.editable();
    const edited = places[draw(places.length)] as string;
    const from = run.rows.get(edited)?.answer as Answer;
    const to = editedAnswer(from, draw);
    const ranBefore = new Set(run.ran);
    run.ran = [];
    run.edit(edited, to);
    run.finish(draw);
    const now = oracle(plan, seed, new Map([[edited, to]]) as Pinned);
    expect(statesOf(run), `${seed} ${edited}`).toEqual(oracleStates(now, plan));
    expect([run.open, run.failures > 0], seed).toEqual([0, now.status === 'failed']);
    const outdated = new Set(outdatedBy(plan, now, edited));
    expect(
      run.ran.filter((place) => ranBefore.has(place) && !outdated.has(place)),
      `${seed} ${edited}`,
    ).toEqual([]);
  }
});
