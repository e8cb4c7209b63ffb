// How long does a caller wait over HTTP when nothing else runs, from the POST to the execution that has completed?
import type { BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { checkCompleted } from './bench-platform.ts';
import { createFlow, createUsers, isCompleted, writeStart } from './bench-tenants.ts';
import { openConnection } from './http-client.ts';
import { median, percentile, timeEach, WARM_UP } from './measure.ts';
import { startPlatform } from './program.ts';
import { interleave, judge, type Question } from './question.ts';

const SAMPLES = 200;
const QUICK_SAMPLES = 60;

export const httpLatency: Question = {
  name: 'http-latency',
  async ask(server, { rounds, quick }) {
    const full = quick ? QUICK_SAMPLES : SAMPLES;
    const run = (length: number) => (isWarmUp: boolean) => (isWarmUp ? undefined : postOneByOne(server, full, length));
    const measured = await interleave<'one' | 'five', number[]>(rounds, { one: async (w) => run(1)(w), five: async (w) => run(5)(w) });
    const each = (name: 'one' | 'five', p: number) => measured[name].map((latencies) => percentile(latencies, p));
    const p50 = (name: 'one' | 'five') => median(each(name, 0.5));
    const row = (label: string, name: 'one' | 'five') => [
      label,
      each(name, 0.5)
        .map((ms) => ms.toFixed(2))
        .join(' '),
      median(each(name, 0.99)).toFixed(2),
    ];
    return {
      title: 'Idle, over HTTP: from the POST to the completed execution in its answer',
      table: [['', 'p50 ms, by round', 'p99 ms'], row('1 task', 'one'), row('5 tasks', 'five')],
      method:
        `${full} requests a round with \`Prefer: wait\`, one after the other with pauses of 3 to 9 ms, to a platform in a process of its own ` +
        '(API and worker); every row and output is checked afterwards.',
      caveat: 'Milliseconds of this machine, not a ratio. The caller shares the cores.',
      verdicts: [judge('POST to completed over HTTP when idle, 1 task, p50 ms', p50('one'), { goal: 10, aim: 5, better: 'lower' })],
    };
  },
};

async function postOneByOne(server: BenchServer, samples: number, length: number): Promise<number[]> {
  const database = await server.createDatabase();
  const platform = await startPlatform(database);
  try {
    const [user] = await createUsers(database, { organizations: 1, users: 1 });
    if (!user) throw new Error('There is no user');
    const flow = await createFlow(platform.url, user, chainDefinition(length));
    const request = writeStart(platform.url, user, flow);
    const connection = await openConnection(platform.url);
    const latencies = await timeEach(samples, async () => {
      const answer = await connection.ask(request);
      if (!isCompleted(answer)) throw new Error(`A wrong answer: ${answer.status} ${answer.body}`);
    });
    connection.close();
    await checkCompleted(database, flow, samples + WARM_UP);
    return latencies;
  } finally {
    await platform.close();
    await database.drop();
  }
}
