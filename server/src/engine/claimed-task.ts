import type { Id, Json, JsonObject } from '#base';
import type { PlannedTask } from '#language';
import type { CompiledPlan } from './compile-plan.ts';
import { errorRecord } from './error-record.ts';
import type { TaskOutcome } from './outcome.ts';
import type { ExecutionStatus } from './states.ts';
import { type Settled, type Verdict, verdict } from './transitions.ts';

/** What its tasks need to know of an execution. One value for all tasks that one claim or settle brings back. */
export interface RunningExecution {
  organizationId: Id;
  id: Id;
  /** The one that it was in when this was read: what a settle makes belongs to it. */
  generation: number;
  flowId: Id;
  flowVersionId: Id;
  flowVersion: number;
  runNumber: number;
  firstTask: number;
  rank: number;
  input: JsonObject;
  createdAt: Date;
  /** The span that started it, where it belongs to a trace and whatever read it asked for that. */
  traceparent?: string | undefined;
}

/** A task execution in a worker's hands, under one attempt. Every settle of it is checked against that attempt. */
export interface ClaimedTask {
  execution: RunningExecution;
  plan: CompiledPlan;
  planned: PlannedTask;
  id: Id;
  item: number;
  /** In which its row was made. An edit of a run under way opens a generation, and what it does not outdate stays in its own. */
  generation: number;
  attempt: number;
  /** Failures of the executor so far; `planned.retry.maxAttempts` bounds them. */
  tries: number;
  /** Workers that died while they held it. */
  losses: number;
  lane: string;
  /** Its execution is being cancelled: it is to be settled as cancelled, not to be run. */
  stopped: boolean;
  verdict: Verdict | 'poisoned';
  /** When its first attempt started. */
  startedAt: Date;
  /** The element of the list that it stands for. */
  itemValue: Json | undefined;
  /** What an earlier attempt left when it chose to wait. */
  checkpoint: Json | undefined;
  /** What an event brought while its run had no slot: settles it without running it. */
  decision: TaskOutcome | undefined;
  /** Outputs that the settle which made it ready has just written: spares a read. */
  known: KnownOutputs;
}

/** What one settle wrote of this execution, by place. */
export type KnownOutputs = Settled;

/** A task's columns, as claim-tasks.sql and its like return them. */
export interface TaskRow {
  id: Id;
  task: number;
  item: string | number;
  generation: number;
  attempt: number;
  tries: number;
  losses: number;
  alive: number;
  skipped: number;
  failed: number;
  lane: string;
  started_at: Date;
  item_value: string | null;
  checkpoint: string | null;
  decision: string | null;
}

/** Its execution's columns beside them. */
export interface ClaimRow extends TaskRow {
  organization_id: Id;
  execution_id: Id;
  execution_generation: number;
  flow_id: Id;
  flow_version_id: Id;
  flow_version: number;
  run_number: number;
  first_task: number;
  execution_rank: number;
  flow_input: string;
  created_at: Date;
  execution_status: ExecutionStatus;
  traceparent?: string | null;
}

/**
 * Workers that may die over one task before it is failed as `poison`: a task that kills its process would else do so for ever. More than a
 * few, since the machine may be to blame.
 */
export const MAX_LOSSES = 5;

/** From this loss on a task runs apart from other suspects, so that one that kills its worker takes no other with it. */
export const SUSPECT_LOSSES = 2;
export const SUSPECT_LANE = 'suspect';

export function executionOfRow(row: ClaimRow): RunningExecution {
  return {
    organizationId: row.organization_id,
    id: row.execution_id,
    generation: row.execution_generation,
    flowId: row.flow_id,
    flowVersionId: row.flow_version_id,
    flowVersion: row.flow_version,
    runNumber: row.run_number,
    firstTask: row.first_task,
    rank: row.execution_rank,
    input: JSON.parse(row.flow_input) as JsonObject,
    createdAt: row.created_at,
    traceparent: row.traceparent ?? undefined,
  };
}

const NOTHING_KNOWN: KnownOutputs = new Map();
const parsed = (text: string | null): Json | undefined => (text === null ? undefined : (JSON.parse(text) as Json));

export function claimedTask(
  row: TaskRow,
  of: { execution: RunningExecution; plan: CompiledPlan; stopped: boolean; known?: KnownOutputs },
): ClaimedTask {
  const { execution, plan, stopped, known = NOTHING_KNOWN } = of;
  const compiled = plan.tasks[row.task];
  if (compiled === undefined) throw new Error(`flow version ${execution.flowVersionId} has no task ${row.task}`);
  return {
    execution,
    plan,
    planned: compiled.planned,
    id: row.id,
    item: Number(row.item),
    generation: row.generation,
    attempt: row.attempt,
    tries: row.tries,
    losses: row.losses,
    lane: row.lane,
    stopped,
    verdict: row.losses > MAX_LOSSES ? 'poisoned' : verdict(compiled, row),
    startedAt: row.started_at,
    itemValue: parsed(row.item_value),
    checkpoint: parsed(row.checkpoint),
    decision: row.decision === null ? undefined : (JSON.parse(row.decision) as TaskOutcome),
    known,
  };
}

/** The outcome of a task that is not to be run: decided by an event, skipped, cancelled or poisoned; undefined where a worker has to run it. */
export function decidedOutcome(task: ClaimedTask): TaskOutcome | undefined {
  if (task.stopped || task.verdict === 'cancelled') return { status: 'cancelled', neverRan: task.attempt === 1 };
  if (task.decision !== undefined) return task.decision;
  if (task.verdict === 'skipped') return { status: 'skipped' };
  if (task.verdict === 'poisoned') return { status: 'failed', error: poison(task.losses) };
  return undefined;
}

const poison = (losses: number): JsonObject =>
  errorRecord({
    code: 'poison',
    message: `The worker process died ${losses} times while it ran this task; it is not tried again`,
    retryable: false,
  });
