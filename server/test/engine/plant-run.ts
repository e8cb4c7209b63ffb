import type { Pool } from 'pg';
import { type Id, newId } from '#base';
import type { TestFlow } from './engine-fixture.ts';

/** A table with a foreign key to flow_executions. */
export interface RunTable {
  name: string;
  /** Its column that names the run. */
  runColumn: string;
  /** Columns that a row must give, with their types. */
  required: { name: string; type: string }[];
}

/** As the catalogue has them: also those of a migration that is still to come. */
export async function tablesOfRuns(admin: Pool): Promise<RunTable[]> {
  const { rows } = await admin.query<RunTable>(`
    select t.relname as name, r.attname as "runColumn",
           (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null))) from pg_attribute a
             where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.attnotnull and not a.atthasdef and a.attidentity = '') as required
      from pg_constraint c join pg_class t on t.oid = c.conrelid
      join pg_attribute r on r.attrelid = t.oid and r.attnum = any (c.conkey) and r.attname <> 'organization_id'
     where c.contype = 'f' and c.confrelid = 'flow_executions'::regclass order by 1`);
  return rows;
}

/** What the checks of a table ask for, and what names an object of the file store. */
const SPECIAL: Record<string, (id: Id) => Record<string, unknown>> = {
  task_executions: (id) => ({
    status: 'completed',
    output_key: `outputs/${id}/new.json`,
    waiting: 0,
    started_at: new Date(),
    completed_at: new Date(),
  }),
  task_execution_revisions: (id) => ({ reason: 'edited', record: JSON.stringify({ output_key: `outputs/${id}/old.json` }) }),
  execution_events: () => ({ kind: 'edited' }),
  task_outputs: () => ({ processing_status: 'completed', edited_status: 'not_edited', stale_status: 'consistent' }),
  task_tags: () => ({ status: 'deleted' }),
  task_logs: () => ({ level: 'info' }),
  webhook_deliveries: () => ({ status: 'failed' }),
  reported_task_executions: () => ({ processing_status: 'completed' }),
  files: (id) => ({ file_key: `flows/x/documents/${id}`, uploaded_at: new Date() }),
};

/** An ended run of the flow with one row in each of the tables. */
export async function plantRun(admin: Pool, tables: readonly RunTable[], flow: TestFlow, id: Id): Promise<void> {
  const { organizationId, flowId, versionId } = flow;
  await admin.query(
    `insert into flow_executions (organization_id, id, flow_id, flow_version_id, flow_version, run_number, status, first_task, need, open, input, modified_by,
       created_at, started_at, completed_at)
     values ($1, $2, $3, $4, 1, 1, 'completed', 0, 1, 0, '{}', 'test', now(), now(), now())`,
    [organizationId, id, flowId, versionId],
  );
  for (const { name, runColumn, required } of tables) {
    const row: Record<string, unknown> = Object.fromEntries(required.map((column) => [column.name, anyOf(column.type)]));
    const known = { organization_id: organizationId, [runColumn]: id, ...('flow_id' in row ? { flow_id: flowId } : {}) };
    await insert(admin, name, { ...row, ...known, ...SPECIAL[name]?.(id) });
  }
}

function anyOf(type: string): unknown {
  if (type === 'uuid') return newId();
  if (type === 'bytea') return Buffer.from('x');
  if (type.startsWith('timestamp')) return new Date();
  return type === 'text' ? 'x' : '1'; // numbers and JSON
}

async function insert(admin: Pool, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, i) => `$${i + 1}`);
  await admin.query(`insert into ${table} (${columns.join(', ')}) values (${places.join(', ')})`, Object.values(row));
}

/** How many rows of each table are this run's. */
export async function rowsOf(admin: Pool, tables: readonly RunTable[], id: Id): Promise<Record<string, number>> {
  const counted = [...tables.map(({ name, runColumn }) => [name, runColumn]), ['flow_executions', 'id']];
  const text = counted.map(([name, column]) => `select '${name}' as name, count(*)::int as n from ${name} where ${column} = $1`);
  const { rows } = await admin.query<{ name: string; n: number }>(text.join(' union all '), [id]);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}
