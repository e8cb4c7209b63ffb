import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Id, newId } from '#base';
import { type ClaimedTask, checkHistory, decidedOutcome } from '#engine';
import { purgeExecutions } from '../../src/engine/purge-executions.ts';
import { statementRunner } from '../../src/engine/run-statement.ts';
import { after, chainOf, planOf } from '../../src/engine/testing/plan-builder.ts';
import { type EngineFixture, openEngine } from './engine-fixture.ts';
import { plantRun, type RunTable, rowsOf, tablesOfRuns } from './plant-run.ts';

let fixture: EngineFixture;
let tables: RunTable[];
beforeAll(async () => {
  fixture = await openEngine();
  tables = await tablesOfRuns(fixture.admin);
});
afterAll(() => fixture.close());

const ALL_TIME = 60_000;
const deleted: string[] = [];
const deleteObjects = async (keys: readonly string[]): Promise<boolean> => deleted.push(...keys) > 0;
const purge = (options: Partial<Parameters<typeof purgeExecutions>[1]> = {}) =>
  purgeExecutions({ run: statementRunner(fixture.db.query).run }, { deleteObjects, maxMs: ALL_TIME, ...options });

/** A run with a row in every table that refers to runs. */
async function planted(organizationId?: Id): Promise<{ organizationId: Id; id: Id }> {
  const flow = await fixture.flow(organizationId ?? (await fixture.organization()), chainOf(1));
  const id = newId();
  await plantRun(fixture.admin, tables, flow, id);
  return { organizationId: flow.organizationId, id };
}

/** The time of its flow has hidden it so many days ago. */
const hidden = (id: Id, daysAgo: number) =>
  fixture.admin.query(
    `update flow_executions set deleted_at = now() - make_interval(secs => $2::float8 * 86400), purge_at = now() - make_interval(secs => ($2::float8 - 7) * 86400) where id = $1`,
    [id, daysAgo],
  );
const counts = (id: Id) => rowsOf(fixture.admin, tables, id);
const nothing = () => Object.fromEntries([...tables.map(({ name }) => [name, 0]), ['flow_executions', 0]]);
const objectsOf = (id: Id) => deleted.filter((key) => key.includes(id)).sort();
const objects = (id: Id) => [`flows/x/documents/${id}`, `outputs/${id}/new.json`, `outputs/${id}/old.json`];

test('G3: every table that refers to runs gives up the rows of a purged one, and those of no other', async () => {
  const gone = await planted();
  const sibling = await planted(gone.organizationId);
  const foreign = await planted();
  const before = await counts(sibling.id);
  expect(Object.values(before), 'a row in each table: teach plant-run.ts what a new one needs').not.toContain(0);
  await hidden(gone.id, 7.01);
  expect(await purge()).toBe(false);
  expect(await counts(gone.id)).toEqual(nothing());
  expect(objectsOf(gone.id)).toEqual(objects(gone.id));
  for (const { id } of [sibling, foreign]) expect([await counts(id), objectsOf(id)]).toEqual([before, []]);
});

test('each table that refers to runs finds the rows of one by an index', async () => {
  const { rows } = await fixture.admin.query<{ name: string }>(
    `select c.conrelid::regclass::text as name from pg_constraint c
      where c.contype = 'f' and c.confrelid = 'flow_executions'::regclass and not exists (
        select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0:1] = c.conkey
           and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = '(flow_execution_id IS NOT NULL)'))`,
  );
  expect(rows).toEqual([]);
});

test('what is not due stays, and so does what somebody has deleted', async () => {
  const [soon, byUser] = [await planted(), await planted()];
  await hidden(soon.id, 6.99);
  await fixture.admin.query(`update flow_executions set deleted_at = now() - interval '30 days' where id = $1`, [byUser.id]);
  const before = [await counts(soon.id), await counts(byUser.id)];
  expect(await purge()).toBe(false);
  expect([await counts(soon.id), await counts(byUser.id)]).toEqual(before);
});

test('several processes at once purge each run once', async () => {
  const organizationId = await fixture.organization();
  const runs: Id[] = [];
  for (let i = 0; i < 6; i++) runs.push((await planted(organizationId)).id);
  for (const id of runs) await hidden(id, 8);
  await Promise.all([purge(), purge(), purge()]);
  for (const id of runs) expect([await counts(id), objectsOf(id)]).toEqual([nothing(), objects(id)]);
});

