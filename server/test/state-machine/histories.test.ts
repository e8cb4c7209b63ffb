// P12: histories of all earlier versions load and go on. The rows were written by the engine of their time (fixtures/README.md).
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createLog, type Id } from '#base';
import { createEngineDatabase, migrate } from '#db';
import { createEngine, createTaskEngine, decidedOutcome, type TaskOutcome } from '#engine';
import { createEventHub } from '#events';
import { checkHistory } from '../../src/engine/check-history.ts';
import { after, planOf } from '../../src/engine/testing/plan-builder.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const log = createLog({ level: 'silent' });

/** The flow of all runs in the fixtures: t0 -> for each of a list t2 -> t3, and t0 -> t4; t5 follows both. */
const PLAN = planOf([
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { scope: [1], after: after(1), readsItem: true },
  { after: after(2) },
  { after: after(0) },
  { after: after(3, 4) },
]);

async function migrateTo(database: TestDatabase, version: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-migrations-'));
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql') && Number(name.slice(0, 4)) <= version);
  await Promise.all(names.map((name) => copyFile(join(MIGRATIONS, name), join(folder, name))));
  await migrate({ ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log, folder });
  await rm(folder, { recursive: true });
}

/** As a dump is restored: an owner that is no superuser is let past the policies meanwhile. */
async function load(owner: Client, version: number): Promise<void> {
  const text = await readFile(new URL(`fixtures/after-000${version}.jsonl`, import.meta.url), 'utf8');
  const forEachTable = (what: string) =>
    owner.query(`do $$ declare t regclass; begin
      for t in select oid from pg_class where relkind = 'r' and relrowsecurity and relnamespace = 'public'::regnamespace loop
        execute format('alter table %s ${what} row level security', t); end loop; end $$`);
  await forEachTable('no force');
  for (const line of text.trimEnd().split('\n')) {
    const { table, row } = JSON.parse(line) as { table: string; row: Record<string, unknown> };
    const columns = Object.keys(row).join(', ');
    const into = `insert into ${table} (${columns}) overriding system value`;
    await owner.query(`${into} select ${columns} from json_populate_record(null::${table}, $1)`, [JSON.stringify(row)]);
  }
  await owner.query(`select setval(pg_get_serial_sequence('workers', 'id'), (select max(id) from workers))`);
  await forEachTable('force');
}

async function openHistory(version: number) {
  const database = await createTestDatabase({ migrated: false });
  await migrateTo(database, version);
  const owner = new Client(database.ownerUrl);
  await owner.connect();
  await load(owner, version);
  await migrate({ ownerUrl: database.ownerUrl, encryptionKey: database.encryptionKey, log });
  const db = createEngineDatabase(database.engineUrl, { max: 4 });
  const events = await createEventHub({ engineDb: db, log });
  const parts = { db, events, log, plans: async () => PLAN };
  onTestFinished(async () => {
    await events.close();
    await db.close();
    await owner.end();
    await database.drop();
  });
  const query = <T>(text: string) => db.query<T>(`test/${createHash('sha1').update(text).digest('hex')}`, text, []);
  return { db, query, engine: createEngine(parts), tasks: createTaskEngine(parts), plans: parts.plans };
}

const outcome = (kind: 'task' | 'gate'): TaskOutcome =>
  kind === 'gate' ? { status: 'completed', items: ['a', 'b', 'c'] } : { status: 'completed', output: '{"v":1}' };

type History = Awaited<ReturnType<typeof openHistory>>;

/** A worker of today goes on until nothing is left; what waits hears of its event, time passes. */
async function goOn({ db, engine, tasks }: History): Promise<void> {
  const worker = await tasks.registerWorker();
  for (let round = 0; round < 20; round++) {
    await db.query('test/due', `update task_executions set ready_at = now() where status = 'scheduled'`, []);
    await tasks.tick();
    const waiting = await db.query<{ organization_id: Id; id: Id }>(
      'test/waiting',
      `select organization_id, id from task_executions where status = 'awaiting_input' and decision is null`,
      [],
    );
    for (const { organization_id, id } of waiting)
      await engine.settleWaiting(organization_id, id, { status: 'completed', output: 1 }, 'test');
    const held = await tasks.claim(worker, { batch: 50 });
    const results = held.map((task) => ({ task, outcome: decidedOutcome(task) ?? outcome(task.planned.kind) }));
    if (results.length > 0) await tasks.settle(worker, results, { claim: false });
  }
}

const ENDED = `('completed', 'failed', 'cancelled')`;
const ended = ({ query }: History) =>
  query<{
    line: string;
  }>(`select e.id || ' ' || e.status || ' ' || (select string_agg(t.task || '/' || t.item || ' ' || t.status || ' ' || t.attempt, ', ' order by t.task, t.item)
    from task_executions t where t.organization_id = e.organization_id and t.execution_id = e.id) as line from flow_executions e where e.status in ${ENDED} order by e.id`);

test.each([3, 4, 5])('P12: runs that the engine of migration %i left go on, and all end', async (version) => {
  const history = await openHistory(version);
  const before = await ended(history);
  expect(before).toHaveLength(3);
  await goOn(history);
  const after = await ended(history);
  expect(after).toHaveLength(9);
  expect(after, 'what had ended stays as it was').toEqual(expect.arrayContaining(before));
  const statuses = await history.query<{ status: string; n: number }>(
    'select status, count(*)::int as n from flow_executions group by 1 order by 1',
  );
  expect(statuses).toEqual([
    { status: 'cancelled', n: 2 },
    { status: 'completed', n: 6 },
    { status: 'failed', n: 1 },
  ]);
  expect((await checkHistory(history.db, { plans: history.plans })).violations).toEqual([]);
});
