import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, newId } from '#base';
import { createEngineDatabase, type EngineDatabase } from '#db';
import { createEngine } from '#engine';
import { createEventHub } from '#events';
import { createPlans, limitedExecutors } from '#worker';
import { checkHistory } from '../../src/engine/check-history.ts';
import { createTestDatabase } from '../support/database.ts';
import { withEffect } from './crash-worker.ts';
import { type RunningChild, startChild } from './start-child.ts';

const KILLS = 25;
const KILL_EVERY_MS = 400;
const WORKERS = 2;
const SPARE = 1; // one starts while two work: a process takes a second to come up
const BACKLOG = 30; // runs under way at least, so that whoever is killed holds something
const MOST_EXECUTIONS = 400;
const QUIET_LIMIT_MS = 120_000; // after the last kill: a lease of 10 s, what was held, and a slow machine

const DEFINITION = {
  name: 'crash',
  tasks: [
    { name: 'begin', task_executor_name: 'receive_file', parameters: {} },
    ...['first', 'second', 'third'].map((name, i) => ({
      name,
      task_executor_name: 'effect',
      depends_on: [i === 0 ? 'begin' : ['first', 'second'][i - 1]],
      parameters: { sink: '{{input.metadata.sink}}', body: `{{execution.id}} ${name}`, wait_ms: [100, 200, 300][i] },
    })),
    { name: 'sum', task_executor_name: 'format_data', parameters: { fields: { all: '[first.value, second.value, third.value]' } } },
  ],
};

/** Applies each key once and answers the number of its first call, as a receiver that honours idempotency keys does. */
async function startSink() {
  const bodies = new Map<string, Set<string>>();
  const numbers = new Map<string, number>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    const key = String(request.headers['idempotency-key']);
    const body = await readAll(request);
    calls++;
    bodies.set(key, (bodies.get(key) ?? new Set()).add(body));
    numbers.set(key, numbers.get(key) ?? numbers.size + 1);
    response.end(String(numbers.get(key)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, calls: () => calls, close: () => server.close() };
}

async function insertFlow(db: EngineDatabase, organizationId: string) {
  const [flowId, versionId] = [newId(), newId()];
  await db.query('t_org', 'insert into organizations (id, name, max_concurrent) values ($1, $2, null)', [organizationId, 'Crash']);
  await db.query(
    't_flow',
    `insert into flows (organization_id, id, display_name, created_by, modified_by) values ($1, $2, 'crash', 't', 't')`,
    [organizationId, flowId],
  );
  await db.query(
    't_version',
    `insert into flow_versions (organization_id, id, flow_id, version, definition, modified_by) values ($1, $2, $3, 1, $4, 't')`,
    [organizationId, versionId, flowId, JSON.stringify(DEFINITION)],
  );
  const fileKey = `flows/${flowId}/documents/${newId()}`;
  await db.query(
    't_file',
    `insert into files (organization_id, id, flow_id, file_key, filename, size_bytes, sha256, modified_by, uploaded_at)
     values ($1, $2, $3, $4, 'a.txt', 1, $5, 't', now())`,
    [organizationId, newId(), flowId, fileKey, randomBytes(32)],
  );
  return { flowId, versionId, fileKey };
}

test('a worker is killed 25 times while it holds work, and every run completes with each effect once', { timeout: 240_000 }, async () => {
  const alive: RunningChild[] = [];
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'flow-crash-'));
  const log = createLog({ level: 'silent' });
  const db = createEngineDatabase(database.engineUrl, { max: 4 });
  const events = await createEventHub({ engineDb: db, log });
  const sink = await startSink();
  onTestFinished(async () => {
    for (const child of alive) child.process.kill('SIGKILL');
    sink.close();
    await events.close();
    await db.close();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const organizationId = newId();
  const { flowId, versionId, fileKey } = await insertFlow(db, organizationId);
  const plans = createPlans({ db, catalogue: withEffect });
  const engine = createEngine({ db, plans: plans.load, events, log, limitedExecutors: limitedExecutors(withEffect) });
  const start = () =>
    engine.start(organizationId, {
      id: newId(),
      flowId,
      flowVersionId: versionId,
      flowVersion: 1,
      inputTaskName: 'begin',
      input: { file_key: fileKey, metadata: { sink: sink.url } },
      triggeredTaskExecutorName: null,
      triggeredBy: 'test',
      modifiedBy: 'test',
    });
  const held = async (workerId: number) => {
    const [row] = await db.query<{ n: number }>(
      't_held',
      `select count(*)::int as n from task_executions where worker = $1 and status = 'running'`,
      [workerId],
    );
    return row?.n ?? 0;
  };
  const unfinished = async () => {
    const [row] = await db.query<{ n: number }>(
      't_open',
      `select count(*)::int as n from flow_executions where status in ('queued', 'running')`,
      [],
    );
    return row?.n ?? 0;
  };

  const starting = new Set<Promise<void>>();
  const replace = () => {
    const child = startChild(database.engineUrl, dataDir).then((ready) => void alive.push(ready));
    starting.add(child);
    child.finally(() => starting.delete(child));
  };
  for (let i = 0; i < WORKERS + SPARE; i++) replace();
  let started = 0;
  let kills = 0;
  const findVictim = async () => {
    for (const child of alive) if ((await held(child.workerId)) > 0) return child;
    return undefined;
  };
  while (kills < KILLS) {
    while ((await unfinished()) < BACKLOG && started < MOST_EXECUTIONS) await start().then(() => started++);
    await sleep(KILL_EVERY_MS); // the pace of the kills is the test's subject, not a wait for something
    const victim = await findVictim();
    if (!victim) continue;
    alive.splice(alive.indexOf(victim), 1);
    victim.process.kill('SIGKILL');
    await once(victim.process, 'exit');
    if ((await held(victim.workerId)) > 0) kills++; // it died with work in its hands
    replace();
  }
  await Promise.all(starting);
  const deadline = Date.now() + QUIET_LIMIT_MS;
  while ((await unfinished()) > 0 && Date.now() < deadline) await sleep(100);

  const failures = await db.query(
    't_failures',
    `select distinct error->>'message' as message from task_executions where status = 'failed'`,
    [],
  );
  expect(failures).toEqual([]);
  const statuses = await db.query<{ status: string; n: number }>(
    't_status',
    'select status, count(*)::int as n from flow_executions group by 1',
    [],
  );
  expect(statuses).toEqual([{ status: 'completed', n: started }]);
  const outputs = await db.query<{ n: number }>(
    't_outputs',
    `select count(*)::int as n from task_executions where status = 'completed' and output is not null`,
    [],
  );
  expect(outputs[0]?.n).toBe(started * DEFINITION.tasks.length);
  expect(kills).toBe(KILLS);
  expect(sink.bodies.size).toBe(started * 3);
  expect([...sink.bodies.values()].every((bodies) => bodies.size === 1)).toBe(true);
  expect(new Set([...sink.bodies.values()].map((bodies) => [...bodies][0])).size).toBe(started * 3);
  expect(sink.calls()).toBeGreaterThan(started * 3 - 1);
  const history = await checkHistory(db);
  expect(history.violations).toEqual([]);
});
