// Who waits for whom: one who starts little beside one with a long queue, and many with weights.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backlog, openBacklog } from './backlog.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchFlow, type BenchPlatform, insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { median, medianRatio, percentile, timeEach } from './measure.ts';
import { interleave, judge, type Question } from './question.ts';

const BACKLOG = 100_000;
const QUICK_BACKLOG = 30_000;
const FED = 200; // executions of A that are added at a time where it has no backlog
const SAMPLES = 200;
const QUICK_SAMPLES = 60;
const ORGANIZATIONS = 50;
const WEIGHTS = 5;
const SECONDS = 10;
const QUICK_SECONDS = 3;
const PER_WEIGHT = 3000; // executions that an organization has for each of its weight: more than it can run in the time
const MOSTLY = 0.9; // of A's backlog: what B meets after that is no backlog
const SAMPLED = 10; // runs of B between two looks at A
const LEAST = 20;
const WAIT_MS = 120_000;

interface Measured {
  latenciesMs: number[];
  /** Executions a second of A meanwhile. */
  othersPerSecond: number;
}

export const fairness: Question = {
  name: 'fairness',
  async ask(server, { rounds, quick }) {
    const [samples, backlog] = quick ? [QUICK_SAMPLES, QUICK_BACKLOG] : [SAMPLES, BACKLOG];
    const measured = await interleave<'beside' | 'behind', Measured>(rounds, {
      beside: (isWarmUp) => runBeside(server, isWarmUp ? 10 : samples, { backlog: 0 }),
      behind: async (isWarmUp) => (isWarmUp ? undefined : runBeside(server, samples, { backlog })),
    });
    const errors = (await interleave<'weights', number>(rounds, { weights: (isWarmUp) => runWeights(server, quick || isWarmUp) })).weights;
    const p99 = (name: 'beside' | 'behind') => measured[name].map(({ latenciesMs }) => percentile(latenciesMs, 0.99));
    const ratio = medianRatio(p99('behind'), p99('beside'));
    const row = (label: string, name: 'beside' | 'behind') => [
      label,
      median(measured[name].map(({ latenciesMs }) => percentile(latenciesMs, 0.5))).toFixed(1),
      p99(name)
        .map((ms) => ms.toFixed(1))
        .join(' '),
      Math.round(median(measured[name].map(({ othersPerSecond }) => othersPerSecond))).toLocaleString('en'),
    ];
    const queued = backlog.toLocaleString('en');
    return {
      title: 'Fairness: one organization beside another',
      table: [
        ['B, one at a time', 'p50 ms', 'p99 ms, by round', 'executions/s of A'],
        row('beside A as busy, without backlog', 'beside'),
        row(`beside A with ${queued} queued`, 'behind'),
        [`${ORGANIZATIONS} organizations, weights 1 to ${WEIGHTS}`, '', `${errors.map((error) => error.toFixed(1)).join(' ')} % off`, ''],
      ],
      method:
        `B starts ${samples} executions of 1 task (fewer where A's are done before), one after the other with pauses of 3 to 9 ms, in process; A has ${queued} of them ready from the ` +
        `beginning, or ${FED} more whenever fewer are left. Weights: each organization has more than it can run in ${quick ? QUICK_SECONDS : SECONDS} s; how ` +
        'far the share of a weight is from what it should be, the farthest weight counts. Each execution is completed once, which is checked.',
      caveat: 'A without backlog runs as fast as it is fed by this process, on the same cores: its rate is beside it, not equal.',
      verdicts: [
        judge("B's p99 beside A's queue of 100,000, over that beside A without backlog", ratio, { goal: 3, aim: 1.5, better: 'lower' }),
        judge("B's p99 beside A's queue of 100,000, ms", median(p99('behind')), { goal: 100, aim: 50, better: 'lower' }),
        judge('50 organizations with weights 1 to 5, error of a share in per cent', median(errors), { goal: 5, aim: 2, better: 'lower' }),
      ],
    };
  },
};

async function runBeside(server: BenchServer, samples: number, { backlog: size }: { backlog: number }): Promise<Measured> {
  const database = await server.createDatabase();
  try {
    const [a, b] = [await insertFlow(database, chainDefinition(1)), await insertFlow(database, chainDefinition(1))];
    const backlog = await openBacklog(database, a);
    const platform = await openBenchPlatform(database);
    if (size > 0) await backlog.add(size); // only now: opening takes seconds, in which it would shrink
    const feeding = new AbortController();
    const fed = size > 0 ? Promise.resolve() : keepFed(platform, backlog, a, feeding.signal);
    try {
      const before = await countEnded(database, a);
      const startedAt = performance.now();
      const hasBacklog = async () => size === 0 || (await countEnded(database, a)) < size * MOSTLY;
      const latenciesMs = await sampleWhile(hasBacklog, samples, () => runOne(platform, b));
      const seconds = (performance.now() - startedAt) / 1000;
      const ended = await countEnded(database, a);
      return { latenciesMs, othersPerSecond: (ended - before) / seconds };
    } finally {
      feeding.abort();
      await fed;
      await platform.close();
      await backlog.close();
      await checkOnce(database);
    }
  } finally {
    await database.drop();
  }
}

