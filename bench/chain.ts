// How much of what PostgreSQL can write at all becomes finished tasks?

import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchFlow, type BenchPlatform, checkCompleted, insertFlow, openBenchPlatform, startOne } from './bench-platform.ts';
import { type Cost, measure, medianRatio } from './measure.ts';
import { interleave, judge, type Question, THROUGHPUT_COLUMNS, throughputRow } from './question.ts';
import { writeFloor } from './write-floor.ts';

const LENGTH = 5;
const EXECUTIONS = 2000;
const DEADLINE_MS = 60_000;

export const chain: Question = {
  name: 'chain',
  async ask(server, { rounds }) {
    const costs = await interleave<'floor' | 'step' | 'pure', Cost>(rounds, {
      floor: () => onFreshDatabase(server, false, writeFloor),
      step: () => runChains(server, { pure: false }),
      pure: () => runChains(server, { pure: true }),
    });
    const ofFloor = (name: 'step' | 'pure') => medianRatio(costs[name].map(speed), costs.floor.map(speed));
    const [step, pure] = [ofFloor('step'), ofFloor('pure')];
    return {
      title: 'A chain of 5, in bulk: tasks',
      table: [
        THROUGHPUT_COLUMNS,
        throughputRow('write floor', costs.floor, '1'),
        throughputRow('chain', costs.step, step.toFixed(2)),
        throughputRow('chain, pure tasks', costs.pure, pure.toFixed(2)),
      ],
      method:
        `${EXECUTIONS} executions are started at once, one call each, and run by one worker in the same process; the clock stops when the last ` +
        'one has been announced as ended, then every row and output is checked.',
      caveat:
        'The floor inserts the same rows once, already final, 200 executions a statement over 4 connections, and runs nothing: no engine can ' +
        'reach it. The organization has no limit of concurrent executions.',
      verdicts: [
        judge('chain of 5, tasks/s over the write floor', step, { goal: 0.25, aim: 0.5, better: 'higher' }),
        judge('pure chain of 5, tasks/s over the write floor', pure, { goal: 0.45, aim: 0.75, better: 'higher' }),
      ],
    };
  },
};

const speed = (cost: Cost): number => cost.perSecond;

/** The chain in bulk on a database of its own; cost per task. */
export const runChains = (server: BenchServer, { pure }: { pure: boolean }): Promise<Cost> => onFreshDatabase(server, pure, runAll);

async function onFreshDatabase(
  server: BenchServer,
  pure: boolean,
  run: (database: BenchDatabase, flow: BenchFlow, executions: number) => Promise<Cost>,
): Promise<Cost> {
  const database = await server.createDatabase();
  try {
    const flow = await insertFlow(database, chainDefinition(LENGTH, { pure }));
    const cost = await run(database, flow, EXECUTIONS);
    await checkCompleted(database, flow, EXECUTIONS);
    return cost;
  } finally {
    await database.drop();
  }
}

async function runAll(database: BenchDatabase, flow: BenchFlow, executions: number): Promise<Cost> {
  const platform = await openBenchPlatform(database);
  try {
    return await measure(database.owner, executions * flow.length, () => runInBulk(platform, flow, executions));
  } finally {
    await platform.close();
  }
}

/** Starts so many at once and waits until all have ended. */
export async function runInBulk(platform: BenchPlatform, flow: BenchFlow, executions: number): Promise<void> {
  const ended = allEnded(platform, flow, executions);
  await Promise.all(Array.from({ length: executions }, () => startOne(platform.engine, flow)));
  await ended;
}

/** Each execution of a chain is announced as changed once: when it ends. What was announced is compared with the rows afterwards. */
function allEnded({ events }: BenchPlatform, { organizationId, flowId }: BenchFlow, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ended = new Set<string>();
  const deadline = setTimeout(
    () => reject(new Error(`${ended.size} of ${count} executions ended within ${DEADLINE_MS / 1000} s`)),
    DEADLINE_MS,
  );
  const leave = events.subscribe(organizationId, flowId, ({ type, id }) => {
    if (type === 'flow_execution.updated') ended.add(id);
    if (ended.size === count) resolve();
  });
  return promise.finally(() => {
    clearTimeout(deadline);
    leave();
  });
}
