// Does the engine slow down, and do its lists, as its tables grow?
import type { Id } from '../server/src/base/index.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchFlow, checkCompleted, openBenchPlatform, startOne } from './bench-platform.ts';
import { type BenchUser, createFlow, createUsers, readFlow } from './bench-tenants.ts';
import { runInBulk } from './chain.ts';
import { cloneKept, keepExecution } from './clone-kept.ts';
import { loadInClosedLoop, writeRequest } from './http-client.ts';
import { median, medianRatio, percentile } from './measure.ts';
import { type Program, startPlatform } from './program.ts';
import { judge, type Question } from './question.ts';

const LENGTH = 5;
const FEW = 100_000; // task rows
const MANY = 5_000_000;
const QUICK_MANY = 200_000;
const BATCH = 2000;
const READS = 400;
const QUICK_READS = 150;
const DAYS = 90;
const WAIT_MS = 60_000;

interface Measured {
  tasksPerSecond: number[];
  listP99: number[];
  detailP99: number[];
}

export const growth: Question = {
  name: 'growth',
  async ask(server, { rounds, quick, taskRows }) {
    const many = taskRows ?? (quick ? QUICK_MANY : MANY);
    const reads = quick ? QUICK_READS : READS;
    const [few, full] = [await openWorld(server, FEW), await openWorld(server, many)];
    const measured: Record<'few' | 'full', Measured> = { few: nothing(), full: nothing() };
    try {
      for (let round = 0; round <= rounds; round++) {
        for (const [name, world] of [['few', few] as const, ['full', full] as const]) {
          const figures = await measureWorld(world, reads);
          if (round > 0) for (const key of FIGURES) measured[name][key].push(figures[key]);
        }
      }
      for (const { database, flow, executions } of [few, full]) await checkCompleted(database, flow, executions);
    } finally {
      for (const world of [few, full]) await world.close();
    }
    const ratio = (figure: keyof Measured) => medianRatio(measured.full[figure], measured.few[figure]);
    const row = (rows: number, name: 'few' | 'full') => [
      `${rows.toLocaleString('en')} task rows`,
      measured[name].tasksPerSecond.map((speed) => Math.round(speed).toLocaleString('en')).join(' '),
      median(measured[name].listP99).toFixed(1),
      median(measured[name].detailP99).toFixed(1),
    ];
    return {
      title: 'As the tables grow: tasks of a chain of 5, and what the API reads',
      table: [['', 'tasks/s, by round', 'list p99 ms', 'detail p99 ms'], row(FEW, 'few'), row(many, 'full')],
      method:
        `Ended executions of one flow, copied over ${DAYS} days; then ${BATCH} executions at once, and ${reads} reads over HTTP, one after the other, of ` +
        'the newest 50 executions of the flow and of one execution by its id. Both databases in turn; every row is counted and checked at the end.',
      caveat:
        'All of it fits into memory.' +
        (many < MANY ? ` Not the full size: ${many.toLocaleString('en')} task rows instead of ${MANY.toLocaleString('en')}.` : ''),
      verdicts: [
        judge('5,000,000 task rows, tasks/s over the figure at 100,000', ratio('tasksPerSecond'), { goal: 0.8, aim: 1, better: 'higher' }),
        judge('5,000,000 task rows, p99 of a list over that at 100,000', ratio('listP99'), { goal: 2, aim: 1.2, better: 'lower' }),
        judge('5,000,000 task rows, p99 of a detail over that at 100,000', ratio('detailP99'), { goal: 2, aim: 1.2, better: 'lower' }),
      ],
    };
  },
};

const FIGURES = ['tasksPerSecond', 'listP99', 'detailP99'] as const;
const nothing = (): Measured => ({ tasksPerSecond: [], listP99: [], detailP99: [] });

/** A database that has grown, and what reads it. */
interface World {
  database: BenchDatabase;
  api: Program;
  user: BenchUser;
  flow: BenchFlow;
  /** So far. */
  executions: number;
  oldId: Id;
  close(): Promise<void>;
}

async function openWorld(server: BenchServer, taskRows: number): Promise<World> {
  const database = await server.createDatabase();
  const api = await startPlatform(database, { role: 'api' });
  const close = async () => {
    await api.close();
    await database.drop();
  };
  try {
    const [user] = await createUsers(database, { organizations: 1, users: 1 });
    if (!user) throw new Error('There is no user');
    const flow = await readFlow(database, await createFlow(api.url, user, chainDefinition(LENGTH)));
    const oldId = await runFirst(database, flow);
    const copies = Math.ceil(taskRows / LENGTH) - 1;
    await keepExecution(database, oldId);
    await cloneKept(database, copies, { days: DAYS });
    await database.owner.query('vacuum analyze flow_executions, task_executions');
    return { database, api, user, flow, oldId, executions: copies + 1, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runFirst(database: BenchDatabase, flow: BenchFlow): Promise<Id> {
  const platform = await openBenchPlatform(database);
  try {
    const id = await startOne(platform.engine, flow);
    const status = await platform.engine.waitForEnd(flow.organizationId, id, { timeoutMs: WAIT_MS });
    if (status !== 'completed') throw new Error(`The execution to copy is ${status}`);
    return id;
  } finally {
    await platform.close();
  }
}

async function measureWorld(world: World, reads: number): Promise<Record<keyof Measured, number>> {
  const { database, flow } = world;
  const platform = await openBenchPlatform(database);
  const startedAt = performance.now();
  await runInBulk(platform, flow, BATCH).finally(platform.close);
  const seconds = (performance.now() - startedAt) / 1000;
  world.executions += BATCH;
  const list = `/api/flow-executions?flow_id=${flow.flowId}&limit=50`;
  const detail = `/api/flow-executions/${world.oldId}`;
  return {
    tasksPerSecond: (BATCH * LENGTH) / seconds,
    listP99: await readP99(world, list, reads),
    detailP99: await readP99(world, detail, reads),
  };
}

async function readP99({ api, user }: World, path: string, total: number): Promise<number> {
  const request = writeRequest(api.url, { method: 'GET', path, headers: user.headers });
  const options = { connections: 1, request: () => request, isRight: ({ status }: { status: number }) => status === 200 };
  await loadInClosedLoop(api.url, { ...options, total: 20 });
  return percentile((await loadInClosedLoop(api.url, { ...options, total })).latenciesMs, 0.99);
}
