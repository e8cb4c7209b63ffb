// What is said of a task from outside the engine's workers: by an outside worker, an API client, a person who decides. One road for all of them: what waits
// is settled as by its event, what is open is taken out of its worker's hands and settled, what is final is replaced by a different result.
import { createHash } from 'node:crypto';
import { conflict, FlowError, type Id, type Json, type JsonObject, notFound } from '#base';
import { announce } from './announce.ts';
import { toTasks } from './claim-tasks.ts';
import type { ClaimRow } from './claimed-task.ts';
import { type EditedResult, editTask } from './edit-task.ts';
import type { EngineParts } from './engine-parts.ts';
import { lockExecution } from './lock-execution.ts';
import { storableJson, type TaskOutcome } from './outcome.ts';
import { settleTasks } from './settle-tasks.ts';
import { settleWaiting } from './settle-waiting.ts';
import { type ExecutionStatus, isEditable, type TaskStatus } from './states.ts';

export interface TaskReport {
  /** A final result; absent: only what is said beside it is kept. */
  result?: EditedResult | undefined;
  actor: string;
  /** JSON text. */
  input?: string | undefined;
  sourceTaskExecutions?: string | undefined;
  /** By the clock of whoever ran it. */
  startedAt?: Date | undefined;
  completedAt?: Date | undefined;
  /** What people should know of the result. */
  summary?: JsonObject | undefined;
  /** Of an outside worker that holds the task: the report counts only while it does. */
  leaseToken?: string | undefined;
}

/** `settled`: the run goes on by it. `replaced`: another result was there. `kept`: nothing of it is news. `unknown`: the engine has no place for it. */
export type ReportOutcome = 'settled' | 'replaced' | 'kept' | 'unknown';

interface ReportedRow {
  status: TaskStatus;
  started_at: Date | null;
  execution_status: ExecutionStatus;
  holds: boolean;
}

/** Two reports may arrive at once, or a worker's result between look and settle: then the row stands otherwise, and is looked at again. */
const TRIES = 3;

/**
 * Takes a report of a task execution (core.md 4, POST). A report that is not final never reopens a final row. Throws not_found, or conflict where the lease
 * token is not, or no longer, that of the worker which holds the task.
 */
export async function reportTask(parts: EngineParts, organizationId: Id, taskExecutionId: Id, report: TaskReport): Promise<ReportOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return await reportOnce(parts, organizationId, taskExecutionId, report);
    } catch (error) {
      if (tries === TRIES || !(error instanceof FlowError && error.code === 'conflict') || error instanceof StaleToken) throw error;
    }
  }
}

class StaleToken extends FlowError {
  constructor() {
    super('conflict', 'The lease token is not, or no longer, that of this task: another worker may have it');
  }
}

async function reportOnce(parts: EngineParts, organizationId: Id, id: Id, report: TaskReport): Promise<ReportOutcome> {
  const hash = report.leaseToken === undefined ? null : createHash('sha256').update(report.leaseToken).digest();
  const [row] = await parts.run<ReportedRow>('find-report', [organizationId, id, hash]);
  if (row === undefined) throw notFound('Task execution', id);
  if (!row.holds) throw new StaleToken();
  const { result } = report;
  switch (row.status) {
    case 'awaiting_input':
      return settleEvent(parts, organizationId, id, row, report);
    case 'ready':
    case 'running':
    case 'scheduled':
      if (row.execution_status !== 'running') return 'unknown';
      if (result !== undefined) await settleTaken(parts, organizationId, id, report);
      await annotate(parts, organizationId, id, report);
      return result === undefined ? 'kept' : 'settled';
    default:
      return result === undefined || !isEditable(row.status) || row.started_at === null
        ? outcomeOfIdle(row)
        : replaceResult(parts, organizationId, id, result, report);
  }
}

/** A row that users do not see (it waits for others, or never ran) has no place for a report. */
const outcomeOfIdle = ({ status, started_at }: ReportedRow): ReportOutcome =>
  (status === 'pending' || status === 'cancelled') && started_at === null ? 'unknown' : 'kept';

async function settleEvent(
  parts: EngineParts,
  organizationId: Id,
  id: Id,
  { execution_status }: ReportedRow,
  report: TaskReport,
): Promise<ReportOutcome> {
  const { result, actor } = report;
  if (execution_status === 'cancel_requested') return 'unknown';
  if (result?.status === 'completed') {
    const output = JSON.parse(result.output) as Json;
    await settleWaiting(
      parts,
      organizationId,
      id,
      { status: 'completed', output, ...(result.routes ? { routes: result.routes } : {}) },
      actor,
    );
  } else if (result?.status === 'failed') {
    await settleWaiting(parts, organizationId, id, { status: 'failed', error: result.error as JsonObject }, actor);
  }
  await annotate(parts, organizationId, id, report);
  return result === undefined ? 'kept' : 'settled';
}

async function settleTaken(parts: EngineParts, organizationId: Id, id: Id, { result, actor }: TaskReport): Promise<void> {
  const [found] = await parts.run<{ execution_id: Id; flow_version_id: Id; first_task: number }>('find-task', [organizationId, id]);
  if (found === undefined) throw notFound('Task execution', id);
  await parts.plans.get(organizationId, found.flow_version_id, found.first_task); // before the lock: it may need a connection of its own
  const report = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    await lockExecution(run, organizationId, found.execution_id);
    const [task] = await toTasks(parts, await run<ClaimRow>('take-over', [organizationId, id]));
    if (task === undefined) throw conflict('The task is no longer open');
    const options = { held: 'running', claim: 0, executors: {}, limited: parts.limited } as const;
    return settleTasks(run, null, [{ task, outcome: toOutcome(result as EditedResult, actor) }], options);
  });
  announce(parts, report);
}

const toOutcome = (result: EditedResult, actor: string): TaskOutcome =>
  result.status === 'completed'
    ? {
        status: 'completed',
        ...(result.outputKey === undefined ? { output: result.output } : { outputKey: result.outputKey }),
        routes: result.routes,
        modifiedBy: actor,
      }
    : { status: 'failed', error: result.error as JsonObject, modifiedBy: actor };

async function replaceResult(
  parts: EngineParts,
  organizationId: Id,
  id: Id,
  result: EditedResult,
  report: TaskReport,
): Promise<ReportOutcome> {
  const { actor, input, sourceTaskExecutions } = report;
  const edit = { result, actor, by: 'worker' as const, reexecute: false, input, sourceTaskExecutions };
  const { changed } = await editTask(parts, organizationId, id, edit);
  if (changed) await annotate(parts, organizationId, id, report);
  return changed ? 'replaced' : 'kept';
}

async function annotate(parts: EngineParts, organizationId: Id, id: Id, report: TaskReport): Promise<void> {
  const { input, sourceTaskExecutions, startedAt, completedAt, summary } = report;
  if ([input, sourceTaskExecutions, startedAt, completedAt, summary].every((said) => said === undefined)) return;
  const text = (value: string | undefined) => (value === undefined ? null : storableJson(value));
  const said = summary === undefined ? undefined : JSON.stringify(summary);
  await parts.run('annotate-task', [
    organizationId,
    id,
    text(input),
    text(sourceTaskExecutions),
    startedAt ?? null,
    completedAt ?? null,
    text(said),
  ]);
}
