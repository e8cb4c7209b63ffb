import type { Id } from '#base';
import { taskClaimed } from './changes.ts';
import { type ClaimedTask, type ClaimRow, claimedTask, executionOfRow, SUSPECT_LANE } from './claimed-task.ts';
import type { EngineParts } from './engine-parts.ts';

/** Before every id. */
export const NO_ORGANIZATION: Id = '00000000-0000-0000-0000-000000000000';

/**
 * Organizations that share one claim. More of them make each claim cost more (nothing measurable up to 64) and let one with
 * little to do wait less behind a thousand others.
 */
const ORGANIZATIONS_PER_TURN = 64;

/** Where the next claim begins: one for all claim loops of a process, so that they walk the circle together. */
export interface ClaimCursor {
  after: Id;
}

export interface ClaimOptions {
  /** Tasks at most, limited executors' included. */
  batch: number;
  /** Of each limited executor, how many at most: its free places in this process. */
  executors?: Readonly<Record<string, number>> | undefined;
  /** Tasks that were with workers that died: how many at most. */
  suspects?: number;
}

/** Turns of one call in which nothing may be found: more are left to the next. */
const MOST_TURNS = 16;

/**
 * Claims ready tasks for a worker, fair among organizations. One statement, more only while it finds organizations whose work is all in lanes that are
 * not asked for; each task comes under a fresh attempt, counted. A task whose plan cannot be had is put off and logged, so that it neither holds up
 * the others nor is lost.
 */
export async function claimTasks(parts: EngineParts, workerId: number, cursor: ClaimCursor, options: ClaimOptions): Promise<ClaimedTask[]> {
  const lanes = { '': options.batch, [SUSPECT_LANE]: options.suspects ?? 1, ...options.executors };
  const open = Object.entries(lanes).filter(([, most]) => most > 0);
  if (open.length === 0) return [];
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const from = cursor.after;
    const values = [options.batch, workerId, ORGANIZATIONS_PER_TURN, from, open.map(([lane]) => lane), open.map(([, most]) => most)];
    const rows = await parts.run<TurnRow>('claim-tasks', values);
    const end = endOf(rows);
    cursor.after = end ?? NO_ORGANIZATION;
    const claimed = rows.filter((row): row is TurnRow & ClaimRow => row.id !== null);
    if (claimed.length > 0) return announced(parts, await toTasks(parts, claimed));
    if (end === undefined && from === NO_ORGANIZATION) return [];
  }
  return [];
}

/** A task, or nothing where the turn brought none; beside it the turn. */
type TurnRow = (ClaimRow | { id: null }) & { turn_length: number; turn_end: Id };

/** Where the turn ended, undefined where that was the end of the circle. */
const endOf = ([row]: readonly TurnRow[]): Id | undefined => (row && row.turn_length >= ORGANIZATIONS_PER_TURN ? row.turn_end : undefined);

function announced(parts: EngineParts, tasks: ClaimedTask[]): ClaimedTask[] {
  parts.events.publish(tasks.filter(({ planned }) => planned.kind === 'task').map(taskClaimed));
  return tasks;
}

/** Rows to tasks; rows of one execution share one value for it. */
export async function toTasks(parts: EngineParts, rows: readonly ClaimRow[]): Promise<ClaimedTask[]> {
  const executions = new Map<Id, ReturnType<typeof executionOfRow>>();
  const tasks: ClaimedTask[] = [];
  const unplanned: ClaimRow[] = [];
  for (const row of rows) {
    const execution = executions.get(row.execution_id) ?? executionOfRow(row);
    executions.set(row.execution_id, execution);
    try {
      const plan = await parts.plans.get(execution.organizationId, execution.flowVersionId, execution.firstTask);
      tasks.push(claimedTask(row, { execution, plan, stopped: row.execution_status !== 'running' }));
    } catch (error) {
      parts.log.error(
        { err: error, flow_version_id: row.flow_version_id, ...aboutRow(row) },
        'A task was put off: its flow version has no plan',
      );
      unplanned.push(row);
    }
  }
  if (unplanned.length > 0) await putOff(parts, unplanned);
  return tasks;
}

const aboutRow = (row: ClaimRow) => ({
  organization_id: row.organization_id,
  flow_execution_id: row.execution_id,
  task_execution_id: row.id,
  attempt: row.attempt,
});

/** How long a task waits whose version cannot be planned here: another process, or a newer build, may be able to. */
const PUT_OFF_MS = 60_000;

async function putOff(parts: EngineParts, rows: readonly ClaimRow[]): Promise<void> {
  await parts.run('put-off-tasks', [rows.map((r) => r.organization_id), rows.map((r) => r.id), rows.map((r) => r.attempt), PUT_OFF_MS]);
}
