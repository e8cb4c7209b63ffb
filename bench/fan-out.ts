// Is an item of a large fan-out as cheap as a task of a chain, and what memory does a large one take?
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { fanOutDefinition } from './bench-flows.ts';
import { insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { callApi, createFlow, createUsers } from './bench-tenants.ts';
import { runChains } from './chain.ts';
import { type Cost, measure, medianRatio } from './measure.ts';
import { startPlatform } from './program.ts';
import { interleave, judge, type Question, THROUGHPUT_COLUMNS, throughputRow } from './question.ts';

const ITEMS = { some: 10_000, many: 100_000 };
const QUICK_ITEMS = { some: 10_000, many: 20_000 };
const WARM_UP = 1000;
const DEADLINE_MS = 300_000;
const LENGTH = 5; // tasks of a fan-out that are no items: input, list, its gate, the sum; one more or less does not show
const MEGABYTE = 1024 * 1024;

export const fanOut: Question = {
  name: 'fan-out',
  async ask(server, effort) {
    const items = effort.quick ? QUICK_ITEMS : ITEMS;
    const costs = await interleave<'chain' | 'some' | 'many', Cost>(effort.rounds, {
      chain: () => runChains(server, { pure: false }),
      some: (isWarmUp) => runFanOut(server, isWarmUp ? WARM_UP : items.some),
      many: async (isWarmUp) => (isWarmUp ? undefined : runFanOut(server, items.many)),
    });
    const speed = (name: keyof typeof costs) => costs[name].map(({ perSecond }) => perSecond);
    const [some, many] = [medianRatio(speed('some'), speed('chain')), medianRatio(speed('many'), speed('chain'))];
    const memory = await measureMemory(server, items.many);
    const text = (count: number) => count.toLocaleString('en');
    return {
      title: 'One execution that fans out and sums up: items',
      table: [
        THROUGHPUT_COLUMNS,
        throughputRow('chain of 5, in bulk', costs.chain, '1'),
        throughputRow(`${text(items.some)} items`, costs.some, some.toFixed(2)),
        throughputRow(`${text(items.many)} items`, costs.many, many.toFixed(2)),
      ],
      method:
        'A task lists numbers, a task runs for each of them, a last one sums them up; in process, beside the chain of 5 in bulk. Number and sum are ' +
        `checked. Memory: ${text(items.many)} items started over HTTP, run by a worker in a process of its own and read back through the API in ` +
        `another: at most ${memory.worker} MB in the worker, ${memory.api} MB in the API.`,
      caveat:
        'An item is one row and one output, as a task of a chain is; its value and the sum come on top.' +
        (effort.quick ? ` A quick run: ${text(items.many)} items instead of ${text(ITEMS.many)}.` : ''),
      verdicts: [
        judge('fan-out of 10,000, items/s over the tasks/s of a chain', some, { goal: 0.8, aim: 1, better: 'higher' }),
        judge('fan-out of 100,000, items/s over the tasks/s of a chain', many, { goal: 0.8, aim: 1, better: 'higher' }),
        judge('fan-out of 100,000, memory of the worker, MB', memory.worker, { goal: 512, aim: 256, better: 'lower' }),
        judge('fan-out of 100,000, memory of the API, MB', memory.api, { goal: 512, aim: 256, better: 'lower' }),
      ],
    };
  },
};

async function runFanOut(server: BenchServer, items: number): Promise<Cost> {
  const database = await server.createDatabase();
  try {
    const flow = await insertFlow(database, fanOutDefinition(items));
    const platform = await openBenchPlatform(database);
    const run = async () => {
      const id = await startOne(platform.engine, flow);
      const status = await platform.engine.waitForEnd(flow.organizationId, id, { timeoutMs: DEADLINE_MS });
      if (status !== 'completed') throw new Error(`The execution of ${items} items is ${status}`);
    };
    const cost = await measure(database.owner, items, run).finally(platform.close);
    await checkSum(database, items);
    return cost;
  } finally {
    await database.drop();
  }
}

/** The items were 0, 1, 2 ..., each task added one. */
const sumOf = (items: number): number => (items * (items + 1)) / 2;

async function checkSum({ owner }: BenchDatabase, items: number): Promise<void> {
  const { rows } = await owner.query<{ found: { count: number; sum: number }; completed: number }>(
    `select (select output from task_executions where output ->> 'sum' is not null) as found,
            (select count(*)::int from task_executions where status = 'completed') as completed`,
  );
  const [row] = rows;
  const isRight = row?.found?.count === items && row.found.sum === sumOf(items) && row.completed >= items + LENGTH - 2;
  if (!isRight) throw new Error(`The run is wrong: ${JSON.stringify(row)}, expected the sum ${sumOf(items)} of ${items} items`);
}

/** Peaks of resident memory, in MB, of two processes: one that runs it, one through which it is started, watched and read. */
async function measureMemory(server: BenchServer, items: number): Promise<{ worker: number; api: number }> {
  const database = await server.createDatabase();
  const api = await startPlatform(database, { role: 'api' });
  const worker = await startPlatform(database, { role: 'worker' });
  try {
    const [user] = await createUsers(database, { organizations: 1, users: 1 });
    if (!user) throw new Error('There is no user');
    const flow = await createFlow(api.url, user, fanOutDefinition(items));
    const { id } = await callApi(api.url, user, 'POST', '/api/flow-executions', { flow_id: flow.flowId, input: {} });
    const deadline = Date.now() + DEADLINE_MS;
    const read = (path: string) => callApi(api.url, user, 'GET', path);
    while ((await read(`/api/flow-executions/${id}`)).status !== 'completed') {
      if (Date.now() > deadline) throw new Error(`The execution of ${items} items did not end within ${DEADLINE_MS / 1000} s`);
      await sleep(500);
    }
    await checkSum(database, items);
    for (const list of ['task-outputs', 'task-executions']) await read(`/api/${list}?flow_execution_id=${id}&limit=100`);
    const peak = ({ memory }: { memory(): { peak: number } }) => Math.round(memory().peak / MEGABYTE);
    return { worker: peak(worker), api: peak(api) };
  } finally {
    await worker.close();
    await api.close();
    await database.drop();
  }
}
