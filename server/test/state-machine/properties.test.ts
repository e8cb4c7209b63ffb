// The properties of the state machine (P1 to P11), each named, over one set of histories of commands whose every move was recorded; P12 is in
// histories.test.ts. That the rows are right after each command is state-machine.test.ts.
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import { checkHistory } from '../../src/engine/check-history.ts';
import { randomPlan } from '../../src/engine/testing/random-plan.ts';
import { compareWithOracle } from '../engine/compare-with-oracle.ts';
import { openEngine } from '../engine/engine-fixture.ts';
import { recordMoves } from '../engine/record-moves.ts';
import { sendEvents } from '../engine/send-events.ts';
import { workOnce } from '../engine/test-worker.ts';
import { type Histories, openHistories } from './run-histories.ts';
import { SHAPES } from './shapes.ts';

const RUNS = 25;
const SEED = Number(process.env.FLOW_TEST_SEED ?? 2);
const FINAL = `('completed', 'failed', 'skipped', 'cancelled')`;

let histories: Histories;
let admin: Pool;
let violations: string[];
beforeAll(async () => {
  histories = await openHistories();
  admin = new Pool({ connectionString: histories.real.platform.ownerUrl, max: 2 });
  admin.on('error', () => {}); // the database is dropped beneath it
  await recordMoves(admin);
  expect((await histories.run({ runs: RUNS, seed: SEED })).problem).toBeUndefined();
  const report = await checkHistory(histories.real.platform.engineDb, { plans: histories.real.plans });
  expect(report.executionsReplayed).toBeGreaterThan(RUNS);
  violations = report.violations.map(({ invariant }) => invariant);
}, 300_000);
afterAll(async () => {
  await admin.end();
  await histories.close();
});

const countOf = async (text: string): Promise<number> => (await admin.query(`select count(*)::int as n from (${text}) x`)).rows[0].n;
const tasks = `select * from moves where kind = 'task_executions'`;

test('P1: a task execution is settled once in a generation', async () => {
  const settled = `select id, generation from (${tasks}) m where new in ${FINAL} and coalesce(old, '') not in ${FINAL}`;
  expect(await countOf(settled)).toBeGreaterThan(RUNS);
  expect(await countOf(`${settled} group by 1, 2 having count(*) > 1`)).toBe(0);
});

test('P2: attempts increase with each start, one at a time', async () => {
  const starts = `select attempt, lag(attempt) over (partition by id, generation order by seq) as before from (${tasks}) m where new = 'running' and coalesce(old, '') <> 'running'`;
  expect(await countOf(`select from (${starts}) s where attempt <= before`)).toBe(0);
  expect(violations.filter((name) => name === 'I5' || name === 'I11')).toEqual([]);
});

test('P3: a task starts when all that it follows is over; P4: its counter says how many are not', () => {
  expect(violations.filter((name) => name === 'I8' || name === 'I9')).toEqual([]);
});

test('P5: the same answers come to the same ends, whatever the order', { timeout: 120_000 }, async () => {
  const fixture = await openEngine({ limitedExecutors: new Set(['limited_task']) });
  const organization = await fixture.organization();
  const subjects = await Promise.all(
    Array.from({ length: 15 }, async (_, number) => {
      const flow = await fixture.flow(organization, randomPlan(`order/${SEED}/${number}`));
      return { versions: [flow], id: await fixture.start(flow), number, cancelled: false };
    }),
  );
  const workers = [await fixture.tasks.registerWorker(), await fixture.tasks.registerWorker()];
  const left = async () =>
    (await fixture.admin.query(`select count(*)::int as n from flow_executions where completed_at is null`)).rows[0].n;
  while ((await left()) > 0) {
    await fixture.admin.query(`update task_executions set ready_at = now() where status = 'scheduled'`);
    await fixture.tasks.tick();
    await sendEvents(fixture, subjects);
    await Promise.all(
      workers.map((worker, n) => workOnce(fixture.tasks, worker, { batch: n === 0 ? 1 : 7, followUps: n * 3, fuses: n === 0 })),
    );
  }
  for (const subject of subjects) expect(await compareWithOracle(fixture.admin, subject)).toEqual([]);
  await fixture.close();
});