/** Times so many runs, fewer where they take so long that what they run beside ends. Throws where they are too few to tell. */
async function sampleWhile(goesOn: () => Promise<boolean>, samples: number, work: () => Promise<void>): Promise<number[]> {
  const latenciesMs: number[] = [];
  while (latenciesMs.length < samples && (await goesOn())) latenciesMs.push(...(await timeEach(SAMPLED, work, { warmUp: 0 })));
  if (latenciesMs.length < Math.min(samples, LEAST)) throw new Error(`A's backlog ran out after ${latenciesMs.length} executions of B`);
  return latenciesMs;
}

async function runOne({ engine }: BenchPlatform, flow: BenchFlow): Promise<void> {
  const id = await startOne(engine, flow);
  const status = await engine.waitForEnd(flow.organizationId, id, { timeoutMs: WAIT_MS });
  if (status !== 'completed') throw new Error(`The execution ${id} is ${status} after ${WAIT_MS / 1000} s`);
}

/** Adds executions whenever fewer than FED are left, so that A is busy and nothing piles up. */
async function keepFed({ events }: BenchPlatform, backlog: Backlog, flow: BenchFlow, signal: AbortSignal): Promise<void> {
  let left = 0;
  const leave = events.subscribe(flow.organizationId, flow.flowId, ({ type }) => {
    if (type === 'flow_execution.updated') left--;
  });
  while (!signal.aborted) {
    if (left < FED) {
      left += FED;
      await backlog.add(FED);
    } else await sleep(1);
  }
  leave();
}

async function countEnded({ owner }: BenchDatabase, { organizationId }: BenchFlow): Promise<number> {
  const text = `select count(*)::int as n from flow_executions where organization_id = $1 and status = 'completed'`;
  return (await owner.query<{ n: number }>(text, [organizationId])).rows[0]?.n ?? 0;
}

/** Throws where a task was run twice: its attempt would have risen. */
async function checkOnce({ owner }: BenchDatabase): Promise<void> {
  const text = `select count(*)::int as n from task_executions where status = 'completed' and attempt <> 1`;
  const { rows } = await owner.query<{ n: number }>(text);
  if (rows[0]?.n !== 0) throw new Error(`${rows[0]?.n} tasks ran more than once`);
}

/** The largest error of a weight's share, in per cent of what it should be. */
async function runWeights(server: BenchServer, isQuick: boolean): Promise<number> {
  const seconds = isQuick ? QUICK_SECONDS : SECONDS;
  const database = await server.createDatabase();
  try {
    const flows: BenchFlow[] = [];
    for (let i = 0; i < ORGANIZATIONS; i++) flows.push(await insertFlow(database, chainDefinition(1)));
    const ids = flows.map(({ organizationId }) => organizationId);
    await database.owner.query('update organizations set weight = 1 + (array_position($1::uuid[], id) - 1) % $2::int', [ids, WEIGHTS]);
    const backlog = await openBacklog(database, flows[0] as BenchFlow);
    for (const [i, flow] of flows.entries()) await backlog.add(((i % WEIGHTS) + 1) * (isQuick ? PER_WEIGHT / 3 : PER_WEIGHT), flow);
    const platform = await openBenchPlatform(database);
    try {
      const before = await countByWeight(database);
      await sleep(seconds * 1000);
      const after = await countByWeight(database);
      return largestError(after.map((row, i) => ({ ...row, ended: row.ended - (before[i]?.ended ?? 0) })));
    } finally {
      await platform.close();
      await backlog.close();
      await checkOnce(database);
    }
  } finally {
    await database.drop();
  }
}

interface WeightCount {
  weight: number;
  ended: number;
  left: number;
}

/** In order of weight. */
async function countByWeight({ owner }: BenchDatabase): Promise<WeightCount[]> {
  const { rows } = await owner.query<WeightCount>(
    `select o.weight, count(*) filter (where e.status = 'completed')::int as ended, count(*) filter (where e.status = 'running')::int as left
       from organizations o join flow_executions e on e.organization_id = o.id group by o.weight order by o.weight`,
  );
  return rows;
}

function largestError(rows: readonly WeightCount[]): number {
  const total = rows.reduce((sum, { ended }) => sum + ended, 0);
  const weights = rows.reduce((sum, { weight }) => sum + weight, 0);
  const spent = rows.find(({ left }) => left === 0);
  if (spent) throw new Error(`Organizations of weight ${spent.weight} had nothing left: they need a longer queue`);
  return Math.max(...rows.map(({ weight, ended }) => Math.abs((ended / total) * (weights / weight) - 1) * 100));
}
