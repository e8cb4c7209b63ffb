// How long does one execution take when nothing else runs, in durable commits of the same machine?
import { Client } from 'pg';
import { newId } from '../server/src/base/index.ts';
import { askPeer } from './ask-peer.ts';
import type { BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchFlow, type BenchPlatform, checkCompleted, insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { median, medianRatio, percentile, timeEach, WARM_UP } from './measure.ts';
import { interleave, judge, type Question } from './question.ts';

const SAMPLES = 200;
const QUICK_SAMPLES = 100;
const WAIT_MS = 10_000;

type Variant = 'commit' | 'one' | 'five' | 'peerOne' | 'peerFive';

export const idleLatency: Question = {
  name: 'idle-latency',
  async ask(server, { rounds, quick }) {
    const full = quick ? QUICK_SAMPLES : SAMPLES;
    const samples = (isWarmUp: boolean) => (isWarmUp ? WARM_UP : full);
    const peer = async (isWarmUp: boolean, steps: number) => (isWarmUp ? undefined : runPeer(server, full, steps));
    const measured = await interleave<Variant, number[]>(rounds, {
      commit: (isWarmUp) => commitOneByOne(server, samples(isWarmUp)),
      one: (isWarmUp) => runOneByOne(server, samples(isWarmUp), 1),
      five: (isWarmUp) => runOneByOne(server, samples(isWarmUp), 5),
      peerOne: (isWarmUp) => peer(isWarmUp, 1),
      peerFive: (isWarmUp) => peer(isWarmUp, 5),
    });
    const p50 = (name: Variant) => measured[name].map((latencies) => percentile(latencies, 0.5));
    const inCommits = (name: Variant) => medianRatio(p50(name), p50('commit'));
    const row = (label: string, name: Variant) => [
      label,
      p50(name)
        .map((ms) => ms.toFixed(2))
        .join(' '),
      median(measured[name].map((latencies) => percentile(latencies, 0.99))).toFixed(2),
      inCommits(name).toFixed(1),
    ];
    return {
      title: 'Idle: from start to completed, one at a time',
      table: [
        ['', 'p50 ms, by round', 'p99 ms', 'in commits'],
        row('one durable commit', 'commit'),
        row('1 task', 'one'),
        row('5 tasks', 'five'),
        row('DBOS, 1 step', 'peerOne'),
        row('DBOS, 5 steps', 'peerFive'),
      ],
      method:
        `${full} executions a round, one after the other with pauses of 3 to 9 ms: from the call of start until waitForEnd answers in the same ` +
        'process. The unit is a prepared insert of one row by one client, without pauses.',
      caveat: 'DBOS runs its steps in the process that starts them and needs no worker to be woken; its figures are for information.',
      verdicts: [
        judge('idle latency of 1 task, in durable commits', inCommits('one'), { goal: 8, aim: 5, better: 'lower' }),
        judge('idle latency of 5 tasks, in durable commits', inCommits('five'), { goal: 16, aim: 8, better: 'lower' }),
      ],
    };
  },
};

async function commitOneByOne(server: BenchServer, samples: number): Promise<number[]> {
  const database = await server.createDatabase();
  const client = new Client({ connectionString: database.engineUrl });
  try {
    await database.owner.query('create table commits (id uuid primary key, input json not null); grant insert on commits to flow_engine');
    await client.connect();
    const insert = () => client.query({ name: 'commit', text: `insert into commits (id, input) values ($1, '{}')`, values: [newId()] });
    return await timeEach(samples, insert, { isRestless: true });
  } finally {
    await client.end();
    await database.drop();
  }
}

async function runOneByOne(server: BenchServer, samples: number, length: number): Promise<number[]> {
  const database = await server.createDatabase();
  try {
    const flow = await insertFlow(database, chainDefinition(length));
    const platform = await openBenchPlatform(database);
    const latencies = await timeEach(samples, () => runOne(platform, flow)).finally(platform.close);
    await checkCompleted(database, flow, samples + WARM_UP);
    return latencies;
  } finally {
    await database.drop();
  }
}

async function runOne({ engine }: BenchPlatform, flow: BenchFlow): Promise<void> {
  const id = await startOne(engine, flow);
  const status = await engine.waitForEnd(flow.organizationId, id, { timeoutMs: WAIT_MS });
  if (status !== 'completed') throw new Error(`The execution ${id} is ${status} after ${WAIT_MS / 1000} s`);
}

async function runPeer(server: BenchServer, executions: number, steps: number): Promise<number[]> {
  const { latenciesMs } = await askPeer(server, 'dbos', { kind: 'latency', executions, callers: 1, steps });
  if (!latenciesMs) throw new Error('DBOS measured nothing');
  return latenciesMs;
}
