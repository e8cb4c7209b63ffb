// Do more worker processes run as much more?
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backlog, openBacklog } from './backlog.ts';
import { PAUSE_MS, PAUSES_AT_ONCE } from './bench-catalogue.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { pauseDefinition } from './bench-flows.ts';
import { checkCompleted, insertFlow } from './bench-platform.ts';
import { medianRatio } from './measure.ts';
import { type Program, startPlatform } from './program.ts';
import { interleave, judge, type Question } from './question.ts';

const SECONDS = 6;
const QUICK_SECONDS = 2;
const DEADLINE_MS = 180_000;
const MOST = 1000 / PAUSE_MS; // a second, of each place

type Variant = 'one' | 'two' | 'four';
const PROCESSES: Record<Variant, number> = { one: 1, two: 2, four: 4 };

export const processes: Question = {
  name: 'processes',
  async ask(server, { rounds, quick }) {
    const seconds = quick ? QUICK_SECONDS : SECONDS;
    const run = (variant: Variant) => (isWarmUp: boolean) => (isWarmUp ? undefined : runOn(server, PROCESSES[variant], seconds));
    const speeds = await interleave<Variant, number>(rounds, {
      one: async (isWarmUp) => run('one')(isWarmUp),
      two: async (isWarmUp) => run('two')(isWarmUp),
      four: async (isWarmUp) => run('four')(isWarmUp),
    });
    const linear = (variant: Variant) => medianRatio(speeds[variant], speeds.one) / PROCESSES[variant];
    const row = (variant: Variant) => [
      `${PROCESSES[variant]}`,
      speeds[variant].map((speed) => Math.round(speed).toLocaleString('en')).join(' '),
      linear(variant).toFixed(2),
    ];
    return {
      title: `Worker processes: tasks that wait ${PAUSE_MS} ms`,
      table: [['processes', 'tasks/s, by round', 'of linear'], row('one'), row('two'), row('four')],
      method:
        `A queue for about ${seconds} s, handed to workers that are up; each process runs ${PAUSES_AT_ONCE} of these tasks at once (the executor's own ` +
        `limit), so at most ${PAUSES_AT_ONCE * MOST} a second. Time is from the first task's start to the last one's end, by their rows.`,
      caveat: 'The processes share this machine: a limit far above its cores would measure the cores.',
      verdicts: [
        judge('2 worker processes, of linear', linear('two'), { goal: 0.9, aim: 0.97, better: 'higher' }),
        judge('4 worker processes, of linear', linear('four'), { goal: 0.9, aim: 0.97, better: 'higher' }),
      ],
    };
  },
};

async function runOn(server: BenchServer, count: number, seconds: number): Promise<number> {
  const database = await server.createDatabase();
  const workers: Program[] = [];
  let backlog: Backlog | undefined;
  try {
    const flow = await insertFlow(database, pauseDefinition());
    backlog = await openBacklog(database, flow);
    for (let i = 0; i < count; i++) workers.push(await startPlatform(database, { role: 'worker', loops: 1 }));
    const tasks = Math.round(count * PAUSES_AT_ONCE * MOST * seconds);
    await untilEnded(database, 1); // the one that the others are copied from
    await database.owner.query('update task_executions set started_at = null, completed_at = null'); // it does not count
    await backlog.add(tasks);
    await untilEnded(database, tasks + 1);
    await checkCompleted(database, flow, tasks + 1);
    return tasks / (await secondsBetween(database));
  } finally {
    for (const worker of workers) await worker.close();
    await backlog?.close();
    await database.drop();
  }
}

async function untilEnded({ owner }: BenchDatabase, expected: number): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const { rows } = await owner.query<{ left: number }>(`select count(*)::int as left from flow_executions where status = 'running'`);
    if (rows[0]?.left === 0) return;
    await sleep(200);
  }
  throw new Error(`${expected} executions did not end within ${DEADLINE_MS / 1000} s`);
}

async function secondsBetween({ owner }: BenchDatabase): Promise<number> {
  const { rows } = await owner.query<{ seconds: number }>(
    'select extract(epoch from max(completed_at) - min(started_at))::float8 as seconds from task_executions',
  );
  return rows[0]?.seconds ?? Number.NaN;
}
