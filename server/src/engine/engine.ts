import type { Id, Json, JsonObject } from '#base';
import type { Decree } from './decree-status.ts';
import type { EditReport, TaskEdit } from './edit-task.ts';
import type { LeasedOutcome, LeasedReceipt, LeasedTask } from './leased-tasks.ts';
import type { Queues } from './queues.ts';
import type { ReportOutcome, TaskReport } from './report-task.ts';
import type { EventReceipt } from './settle-waiting.ts';

export interface StartRequest {
  id: Id;
  flowId: Id;
  flowVersionId: Id;
  flowVersion: number;
  /** Number of the triggered input task in the version's plan, and of the open ends: from the compiled plan. */
  inputTaskName: string;
  input: JsonObject;
  triggeredTaskExecutorName: string | null;
  triggeredBy: string;
  modifiedBy: string;
  /** Lower first. */
  rank?: number;
  /** What the run is to be found by, beside what its input says of itself in `metadata` (core.md G6). */
  metadata?: JsonObject;
  /** When it must have ended: it fails then, and stands before others as the time comes near. */
  deadline?: Date;
  /** Of a sub-flow: the task execution that starts it. */
  parentTaskId?: Id;
  /** The span that it begins in (W3C Trace Context), where it belongs to a trace: kept with the run, so that its tasks are part of it in any process. */
  traceparent?: string | undefined;
}

export interface StartedExecution {
  id: Id;
  status: 'queued' | 'running';
  runNumber: number;
  createdAt: Date;
}

/**
 * How a run moves, for the API and the CLI: ids come from a read under row-level security, so nothing here checks a tenant again.
 * Each call is one transaction and announces its events after commit.
 */
export interface Engine {
  /** Starts one execution; concurrent calls of one organization travel in one statement. Throws not_found where the flow is gone. */
  start(organizationId: Id, request: StartRequest): Promise<StartedExecution>;
  /** Resolves with the status when the execution has ended, or undefined after `timeoutMs`. */
  waitForEnd(organizationId: Id, executionId: Id, options: { timeoutMs: number; signal?: AbortSignal }): Promise<string | undefined>;
  /** Requests cancellation (core.md 3). Throws conflict with {status} where it has ended otherwise; repeating is a no-op. */
  cancel(organizationId: Id, executionId: Id, actor: string): Promise<void>;
  /** What people decree of a run (core.md 3, PATCH status). Throws not_found, or conflict with {status} where its state does not allow it. */
  decree(organizationId: Id, executionId: Id, decree: Decree, actor: string): Promise<void>;
  /** Runs it again under the latest version (core.md 3, POST execute). Throws conflict while it is being cancelled. */
  rerun(
    organizationId: Id,
    executionId: Id,
    options: { onlyStale: boolean; actor: string; flowVersionId: Id; flowVersion: number; isBackground?: boolean },
  ): Promise<void>;
  /**
   * Settles a task execution that waits (a review's decision, a webhook's data). `deferred`: it was taken, and its run resumes when a slot is free
   * (core.md 1.6). Throws conflict where it no longer waits.
   */
  settleWaiting(
    organizationId: Id,
    taskExecutionId: Id,
    outcome: { status: 'completed'; output: Json; routes?: string[] } | { status: 'failed'; error: JsonObject },
    actor: string,
  ): Promise<EventReceipt>;
  /** Leases tasks that wait under one of the topics to an outside worker, oldest first: at most `max`, none where there are none. */
  leaseTasks(organizationId: Id, wanted: { topics: readonly string[]; max: number; leaseMs: number }): Promise<LeasedTask[]>;
  /** Extends a lease to `leaseMs` from now and answers its end. Throws not_found, or conflict for a stale token. */
  extendLease(organizationId: Id, taskExecutionId: Id, leaseToken: string, leaseMs: number): Promise<Date>;
  /**
   * Settles a task by the outside worker that holds it; a retryable failure is tried again as the task's policy says. Throws not_found, or conflict
   * with {status} for a stale token.
   */
  settleLeased(organizationId: Id, taskExecutionId: Id, leaseToken: string, outcome: LeasedOutcome, actor: string): Promise<LeasedReceipt>;
  /** Replaces the result of a task execution that is final (core.md 4, PUT): what was made from it is stale, or runs again. See edit-task.ts. */
  editTask(organizationId: Id, taskExecutionId: Id, edit: TaskEdit): Promise<EditReport>;
  /** Takes what is said of a task from outside the engine's workers (core.md 4, POST; a decision by PUT). See report-task.ts. */
  reportTask(organizationId: Id, taskExecutionId: Id, report: TaskReport): Promise<ReportOutcome>;
  /** Keeps what somebody has entered so far for a task that waits; JSON text. False where it waits no longer. */
  saveDraft(organizationId: Id, taskExecutionId: Id, draft: string, actor: string): Promise<boolean>;
  /** To be called when an organization is made or its `max_concurrent` has changed: gives it one slot for each execution that may run at once. */
  fitSlots(organizationId: Id): Promise<void>;
  /** What waits, runs, is paused and limited, and what operators change of it. */
  queues: Queues;
}
