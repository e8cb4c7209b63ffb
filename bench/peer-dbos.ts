// A process of its own: DBOS on an empty database of the same server, in the setting that was its fastest here (started directly, 20 connections,
// no LISTEN/NOTIFY). Takes a PeerTask as its argument, prints a PeerAnswer as its last line.
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Client } from 'pg';
import type { PeerAnswer, PeerTask } from './ask-peer.ts';
import { measure } from './measure.ts';

const POOL = 20; // 8, 20 and 40 were within 10 % of each other
const WARM_UP = 20;

const task = JSON.parse(process.argv[2] ?? '') as PeerTask;
const ends = new Map<number, () => void>();

const flow = DBOS.registerWorkflow(
  async (number: number) => {
    let value = { v: 0 };
    for (let step = 0; step < task.steps; step++) value = await DBOS.runStep(async () => ({ v: step }), { name: `t${step}` });
    ends.get(number)?.();
    return value;
  },
  { name: 'chain' },
);

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: task.url,
  systemDatabasePoolSize: POOL,
  logLevel: 'error',
  useListenNotify: false,
});
await DBOS.launch();
const observer = new Client({ connectionString: task.url });
await observer.connect();
for (let i = 0; i < WARM_UP; i++) await (await DBOS.startWorkflow(flow)(-1 - i)).getResult();

const answer: PeerAnswer = task.kind === 'throughput' ? { cost: await runThroughput() } : { latenciesMs: await runOneByOne() };
await check();
await observer.end();
await DBOS.shutdown();
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
process.exit(0);

/** A caller is free again when the workflow's function has ended, before its row says so: to the peer's advantage. The clock stops when all rows do. */
async function runThroughput() {
  let started = 0;
  const callOne = async () => {
    while (started < task.executions) {
      const number = started++;
      const { promise, resolve } = Promise.withResolvers<void>();
      ends.set(number, resolve);
      await DBOS.startWorkflow(flow)(number);
      await promise;
    }
  };
  return measure(observer, task.executions, async () => {
    await Promise.all(Array.from({ length: task.callers }, callOne));
    while ((await countDone()) < task.executions + WARM_UP) await sleep(5);
  });
}

/** The handle of a workflow of this process resolves as soon as its result is recorded. */
async function runOneByOne(): Promise<number[]> {
  const latencies: number[] = [];
  for (let i = 0; i < task.executions; i++) {
    const startedAt = performance.now();
    await (await DBOS.startWorkflow(flow)(i)).getResult();
    latencies.push(performance.now() - startedAt);
    await sleep(3 + (i % 7));
  }
  return latencies;
}

async function countDone(): Promise<number> {
  const { rows } = await observer.query<{ n: number }>(`select count(*)::int as n from dbos.workflow_status where status = 'SUCCESS'`);
  return rows[0]?.n ?? 0;
}

async function check(): Promise<void> {
  const { rows } = await observer.query<{ n: number }>('select count(*)::int as n from dbos.operation_outputs where output is not null');
  const expected = { done: task.executions + WARM_UP, outputs: (task.executions + WARM_UP) * task.steps };
  const found = { done: await countDone(), outputs: rows[0]?.n };
  if (JSON.stringify(found) !== JSON.stringify(expected)) throw new Error(`${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}
