// What does a recorded task output cost over HTTP, beside the insert of its row alone?
import { Client } from 'pg';
import { type Id, newId } from '../server/src/base/index.ts';
import type { BenchDatabase, BenchServer } from './bench-database.ts';
import { chainDefinition } from './bench-flows.ts';
import { type BenchUser, createFlow, createUsers, runToEnd } from './bench-tenants.ts';
import { loadInClosedLoop, writeRequest } from './http-client.ts';
import { type Cost, measure, medianRatio } from './measure.ts';
import { type Program, startPlatform } from './program.ts';
import { interleave, judge, type Question, THROUGHPUT_COLUMNS, throughputRow } from './question.ts';

const USERS = 16;
const ORGANIZATIONS = 4;
const MANY = 32;
const POSTS = { one: 2000, many: 12_000 };
const QUICK_POSTS = { one: 500, many: 3000 };
const WARM_UP = 500;
const OUTPUT = { v: 1, text: 'A result as small as most are' };

type Variant = 'insertOne' | 'postOne' | 'insertMany' | 'postMany';

export const postOutput: Question = {
  name: 'post-output',
  async ask(server, { rounds, quick }) {
    const full = quick ? QUICK_POSTS : POSTS;
    const run = (variant: typeof insertRows, connections: number, total: number) => (isWarmUp: boolean) =>
      onFreshDatabase(server, (world) => variant(world, connections, isWarmUp ? WARM_UP : total));
    const costs = await interleave<Variant, Cost>(rounds, {
      insertOne: run(insertRows, 1, full.one),
      postOne: run(postOutputs, 1, full.one),
      insertMany: run(insertRows, MANY, full.many),
      postMany: run(postOutputs, MANY, full.many),
    });
    const ratio = (post: Variant, insert: Variant) => medianRatio(costs[post].map(speed), costs[insert].map(speed));
    const [one, many] = [ratio('postOne', 'insertOne'), ratio('postMany', 'insertMany')];
    return {
      title: 'POST /api/task-outputs: outputs recorded',
      table: [
        THROUGHPUT_COLUMNS,
        throughputRow('insert, 1 connection', costs.insertOne, '1'),
        throughputRow('POST, 1 connection', costs.postOne, one.toFixed(2)),
        throughputRow(`insert, ${MANY} connections`, costs.insertMany, '1'),
        throughputRow(`POST, ${MANY} connections`, costs.postMany, many.toFixed(2)),
      ],
      method:
        `${USERS} signed-in users of ${ORGANIZATIONS} organizations record outputs of executions that have ended, in a closed loop, to a platform in ` +
        'a process of its own; what is compared with is a prepared insert of the same row, a transaction each, by as many connections of the ' +
        "engine's role, with the table's indexes, foreign key and policies. Rows are counted afterwards.",
      caveat:
        'The insert is sent by this process over the protocol of the database: no HTTP, no authentication, no validation, no answer to write, and ' +
        'nobody hears of it. Caller, platform and server share the cores.',
      verdicts: [
        judge('POST /api/task-outputs over an insert, 1 connection', one, { goal: 0.35, aim: 0.6, better: 'higher' }),
        judge('POST /api/task-outputs over an insert, 32 connections', many, { goal: 0.5, aim: 0.9, better: 'higher' }),
      ],
    };
  },
};

const speed = (cost: Cost): number => cost.perSecond;

/** Users, and an execution of each user's organization. */
interface World {
  database: BenchDatabase;
  platform: Program;
  users: BenchUser[];
  executionIds: Map<Id, Id>;
}

async function onFreshDatabase(server: BenchServer, run: (world: World) => Promise<Cost>): Promise<Cost> {
  const database = await server.createDatabase();
  const platform = await startPlatform(database);
  try {
    const users = await createUsers(database, { organizations: ORGANIZATIONS, users: USERS });
    const executionIds = new Map<Id, Id>();
    for (const user of users.slice(0, ORGANIZATIONS)) {
      const flow = await createFlow(platform.url, user, chainDefinition(1));
      executionIds.set(user.organizationId, (await runToEnd(platform.url, user, flow, 60)).id);
    }
    return await run({ database, platform, users, executionIds });
  } finally {
    await platform.close();
    await database.drop();
  }
}

async function postOutputs({ database, platform, users, executionIds }: World, connections: number, total: number): Promise<Cost> {
  const requests = users.map((user) =>
    writeRequest(platform.url, {
      method: 'POST',
      path: '/api/task-outputs',
      headers: user.headers,
      body: {
        organization_id: user.organizationId,
        flow_execution_id: executionIds.get(user.organizationId),
        task_name: 't0',
        summary: 'Done',
        output: OUTPUT,
        status: 'completed',
      },
    }),
  );
  const post = (count: number) =>
    loadInClosedLoop(platform.url, {
      connections,
      total: count,
      request: (_connection, number) => requests[number % requests.length] as Buffer,
      isRight: ({ status, body }) => status === 201 && body.includes(OUTPUT.text),
    });
  await post(WARM_UP);
  const work = async () => {
    await post(total);
  };
  const cost = await measure(database.owner, total, work, [platform]);
  await checkRows(database, WARM_UP + total);
  return cost;
}

async function insertRows({ database, executionIds }: World, connections: number, total: number): Promise<Cost> {
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: database.engineUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const places = [...executionIds];
  const insertAll = async (count: number) => {
    let sent = 0;
    const run = async (client: Client) => {
      while (sent < count) {
        const [organizationId, executionId] = places[sent++ % places.length] as [Id, Id];
        const values = [organizationId, newId(), executionId, JSON.stringify('Done'), JSON.stringify(OUTPUT), Buffer.alloc(32)];
        await client.query({ name: 'insert', text: INSERT, values });
      }
    };
    await Promise.all(clients.map(run));
  };
  await insertAll(WARM_UP);
  const cost = await measure(database.owner, total, () => insertAll(total));
  await Promise.all(clients.map((client) => client.end()));
  await checkRows(database, WARM_UP + total);
  return cost;
}

const INSERT = `
insert into task_outputs (organization_id, id, flow_execution_id, task_name, summary, output, processing_status, edited_status, stale_status,
                          flow_version, content_hash, modified_by)
values ($1, $2, $3, 't0', $4, $5, 'completed', 'not_edited', 'consistent', 1, $6, 'bench')
returning created_at`;

async function checkRows({ owner }: BenchDatabase, expected: number): Promise<void> {
  const text = `select count(*)::int as n, count(distinct organization_id)::int as organizations from task_outputs where output ->> 'text' = $1`;
  const { rows } = await owner.query<{ n: number; organizations: number }>(text, [OUTPUT.text]);
  const [found] = rows;
  if (found?.n !== expected || found.organizations !== ORGANIZATIONS)
    throw new Error(`The run is wrong: ${JSON.stringify(found)}, expected ${expected} outputs of ${ORGANIZATIONS} organizations`);
}
