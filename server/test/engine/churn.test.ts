/** Runs come and go by age for as long as an installation lives: the tables of the queue and their indexes do not grow with what has gone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Id, newId } from '#base';
import { purgeExecutions } from '../../src/engine/purge-executions.ts';
import { statementRunner } from '../../src/engine/run-statement.ts';
import { chainOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine, type TestFlow } from './engine-fixture.ts';

const TABLES = ['task_executions', 'flow_executions'] as const;
const ROUNDS = 5;
const RUNS = 20; // of a round
const TASKS = 500; // of a run: 50,000 in all
const SLACK = 1.15; // pages that are partly filled, and the free-space map

let fixture: EngineFixture;
let flow: TestFlow;
beforeAll(async () => {
  fixture = await openEngine();
  flow = await fixture.flow(await fixture.organization(), chainOf(1));
});
afterAll(() => fixture.close());

/** What 10,000 tasks leave behind that were ready, ran and completed: three versions of a row, each in the indexes. */
async function liveThrough(): Promise<void> {
  const runs = Array.from({ length: RUNS }, newId);
  const { organizationId, flowId, versionId } = flow;
  await fixture.admin.query(
    `insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input, modified_by)
     select $1, id, $2, $3, 1, n, 'queued', 0, 1, 1, '{}', 'test' from unnest($4::uuid[]) with ordinality as r (id, n)`,
    [organizationId, flowId, versionId, runs],
  );
  const ids: Id[] = Array.from({ length: RUNS * TASKS }, newId);
  await fixture.admin.query(
    `insert into task_executions (organization_id, id, execution_id, generation, task, item, status, input)
     select $1, id, ($2::uuid[])[1 + (n - 1) / ${TASKS}], 0, 0, (n - 1) % ${TASKS}, 'ready', json_build_object('n', n) from unnest($3::uuid[]) with ordinality as t (id, n)`,
    [organizationId, runs, ids],
  );
  for (const status of ['running', 'completed']) {
    await fixture.admin.query(`update flow_executions set status = $1, updated_at = clock_timestamp() where id = any ($2::uuid[])`, [
      status,
      runs,
    ]);
    await fixture.admin.query(
      `update task_executions set status = $1, worker = case when $1 = 'running' then 1 end, completed_at = now(), started_at = now(), output = json_build_object('text', repeat('x', 100))
        where execution_id = any ($2::uuid[])`,
      [status, runs],
    );
  }
  await fixture.admin.query(
    `update flow_executions set deleted_at = now() - interval '8 days', purge_at = now() - interval '1 day' where id = any ($1::uuid[])`,
    [runs],
  );
}

async function sizes(): Promise<Record<string, { tableBytes: number; indexBytes: number }>> {
  const { rows } = await fixture.admin.query(
    `select c.relname as name, pg_relation_size(c.oid)::float8 as "tableBytes", pg_indexes_size(c.oid)::float8 as "indexBytes" from pg_class c where c.oid = any ($1::text[]::regclass[])`,
    [TABLES],
  );
  return Object.fromEntries(rows.map(({ name, ...size }) => [name, size]));
}

/** A table of three pages has grown by half with the first page that follows. */
const A_FEW_PAGES = 16 * 8192;

test('50,000 tasks that came and went leave tables and indexes as large as the first 10,000 did', { timeout: 240_000 }, async () => {
  const peaks: Awaited<ReturnType<typeof sizes>>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await liveThrough();
    const more = await purgeExecutions({ run: statementRunner(fixture.db.query).run }, { deleteObjects: async () => true, maxMs: 200_000 });
    expect(more).toBe(false);
    peaks.push(await sizes());
    for (const table of TABLES) await fixture.admin.query(`vacuum ${table}`); // what the server does by itself, at the thresholds below
  }
  expect((await fixture.admin.query('select count(*)::int as n from task_executions')).rows).toEqual([{ n: 0 }]);
  const [first, last] = [peaks[1], peaks.at(-1)]; // pages that a vacuum emptied are used again from the round after it on
  for (const table of TABLES) {
    expect(first?.[table]?.tableBytes, table).toBeGreaterThan(0);
    expect(last?.[table]?.tableBytes, table).toBeLessThanOrEqual(A_FEW_PAGES + (first?.[table]?.tableBytes ?? 0) * SLACK);
    expect(last?.[table]?.indexBytes, table).toBeLessThanOrEqual(A_FEW_PAGES + (first?.[table]?.indexBytes ?? 0) * SLACK);
  }
});

test('the server vacuums them after so many dead rows, however many there are', async () => {
  const { rows } = await fixture.admin.query(`select relname, reloptions from pg_class where oid = any ($1::text[]::regclass[])`, [TABLES]);
  for (const { relname, reloptions } of rows) {
    expect(reloptions, relname).toEqual(expect.arrayContaining(['autovacuum_vacuum_scale_factor=0', 'autovacuum_vacuum_threshold=50000']));
  }
});
