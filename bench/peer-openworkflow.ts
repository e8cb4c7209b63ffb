// A process of its own: OpenWorkflow on an empty database of the same server, one worker with as many places as there are callers. Takes a PeerTask
// as its argument, prints a PeerAnswer as its last line.
import { setTimeout as sleep } from 'node:timers/promises';
import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';
import { Client } from 'pg';
import type { PeerAnswer, PeerTask } from './ask-peer.ts';
import { measure } from './measure.ts';

const WARM_UP = 20;

const task = JSON.parse(process.argv[2] ?? '') as PeerTask;
const ends = new Map<number, () => void>();
const backend = await BackendPostgres.connect(task.url);
const client = new OpenWorkflow({ backend });

const chain = client.defineWorkflow<number, { v: number }>({ name: 'chain' }, async ({ input, step }) => {
  let value = { v: 0 };
  for (let i = 0; i < task.steps; i++) value = await step.run({ name: `t${i}` }, async () => ({ v: i }));
  ends.get(input)?.();
  return value;
});

const worker = client.newWorker({ concurrency: task.callers });
await worker.start();
const observer = new Client({ connectionString: task.url });
await observer.connect();
await runAll(-WARM_UP, 0);
const answer: PeerAnswer = { cost: await measure(observer, task.executions, () => runAll(0, task.executions)) };
await check();
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
process.exit(0);

/** A caller is free again when the workflow's function has ended, before its row says so. The clock stops when all rows do. */
async function runAll(from: number, to: number): Promise<void> {
  let started = from;
  const callOne = async () => {
    while (started < to) {
      const number = started++;
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(number, resolve);
      await chain.run(number);
      await promise;
    }
  };
  await Promise.all(Array.from({ length: task.callers }, callOne));
  while ((await countDone()) < WARM_UP + to) await sleep(5);
}

async function countDone(): Promise<number> {
  const text = `select count(*)::int as n from openworkflow.workflow_runs where status = 'completed'`;
  return (await observer.query<{ n: number }>(text)).rows[0]?.n ?? 0;
}

async function check(): Promise<void> {
  const text = `select count(*)::int as n from openworkflow.step_attempts where status in ('completed', 'succeeded')`;
  const steps = (await observer.query<{ n: number }>(text)).rows[0]?.n;
  const expected = (task.executions + WARM_UP) * task.steps;
  if (steps !== expected) throw new Error(`${steps} steps were recorded, expected ${expected}`);
}