test('a run that another process has just taken is skipped, not waited for', async () => {
  const [taken, free] = [await planted(), await planted()];
  for (const { id } of [taken, free]) await hidden(id, 8);
  const other = await fixture.admin.connect();
  await other.query('begin');
  await other.query('select from flow_executions where id = $1 for no key update', [taken.id]);
  const purged = purge();
  await expect.poll(() => counts(free.id), { timeout: 5_000 }).toEqual(nothing());
  expect(await purged).toBe(false);
  await other.query('commit');
  other.release();
  expect(Object.values(await counts(taken.id))).not.toContain(0);
  await purge();
  expect(await counts(taken.id)).toEqual(nothing());
});

test('only the engine deletes rows of runs: what is append-only stays so for the API', async () => {
  const { rows } = await fixture.admin.query(
    `select t from unnest($1::text[]) t where has_table_privilege('flow_api', t, 'delete') or not has_table_privilege('flow_engine', t, 'delete')`,
    [['flow_executions', ...tables.map(({ name }) => name)]],
  );
  expect(rows).toEqual([]);
});

test('a purge that dies is gone on with when its lease has ended, and not before', async () => {
  const { id } = await planted();
  await hidden(id, 8);
  const dies = async (): Promise<boolean> => {
    throw new Error('the process ends');
  };
  await expect(purge({ deleteObjects: dies })).rejects.toThrow('the process ends');
  expect(await purge()).toBe(false);
  expect(objectsOf(id)).toEqual([]);
  await hidden(id, 8);
  await purge();
  expect([await counts(id), objectsOf(id)]).toEqual([nothing(), objects(id)]);
});

test('while the file store is away, what names its objects stays', async () => {
  const { id } = await planted();
  const before = await counts(id);
  await hidden(id, 8);
  expect(await purge({ deleteObjects: async () => false })).toBe(false);
  expect(await counts(id)).toEqual(before);
  await hidden(id, 8);
  await purge();
  expect(await counts(id)).toEqual(nothing());
});

test('what a sub-flow wrote goes with the run that called it, as long as that is there', async () => {
  const organizationId = await fixture.organization();
  const [parent, child] = [await planted(organizationId), await planted(organizationId)];
  await fixture.admin.query(
    'update flow_executions set parent_task_id = (select id from task_executions where execution_id = $1) where id = $2',
    [parent.id, child.id],
  );
  await hidden(child.id, 8);
  await purge();
  expect([await counts(child.id), objectsOf(child.id)]).toEqual([nothing(), objects(child.id).slice(1)]);
  await hidden(parent.id, 8);
  await purge();
  expect([await counts(parent.id), objectsOf(child.id)]).toEqual([nothing(), objects(child.id)]);
});

const FAN_OUT = planOf([
  { after: [] },
  { name: 't2', kind: 'gate', after: after(0) },
  { scope: [1], after: after(1) },
  { after: after(2) },
]);

/** Runs it to its end, with so many items. */
async function ran(items: number): Promise<Id> {
  const flow = await fixture.flow(await fixture.organization(), FAN_OUT);
  const id = await fixture.start(flow);
  const worker = await fixture.tasks.registerWorker();
  const outcome = (task: ClaimedTask) => decidedOutcome(task) ?? { status: 'completed' as const, output: '{}' };
  const fuse = ({ kind }: ClaimedTask['planned']) =>
    kind === 'gate' ? { status: 'completed' as const, items: Array(items).fill(0) } : undefined;
  for (let held = await fixture.tasks.claim(worker, { batch: 100 }); held.length > 0; ) {
    const results = held.map((task) => ({ task, outcome: outcome(task) }));
    held = (await fixture.tasks.settle(worker, results, { claim: 100, fuse })).claimed;
  }
  expect(await fixture.engine.waitForEnd(flow.organizationId, id, { timeoutMs: 1_000 })).toBe('completed');
  return id;
}

test('the history stays clean while a run is half gone; it goes a batch at a time', async () => {
  const { admin } = fixture;
  for (const table of [...tables.map(({ name }) => name), 'flow_executions']) await admin.query(`delete from ${table}`);
  const [id, other] = [await ran(7), await ran(3)];
  const check = async () => (await checkHistory(fixture.db, { plans: fixture.plans })).violations;
  expect(await check()).toEqual([]);
  const left = async () => (await counts(id))['task_executions'];
  const whole = await counts(other);
  await hidden(id, 8);
  const seen: unknown[] = [];
  while (await purge({ maxMs: 0, rowBatch: 3 })) {
    seen.push(await left());
    expect(await check()).toEqual([]);
    if (seen.length > 20) break;
  }
  expect(seen).toEqual([7, 4, 1, 0]);
  expect([await counts(id), await counts(other)]).toEqual([nothing(), whole]);
});