test('P6: nothing starts or completes after a cancel', () => {
  expect(violations.filter((name) => name === 'I17')).toEqual([]);
});

test('P7: what is final stays so within its generation, but for what a person makes of it', async () => {
  const left = `select id from (${tasks}) m where old in ${FINAL} and new not in ${FINAL}`;
  expect(await countOf(left)).toBe(0);
});

test('P8: what was acknowledged is there for the next reader', async () => {
  const { real } = histories;
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const id = await real.start(SHAPES[n % SHAPES.length] as (typeof SHAPES)[number], `acknowledged-${n}`);
      return { id, read: await real.user.get(`/api/flow-executions/${id}`) };
    }),
  );
  for (const { id, read } of answers) expect([read.status, read.body.id]).toEqual([200, id]);
  await real.clear();
});

test('P9: subscribers hear of what is committed, once an object and commit, in its order', async () => {
  const { real } = histories;
  const { events, a } = real.platform;
  const heard: (ChangeEvent & { seen: Promise<string | undefined> })[] = [];
  const statusOf = async ({ type, id }: ChangeEvent): Promise<string | undefined> => {
    const table = type.startsWith('flow_execution') ? 'flow_executions' : 'task_executions';
    const { engineDb } = histories.real.platform;
    return (await engineDb.query<{ status: string }>(`test/status-of-${table}`, `select status from ${table} where id = $1`, [id]))[0]
      ?.status;
  };
  const stop = events.subscribe(a.id, undefined, (event) => void heard.push({ ...event, seen: statusOf(event) }));
  const eventsOf = async (act: () => Promise<unknown>): Promise<string[]> => {
    heard.length = 0;
    await act();
    for (const { seen } of heard) expect(await seen, 'of what is announced there is a row').toBeDefined();
    const objects = heard.map(({ id }) => id);
    expect(new Set(objects).size, 'twice in one commit').toBe(objects.length);
    return objects;
  };
  let id: Id = '';
  expect(await eventsOf(async () => (id = await real.start(SHAPES[1] as (typeof SHAPES)[number], 'events')))).toContain(id);
  const [first] = await real.claim(1);
  const settled = await eventsOf(() => real.settle(first as NonNullable<typeof first>, 'completed', 'begun', true));
  expect(settled).toHaveLength(3); // the task and the two that it made ready
  expect(await eventsOf(() => real.cancel(id, true))).toContain(id);
  stop();
  await real.clear();
});

test('P10: no more runs at once than the organization may have', () => {
  expect(violations.filter((name) => name.startsWith('I15'))).toEqual([]); // and state-machine.test.ts counts after each command
});

test('P11: a timer is never early by the database’s clock, and the next tick after its time finds it', async () => {
  const { real } = histories;
  const id = await real.start(SHAPES[0] as (typeof SHAPES)[number], 'timer');
  const { engineDb } = real.platform;
  const [held] = await real.claim(1);
  await real.settle(held as NonNullable<typeof held>, 'scheduled', '', false);
  const due = async (when: string) => {
    await engineDb.query('test/due-in', 'update task_executions set ready_at = clock_timestamp() + $2::interval where execution_id = $1', [
      id,
      when,
    ]);
    await real.tasks.tick();
    const status = 'select status from task_executions where execution_id = $1';
    return (await engineDb.query<{ status: string }>('test/status-of-timer', status, [id]))[0]?.status;
  };
  expect([await due('1 minute'), await due('10 seconds'), await due('-1 milliseconds')]).toEqual(['scheduled', 'scheduled', 'ready']);
  await real.clear();
});
