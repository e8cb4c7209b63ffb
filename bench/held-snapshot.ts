// Does the engine slow down while somebody elsewhere holds an old snapshot, so that no dead row can be removed?
import { Client } from 'pg';
import type { BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { checkCompleted, insertFlow, openBenchPlatform } from './bench-platform.ts';
import { runInBulk } from './chain.ts';
import { judge, type Question } from './question.ts';

const LENGTH = 5;
const BATCH = 2000;
const SECONDS = 180;
const QUICK_SECONDS = 15;

interface Measured {
  tasksPerSecond: number;
  /** Of the last fifth of the time. */
  atTheEnd: number;
  deadTuples: number;
}

export const heldSnapshot: Question = {
  name: 'held-snapshot',
  async ask(server, { quick }) {
    const seconds = quick ? QUICK_SECONDS : SECONDS;
    const free = await runFor(server, seconds, false);
    const held = await runFor(server, seconds, true);
    const row = (label: string, one: Measured, ratio: string) => [
      label,
      Math.round(one.tasksPerSecond).toLocaleString('en'),
      Math.round(one.atTheEnd).toLocaleString('en'),
      ratio,
      one.deadTuples.toLocaleString('en'),
    ];
    const ratio = held.tasksPerSecond / free.tasksPerSecond;
    return {
      title: 'Beside a transaction that holds its snapshot: tasks of a chain of 5',
      table: [
        ['', 'a second', 'at the end', 'ratio', 'dead task rows'],
        row('nobody', free, '1'),
        row(`a REPEATABLE READ transaction, open for ${seconds} s`, held, ratio.toFixed(2)),
      ],
      method:
        `${BATCH} executions at once, again and again for ${seconds} s on a database of its own, without and with the transaction; one round. "At the ` +
        'end" is the last fifth. Every row and output is checked afterwards.',
      caveat: `The transaction reads once and does nothing more.${quick ? ` A quick run: ${seconds} s instead of ${SECONDS}.` : ''}`,
      verdicts: [
        judge('beside a held REPEATABLE READ transaction, tasks/s over baseline', ratio, { goal: 0.7, aim: 0.9, better: 'higher' }),
      ],
    };
  },
};

async function runFor(server: BenchServer, seconds: number, isHeld: boolean): Promise<Measured> {
  const database = await server.createDatabase();
  const holder = new Client({ connectionString: database.ownerUrl });
  await holder.connect();
  try {
    const flow = await insertFlow(database, chainDefinition(LENGTH));
    const platform = await openBenchPlatform(database);
    const speeds: number[] = [];
    let executions = 0;
    const run = async () => {
      const startedAt = performance.now();
      await runInBulk(platform, flow, BATCH);
      executions += BATCH;
      return (BATCH * LENGTH * 1000) / (performance.now() - startedAt);
    };
    try {
      await run(); // warm
      if (isHeld) {
        await holder.query('begin transaction isolation level repeatable read');
        await holder.query('select count(*) from flow_executions');
      }
      const endsAt = performance.now() + seconds * 1000;
      while (performance.now() < endsAt) speeds.push(await run());
    } finally {
      await platform.close();
    }
    const { rows } = await database.owner.query<{ dead: number }>(
      `select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'task_executions'`,
    );
    await holder.query(isHeld ? 'commit' : 'select 1');
    await checkCompleted(database, flow, executions);
    const last = speeds.slice(-Math.ceil(speeds.length / 5));
    return { tasksPerSecond: harmonicMean(speeds), atTheEnd: harmonicMean(last), deadTuples: rows[0]?.dead ?? 0 };
  } finally {
    await holder.end();
    await database.drop();
  }
}

/** Of speeds over equal amounts of work: what they come to together. */
const harmonicMean = (speeds: readonly number[]): number => speeds.length / speeds.reduce((sum, speed) => sum + 1 / speed, 0);
