// How many executions a second does the whole platform run for callers who POST and wait, beside others that are reached over HTTP?
import type { BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { checkCompleted } from './bench-platform.ts';
import { createFlow, createUsers, isCompleted, writeStart } from './bench-tenants.ts';
import { loadInClosedLoop } from './http-client.ts';
import { HTTP_PEERS, type HttpMeasured, type HttpPeer } from './http-peers.ts';
import { measure, median, medianRatio, percentile } from './measure.ts';
import { startPlatform } from './program.ts';
import { interleave, judge, type PeerName, type Question, THROUGHPUT_COLUMNS, throughputRow, type Verdict } from './question.ts';

const LENGTH = 5;
const CONNECTIONS = 32;
const EXECUTIONS = 5000;
const QUICK_EXECUTIONS = 1500;
const WARM_UP = 500;

export const httpChain: Question = {
  name: 'http-chain',
  async ask(server, { rounds, quick, peers: named }) {
    const full = quick ? QUICK_EXECUTIONS : EXECUTIONS;
    const { peers, absent } = await openPeers(server, named);
    try {
      const measured = await interleave<string, HttpMeasured>(rounds, {
        step: (isWarmUp) => runOurs(server, isWarmUp ? WARM_UP : full, false),
        pure: (isWarmUp) => runOurs(server, isWarmUp ? WARM_UP : full, true),
        ...Object.fromEntries(peers.map((peer) => [peer.name, (isWarmUp: boolean) => peer.run(isWarmUp, CONNECTIONS)])),
      });
      const of = (name: string): HttpMeasured[] => measured[name] ?? [];
      const speed = (name: string) => of(name).map(({ cost }) => cost.perSecond);
      const p50 = (name: string) => median(of(name).map(({ latenciesMs }) => percentile(latenciesMs, 0.5)));
      const row = (label: string, name: string, ratio: string) => [
        ...throughputRow(
          label,
          of(name).map(({ cost }) => cost),
          ratio,
        ),
        p50(name).toFixed(1),
      ];
      const over = (peer: HttpPeer) => medianRatio(speed('step'), speed(peer.name));
      return {
        title: 'Over HTTP, 32 connections, POST and wait: executions of 5 tasks',
        table: [
          [...THROUGHPUT_COLUMNS.map((column) => (column === 'ratio' ? 'ours over it' : column)), 'p50 ms'],
          row('ours', 'step', '1'),
          row('ours, pure tasks', 'pure', '-'),
          ...peers.map((peer) => row(peer.title, peer.name, over(peer).toFixed(1))),
        ],
        method:
          `${full} executions a round in a closed loop of ${CONNECTIONS} connections; each is answered when it has completed, which is checked, as ` +
          'is every row of ours afterwards. Servers run in processes of their own; CPU is theirs and that of the caller.',
        caveat:
          'Ours authenticates each request, binds it to its organization, checks the input against a schema; the others take it from anybody. ' +
          `Restate writes a journal of its own instead of PostgreSQL.${absent.map((reason) => ` ${reason}`).join('')}`,
        verdicts: peers.map(
          (peer): Verdict =>
            judge(`over HTTP, chain of 5, executions/s over ${peer.title}`, over(peer), { ...peer.bounds, better: 'higher' }),
        ),
      };
    } finally {
      for (const peer of peers) await peer.close();
    }
  },
};

/** Those that can be had here. For each of the others the reason is printed, and stands in the report. */
async function openPeers(server: BenchServer, named: readonly PeerName[]): Promise<{ peers: HttpPeer[]; absent: string[] }> {
  const peers: HttpPeer[] = [];
  const absent: string[] = [];
  for (const { name, open } of HTTP_PEERS) {
    if (!named.includes(name)) {
      absent.push(`Not asked: ${name} (\`--peers ${name}\`).`);
      continue;
    }
    try {
      peers.push(await open(server));
    } catch (error) {
      absent.push(`Not asked: ${name} (${error instanceof Error ? error.message.slice(0, 300).replaceAll('\n', ' ') : error}).`);
      console.error(absent.at(-1));
    }
  }
  return { peers, absent };
}

async function runOurs(server: BenchServer, executions: number, pure: boolean): Promise<HttpMeasured> {
  const database = await server.createDatabase();
  const platform = await startPlatform(database);
  try {
    const [user] = await createUsers(database, { organizations: 1, users: 1 });
    if (!user) throw new Error('There is no user');
    const flow = await createFlow(platform.url, user, chainDefinition(LENGTH, { pure }));
    const request = writeStart(platform.url, user, flow);
    const load = (total: number) =>
      loadInClosedLoop(platform.url, { connections: CONNECTIONS, total, request: () => request, isRight: isCompleted });
    await load(WARM_UP);
    let latenciesMs: number[] = [];
    const run = async () => {
      ({ latenciesMs } = await load(executions));
    };
    const cost = await measure(database.owner, executions, run, [platform]);
    await checkCompleted(database, flow, WARM_UP + executions);
    return { cost, latenciesMs };
  } finally {
    await platform.close();
    await database.drop();
  }
}
