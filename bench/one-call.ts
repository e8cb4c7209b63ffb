// What does a caller get who starts one execution a call and waits for its end, beside another durable engine on PostgreSQL?
import { askPeer } from './ask-peer.ts';
import type { BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchFlow, type BenchPlatform, checkCompleted, insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { type Cost, measure, median, medianRatio, percentile } from './measure.ts';
import { interleave, judge, type Question, THROUGHPUT_COLUMNS, throughputRow } from './question.ts';

const LENGTH = 5;
const CALLERS = 200;
const EXECUTIONS = { ours: 5000, peer: 1000 };
const QUICK_EXECUTIONS = { ours: 2000, peer: 500 };
const WARM_UP = 500;
const WAIT_MS = 30_000;

type Peer = 'dbos' | 'openworkflow' | 'pg-boss';

/** DBOS is always asked, the others where they are named. */
const PEERS: readonly { name: Peer; title: string }[] = [
  { name: 'dbos', title: 'DBOS 5.3' },
  { name: 'openworkflow', title: 'OpenWorkflow 0.10' },
  { name: 'pg-boss', title: 'pg-boss 12, same rows' },
];

interface Measured {
  cost: Cost;
  latenciesMs: number[];
}

export const oneCall: Question = {
  name: 'one-call',
  async ask(server, { rounds, quick, peers: named }) {
    const full = quick ? QUICK_EXECUTIONS : EXECUTIONS;
    const peers = PEERS.filter(({ name }) => name === 'dbos' || named.includes(name));
    const measured = await interleave<string, Measured>(rounds, {
      ours: (isWarmUp) => runOurs(server, isWarmUp ? WARM_UP : full.ours),
      ...Object.fromEntries(
        peers.map(({ name }) => [name, async (isWarmUp: boolean) => (isWarmUp ? undefined : runPeer(server, name, full.peer))]),
      ),
    });
    const ours = measured['ours'] ?? [];
    const costsOf = (name: string) => (measured[name] ?? []).map(({ cost }) => cost);
    const over = (name: string) => medianRatio(costsOf('ours').map(speed), costsOf(name).map(speed));
    const ratio = over('dbos');
    const p50 = median(ours.map(({ latenciesMs }) => percentile(latenciesMs, 0.5)));
    return {
      title: 'One call an execution, 200 callers in a closed loop: executions of 5 tasks',
      table: [
        THROUGHPUT_COLUMNS.map((column) => (column === 'ratio' ? 'ours over it' : column)),
        throughputRow('ours', costsOf('ours'), '1'),
        ...peers.map(({ name, title }) => throughputRow(title, costsOf(name), over(name).toFixed(1))),
      ],
      method:
        `Each of ${CALLERS} callers starts one execution in process, waits until it has ended, and starts the next; ${full.ours} executions of ` +
        `ours, ${full.peer} of each peer in a process of its own. From call to end ours took ${p50.toFixed(1)} ms (p50).`,
      caveat:
        'To the advantage of DBOS: its caller goes on when the function has ended, before the row says so; it has no tenants, no policies, no ' +
        'inputs and no events. To ours: concurrent starts of one flow share a transaction, which DBOS does not offer. ' +
        'OpenWorkflow is called in the same way. pg-boss is a queue: rows like ours are written beside its jobs, in its transactions. ' +
        'Absurd was not asked: its npm package comes without the SQL that it needs.',
      verdicts: [judge('one call per execution, executions/s over DBOS', ratio, { goal: 10, aim: 20, better: 'higher' })],
    };
  },
};

const speed = (cost: Cost): number => cost.perSecond;

async function runOurs(server: BenchServer, executions: number): Promise<Measured> {
  const database = await server.createDatabase();
  try {
    const flow = await insertFlow(database, chainDefinition(LENGTH));
    const platform = await openBenchPlatform(database);
    const latenciesMs: number[] = [];
    const cost = await measure(database.owner, executions, () => callInClosedLoop(platform, flow, executions, latenciesMs)).finally(
      platform.close,
    );
    await checkCompleted(database, flow, executions);
    return { cost, latenciesMs };
  } finally {
    await database.drop();
  }
}

async function callInClosedLoop({ engine }: BenchPlatform, flow: BenchFlow, executions: number, latenciesMs: number[]): Promise<void> {
  let started = 0;
  const call = async () => {
    while (started < executions) {
      started++;
      const startedAt = performance.now();
      const id = await startOne(engine, flow);
      const status = await engine.waitForEnd(flow.organizationId, id, { timeoutMs: WAIT_MS });
      if (status !== 'completed') throw new Error(`The execution ${id} is ${status} after ${WAIT_MS / 1000} s`);
      latenciesMs.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

async function runPeer(server: BenchServer, name: Peer, executions: number): Promise<Measured> {
  const { cost } = await askPeer(server, name, { kind: 'throughput', executions, callers: CALLERS, steps: LENGTH });
  if (!cost) throw new Error(`${name} measured nothing`);
  return { cost, latenciesMs: [] };
}
