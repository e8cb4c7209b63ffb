// A process of its own: the same chain carried by pg-boss on an empty database of the same server. A job is a task: it is fetched in batches, its
// row is written and the next job sent in one transaction, as its documentation advises. Takes a PeerTask as its argument, prints a PeerAnswer
// as its last line.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Pool } from 'pg';
import { PgBoss } from 'pg-boss';
import type { PeerAnswer, PeerTask } from './ask-peer.ts';
import { measure } from './measure.ts';

const QUEUE = 'task';
const LOOPS = 4;
const BATCH = 200; // 4 loops of 200 were its fastest
const WARM_UP = 200;

interface Job {
  execution: number;
  step: number;
}

const SETTLE = `insert into tasks (execution, step, status, attempt, input, output, started_at, completed_at)
  select e, s, 'completed', 1, '{}', o::json, $4, now() from unnest($1::int[], $2::int[], $3::text[]) as t(e, s, o)`;
const END = `update executions set status = 'completed', completed_at = now() where id = any($1)`;

const bound = (client: { query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> }) => ({
  db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
});

const task = JSON.parse(process.argv[2] ?? '') as PeerTask;
const pool = new Pool({ connectionString: task.url, max: 8 });
await pool.query(`
  create table executions (id int primary key, status text not null, input json not null, started_at timestamptz not null default now(), completed_at timestamptz);
  create table tasks (execution int not null references executions, step int not null, status text not null, attempt int not null, input json, output json,
                      started_at timestamptz not null, completed_at timestamptz not null, primary key (execution, step))`);
const boss = new PgBoss({ connectionString: task.url, max: 8, supervise: false, schedule: false });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue(QUEUE);
const observer = new Client({ connectionString: task.url });
await observer.connect();
const ends = new Map<number, () => void>();
let isDone = false;
const loops = Array.from({ length: LOOPS }, work);
await runAll(-WARM_UP, 0);
const answer: PeerAnswer = { cost: await measure(observer, task.executions, () => runAll(0, task.executions)) };
isDone = true;
await Promise.all(loops);
await check();
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
process.exit(0);

async function runAll(from: number, to: number): Promise<void> {
  let started = from;
  const callOne = async () => {
    while (started < to) {
      const number = started++;
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(number, resolve);
      await start(number);
      await promise;
    }
  };
  await Promise.all(Array.from({ length: task.callers }, callOne));
}

async function inTransaction(run: (client: import('pg').PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await run(client);
    await client.query('commit');
  } finally {
    client.release();
  }
}

function start(execution: number): Promise<void> {
  return inTransaction(async (client) => {
    await client.query({
      name: 'start',
      text: `insert into executions (id, status, input) values ($1, 'running', '{}')`,
      values: [execution],
    });
    await boss.insert(QUEUE, [{ data: { execution, step: 0 } }], bound(client) as never);
  });
}

/** Fetches, and settles what it has fetched: rows, the end of executions, completed jobs, next jobs. */
async function work(): Promise<void> {
  while (!isDone) {
    const jobs = await boss.fetch<Job>(QUEUE, { batchSize: BATCH });
    if (!jobs?.length) {
      await sleep(2);
      continue;
    }
    const startedAt = new Date();
    const steps = jobs.map(({ data }) => data);
    const ended = steps.filter(({ step }) => step === task.steps - 1).map(({ execution }) => execution);
    await inTransaction(async (client) => {
      const values = [
        steps.map(({ execution }) => execution),
        steps.map(({ step }) => step),
        steps.map(({ step }) => JSON.stringify({ v: step })),
        startedAt,
      ];
      await client.query({ name: 'settle', text: SETTLE, values });
      await client.query({ name: 'end', text: END, values: [ended] });
      const next = steps
        .filter(({ step }) => step < task.steps - 1)
        .map(({ execution, step }) => ({ data: { execution, step: step + 1 } }));
      await boss.complete(
        QUEUE,
        jobs.map(({ id }) => id),
        undefined,
        bound(client) as never,
      );
      if (next.length > 0) await boss.insert(QUEUE, next, bound(client) as never);
    });
    for (const execution of ended) ends.get(execution)?.();
  }
}

async function check(): Promise<void> {
  const { rows } = await observer.query<{ tasks: number; executions: number }>(
    `select (select count(*)::int from tasks where (output ->> 'v')::int = step) as tasks,
            (select count(*)::int from executions where status = 'completed') as executions`,
  );
  const executions = task.executions + WARM_UP;
  const expected = { tasks: executions * task.steps, executions };
  if (JSON.stringify(rows[0]) !== JSON.stringify(expected))
    throw new Error(`${JSON.stringify(rows[0])}, expected ${JSON.stringify(expected)}`);
}
