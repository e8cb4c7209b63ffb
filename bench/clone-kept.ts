import type { Id } from '../server/src/base/index.ts';
import type { BenchDatabase } from './bench-database.ts';

export interface CloneOptions {
  /** Of which organization and flow the copies are; default: the same. */
  as?: { organizationId: Id; flowId: Id; versionId: Id };
  /** Columns of the copies' open tasks, those that are not completed, as JSON has them. */
  openTasks?: Record<string, unknown>;
  /** Over how many days before now the copies are spread by their ids and times. */
  days?: number;
}

const BATCH = 100_000; // copies a statement: what one holds in memory

/** Keeps an execution and its task rows as they are now, to be copied later. One a database: it takes the place of what was kept before. */
export async function keepExecution({ owner }: BenchDatabase, id: Id): Promise<void> {
  await owner.query('drop schema if exists bench cascade');
  await owner.query('create schema bench'); // of its own: the platform checks each table of its own for policies
  await owner.query(`create table bench.kept_executions as select * from flow_executions where id = '${id}'`);
  await owner.query(`create table bench.kept_tasks as select * from task_executions where execution_id = '${id}'`);
}

/**
 * Copies what was kept so many times, under new ids: a state that the engine itself has reached, without its having to reach it again. Foreign
 * keys are not checked: the copies point where the original does.
 */
export async function cloneKept({ owner }: BenchDatabase, count: number, options: CloneOptions = {}): Promise<void> {
  const { as, openTasks = {}, days = 0 } = options;
  const of = as && { organization_id: as.organizationId, flow_id: as.flowId, flow_version_id: as.versionId };
  const ofTask = as && { organization_id: as.organizationId };
  await owner.query('set session_replication_role = replica');
  try {
    for (let made = 0; made < count; made += BATCH) {
      const values = [made + 1, Math.min(made + BATCH, count), count, days, JSON.stringify(of ?? {}), JSON.stringify(ofTask ?? {})];
      await owner.query(CLONE, [...values, JSON.stringify(openTasks)]);
    }
  } finally {
    await owner.query('set session_replication_role = default');
  }
}

// $1 the first copy and $2 the last of this statement, $3 of all, $4 days, $5 columns of executions, $6 of tasks, $7 of open tasks.
const CLONE = `
with copy as materialized (
  select n, now() - a.age as at, uuidv7(-a.age) as id
    from generate_series($1::int, $2::int) n cross join lateral (select make_interval(secs => $4::float8 * 86400 * ($3::float8 - n) / $3::float8) as age) a
),
execution as (
  insert into flow_executions
  select made.*
    from bench.kept_executions e cross join copy c cross join lateral jsonb_populate_record(null::flow_executions, to_jsonb(e) || $5::jsonb ||
         jsonb_build_object('id', c.id, 'run_number', c.n, 'created_at', c.at, 'updated_at', c.at, 'started_at', c.at,
                            'completed_at', case when e.completed_at is not null then c.at end)) made
)
insert into task_executions
select made.*
  from bench.kept_tasks t cross join copy c cross join lateral jsonb_populate_record(null::task_executions, to_jsonb(t) || $6::jsonb ||
       jsonb_build_object('id', uuidv7(c.at - now()), 'execution_id', c.id, 'ready_at', c.at) ||
       case when t.status = 'completed' then '{}' else $7::jsonb end) made`;
