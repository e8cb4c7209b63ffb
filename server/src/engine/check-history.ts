// What must hold of every database of the platform, at rest or under load: read after the fact, from the rows alone. Each invariant is a query that
// must return nothing; where the plans are given, each execution is also replayed by `transitions.ts` and compared row by row.
import type { Id } from '#base';
import type { EngineDatabase } from '#db';
import { INVARIANTS, type Violation } from './history-invariants.ts';
import { compiledPlans, type PlanSource } from './plans.ts';
import { type ReplayExecution, type ReplayRow, replayExecution } from './replay-execution.ts';

export interface HistoryReport {
  /** Rows of each table that was read. */
  rowsRead: Record<string, number>;
  executionsReplayed: number;
  violations: Violation[];
}

const TABLES = [
  'flow_executions',
  'task_executions',
  'task_execution_revisions',
  'execution_events',
  'execution_slots',
  'workers',
  'task_outputs',
] as const;

/** Rows of one invariant that are reported: the first show the fault, the rest would bury it. */
const REPORTED_ROWS = 20;

/**
 * Runs every invariant on the primary. `quietSeconds`: how long a move may take before it counts as lost. Reads all rows: not for a busy hour.
 */
export async function checkHistory(
  db: Pick<EngineDatabase, 'query'>,
  options: { plans?: PlanSource; quietSeconds?: number } = {},
): Promise<HistoryReport> {
  const violations: Violation[] = [];
  for (const { name, what, sql } of INVARIANTS) {
    const values = sql.includes('$1') ? [options.quietSeconds ?? 60] : [];
    const rows = await db.query<Record<string, unknown>>(`check/${name}`, `${sql} limit ${REPORTED_ROWS}`, values);
    violations.push(...rows.map((row) => ({ invariant: name, what, row })));
  }
  const executionsReplayed = options.plans === undefined ? 0 : await replayAll(db, options.plans, violations);
  return { rowsRead: await countRows(db), executionsReplayed, violations };
}

async function countRows(db: Pick<EngineDatabase, 'query'>): Promise<Record<string, number>> {
  const text = TABLES.map((table) => `select '${table}' as name, count(*)::int as n from ${table}`).join(' union all ');
  const rows = await db.query<{ name: string; n: number }>('check/rows', text, []);
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

/** Of one that is being purged some rows are gone. */
const NEXT_EXECUTIONS = `
  select organization_id, id, flow_version_id, first_task, generation, status, open, failures from flow_executions
   where (organization_id, id) > ($1::uuid, $2::uuid) and purge_begun_at is null order by organization_id, id limit 200`;
/** Those that people ended by decree have ended otherwise than their plan says. */
const DECREED = `
  select execution_id as id, generation from execution_events where organization_id = any($1::uuid[]) and execution_id = any($2::uuid[]) and kind = 'ended'`;
const ROWS_OF_EXECUTION = `
  select id, task, item, status, generation, stale_status, edited_status, need, waiting, alive, skipped, failed, tries, routes, started_at, completed_at,
         case when status = 'completed' and task = any($3::smallint[]) then output::text end as items
    from task_executions where organization_id = $1::uuid and execution_id = $2::uuid`;
const FIRST: Id = '00000000-0000-0000-0000-000000000000';

async function replayAll(db: Pick<EngineDatabase, 'query'>, source: PlanSource, violations: Violation[]): Promise<number> {
  const plans = compiledPlans(source);
  let replayed = 0;
  for (let after = [FIRST, FIRST]; ; ) {
    const executions = await db.query<ReplayExecution>('check/executions', NEXT_EXECUTIONS, after);
    const keys = [executions.map((e) => e.organization_id), executions.map((e) => e.id)];
    const decreed = await db.query<{ id: Id; generation: number }>('check/decreed', DECREED, keys);
    for (const execution of executions) {
      if (decreed.some(({ id, generation }) => id === execution.id && generation === execution.generation)) continue;
      const plan = await plans.get(execution.organization_id, execution.flow_version_id, execution.first_task);
      const gates = plan.tasks.filter(({ planned }) => planned.kind === 'gate').map(({ planned }) => planned.number);
      const rows = await db.query<ReplayRow>('check/rows-of', ROWS_OF_EXECUTION, [execution.organization_id, execution.id, gates]);
      violations.push(...replayExecution(plan, execution, rows));
      replayed++;
    }
    const last = executions.at(-1);
    if (last === undefined) return replayed;
    after = [last.organization_id, last.id];
  }
}
