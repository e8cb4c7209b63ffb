// How a run moves: start, claim, settle, cancel, re-execute, and the chores of each tick. One statement a transition; only this folder writes the
// status of a run, and each statement names the states that it may leave. It knows no executors (the plan carries what it needs), asks no tenant
// (ids come from a read that has proven them) and keeps nothing in memory that is not in the rows.
// Reading order: states.ts, transitions.ts, settle-tasks.ts with sql/settle-tasks.sql.

export { checkHistory, type HistoryReport } from './check-history.ts';
export type { ClaimOptions } from './claim-tasks.ts';
export { NO_ORGANIZATION } from './claim-tasks.ts';
export type { ClaimedTask, KnownOutputs, RunningExecution } from './claimed-task.ts';
export { decidedOutcome } from './claimed-task.ts';
export type { CompiledPlan, CompiledTask } from './compile-plan.ts';
export type { ControlChange, RunningOf } from './control-queue.ts';
export { createEngine } from './create-engine.ts';
export type { EngineOptions, HeldTask, SettleChoices, TaskEngine } from './create-task-engine.ts';
export { createTaskEngine } from './create-task-engine.ts';
export type { Decree } from './decree-status.ts';
export type { EditedResult, EditReport, TaskEdit } from './edit-task.ts';
export type { Engine, StartedExecution, StartRequest } from './engine.ts';
export { errorRecord } from './error-record.ts';
export type { Violation } from './history-invariants.ts';
export { itemPath, MAX_ITEMS, outerItem, visibleItems } from './item-path.ts';
export type { LeasedOutcome, LeasedReceipt, LeasedTask } from './leased-tasks.ts';
export { LEASE_MS, LEASE_RENEWAL_MS, renewLeaseOn } from './leases.ts';
export { MAX_COUNTED, type QueueState } from './list-queues.ts';
export type { FusedOutcome, TaskOutcome, TaskResult } from './outcome.ts';
export { storableJson } from './outcome.ts';
export type { PausedTask } from './pause-tasks.ts';
export type { PlaceHolder } from './places.ts';
export type { PlanSource } from './plans.ts';
export type { ControlKind, ControlTarget, LimitedPlace } from './queue-controls.ts';
export { CONTROL_KINDS, controlKey } from './queue-controls.ts';
export type { Queues } from './queues.ts';
export type { ReadOutput, TaskInput } from './read-inputs.ts';
export type { ReportOutcome, TaskReport } from './report-task.ts';
export { retryDelayMs } from './retry-delay.ts';
export type { FuseTask } from './settle-parameters.ts';
export type { SettleReport } from './settle-tasks.ts';
export type { EventReceipt, WaitingOutcome } from './settle-waiting.ts';
export type { ChildExecution, ChildRequest, ChildStart } from './start-child.ts';
export { MAX_FLOW_DEPTH } from './start-child.ts';
export type { StartClaims, StartOffer } from './start-claims.ts';
export type { ExecutionStatus, TaskStatus } from './states.ts';
export { EXECUTION_STATUSES, isEnded, isFinalTask, TASK_STATUSES } from './states.ts';
export type { TickReport } from './tick.ts';
export type { Settled, Settlement } from './transitions.ts';
export { placeKey } from './transitions.ts';
