// Does a worker pay for those that wait? And how long does it take to settle one of them?
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog, type Id } from '../server/src/base/index.ts';
import { createEngineDatabase } from '../server/src/db/index.ts';
import { createTaskEngine } from '../server/src/engine/index.ts';
import { createEventHub } from '../server/src/events/index.ts';
import { createPlans } from '../server/src/worker/index.ts';
import { benchCatalogue } from './bench-catalogue.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { waitingDefinition } from './bench-flows.ts';
import { type BenchFlow, insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { cloneKept, keepExecution } from './clone-kept.ts';
import { median, medianRatio, percentile, timeEach } from './measure.ts';
import { interleave, judge, type Question } from './question.ts';

const WAITING = 100_000;
const CLAIMS = 300;
const QUICK_CLAIMS = 100;
const SETTLED = 200;
const REACH_MS = 30_000;
const TICKS = 5;

interface Measured {
  claimMs: number;
  tickMs: number;
  settleMs: number;
}

export const waiting: Question = {
  name: 'waiting',
  async ask(server, { rounds, quick }) {
    const claims = quick ? QUICK_CLAIMS : CLAIMS;
    const run = (count: number) => (isWarmUp: boolean) => runWith(server, isWarmUp ? Math.min(count, 1000) : count, claims);
    const measured = await interleave<'empty' | 'full', Measured>(rounds, { empty: run(0), full: run(WAITING) });
    const of = (name: 'empty' | 'full', figure: keyof Measured) => measured[name].map((one) => one[figure]);
    const shown = (name: 'empty' | 'full', figure: keyof Measured) => median(of(name, figure)).toFixed(3);
    const claim = medianRatio(of('full', 'claimMs'), of('empty', 'claimMs'));
    const settle = median(of('full', 'settleMs'));
    const row = (label: string, name: 'empty' | 'full', ratio: string) => [
      label,
      of(name, 'claimMs')
        .map((ms) => ms.toFixed(3))
        .join(' '),
      ratio,
      shown(name, 'tickMs'),
      shown(name, 'settleMs'),
    ];
    const count = WAITING.toLocaleString('en');
    return {
      title: 'Beside executions that wait: a claim that finds nothing',
      table: [
        ['', 'p50 ms, by round', 'ratio', 'tick ms', 'event p50 ms'],
        row('nothing waits', 'empty', '1'),
        row(`${count} wait for an event, ${count} for tomorrow`, 'full', claim.toFixed(2)),
      ],
      method:
        `${claims} claims a round with nothing ready; ${TICKS} ticks of the engine; then ${SETTLED} events a round, one after the other: from the call ` +
        'of settleWaiting until it answers. One execution was brought to wait by the engine, the others are copies of its rows.',
      caveat: 'A claim of an empty table costs little more than the way to the database and back.',
      verdicts: [
        judge('empty claim beside 100,000 waiting and 100,000 timers, over an empty table', claim, { goal: 3, aim: 2, better: 'lower' }),
        judge("one event's settle beside 100,000 waiting, p50 ms", settle, { goal: 5, aim: 2, better: 'lower' }),
      ],
    };
  },
};

async function runWith(server: BenchServer, count: number, claims: number): Promise<Measured> {
  const database = await server.createDatabase();
  try {
    const flow = await insertFlow(database, waitingDefinition());
    const original = await startWaiting(database, flow);
    await keepExecution(database, original);
    await cloneKept(database, count + SETTLED * 2);
    await cloneKept(database, count, {
      openTasks: { status: 'scheduled', ready_at: '2999-01-01T00:00:00Z', wait_until: null },
    });
    await database.owner.query('vacuum analyze flow_executions, task_executions');
    const { claimMs, tickMs } = await claimNothing(database, claims);
    const settleMs = await settleSome(database, flow, original);
    return { claimMs, tickMs, settleMs };
  } finally {
    await database.drop();
  }
}

/** An execution that has come to wait for its event; nothing runs any more. */
async function startWaiting(database: BenchDatabase, flow: BenchFlow): Promise<Id> {
  const platform = await openBenchPlatform(database);
  try {
    const id = await startOne(platform.engine, flow);
    const deadline = Date.now() + REACH_MS;
    while (Date.now() < deadline) {
      const { rows } = await database.owner.query('select from task_executions where execution_id = $1 and status = $2', [
        id,
        'awaiting_input',
      ]);
      if (rows.length > 0) return id;
      await sleep(20);
    }
    throw new Error(`The execution did not come to wait within ${REACH_MS / 1000} s`);
  } finally {
    await platform.close();
  }
}

async function claimNothing(database: BenchDatabase, claims: number): Promise<{ claimMs: number; tickMs: number }> {
  const log = createLog({ level: 'warn' });
  const db = createEngineDatabase(database.engineUrl, { max: 2, log });
  const events = await createEventHub({ engineDb: db, log });
  try {
    const engine = createTaskEngine({ db, plans: createPlans({ db, catalogue: benchCatalogue }).load, events, log });
    const workerId = await engine.registerWorker();
    const claim = async () => {
      const claimed = await engine.claim(workerId, { batch: 200 });
      if (claimed.length > 0) throw new Error(`${claimed.length} tasks were ready where none should be`);
    };
    const claimMs = percentile(await timeEach(claims, claim, { isRestless: true }), 0.5);
    const ticks: number[] = [];
    for (let i = 0; i < TICKS; i++) {
      const startedAt = performance.now();
      await engine.tick();
      ticks.push(performance.now() - startedAt);
    }
    await engine.releaseWorker(workerId);
    return { claimMs, tickMs: median(ticks) };
  } finally {
    await events.close();
    await db.close();
  }
}

/** Events for waiting executions, which then run to their end: that they do is checked. */
async function settleSome(database: BenchDatabase, flow: BenchFlow, original: Id): Promise<number> {
  const text = `select id, execution_id from task_executions where status = 'awaiting_input' and execution_id <> $1 order by id desc limit $2`;
  const { rows } = await database.owner.query<{ id: Id; execution_id: Id }>(text, [original, SETTLED + 20]);
  const platform = await openBenchPlatform(database);
  try {
    const outcome = { status: 'completed' as const, output: { v: 1 } };
    const left = [...rows];
    const latencies = await timeEach(SETTLED, async () => {
      const next = left.pop();
      if (!next) throw new Error('No execution waits any more');
      await platform.engine.settleWaiting(flow.organizationId, next.id, outcome, 'bench');
    });
    for (const { execution_id } of rows) await platform.engine.waitForEnd(flow.organizationId, execution_id, { timeoutMs: REACH_MS });
    const ended = await database.owner.query<{ n: number }>(`select count(*)::int as n from flow_executions where status = 'completed'`);
    if (ended.rows[0]?.n !== rows.length) throw new Error(`${ended.rows[0]?.n} executions completed, expected ${rows.length}`);
    return percentile(latencies, 0.5);
  } finally {
    await platform.close();
  }
}
