// The states of a run and every question about them. The database's checks are compared with these arrays (test/engine/start.test.ts);
// the words that users see are the API's. A move that is not in the tables below is a bug of ours, never of a user.

/**
 * A task execution:
 * - `pending`: a join that waits for arrivals, or, in a queued execution, its first task, or one whose event has come or whose pause is over;
 * - `ready`: due, to be claimed; `running`: held by a worker under its attempt;
 * - `scheduled`: a timer or a retry, due at `ready_at`, or one that lies still under the pause that it names; `awaiting_input`: an event settles it, or it is ready again at `wait_until`;
 * - `completed`, `failed`, `skipped`, `cancelled`: final in its generation.
 */
export const TASK_STATUSES = [
  'pending',
  'ready',
  'running',
  'completed',
  'failed',
  'awaiting_input',
  'skipped',
  'cancelled',
  'scheduled',
] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/**
 * An execution: `queued` until it has a slot; `running`; `waiting` where all that is open of it waits for an event or the end of a pause, then it holds no slot and resumes
 * through the queue, before new ones (core.md 1.6, G9); the rest as they say.
 */
export const EXECUTION_STATUSES = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancel_requested', 'cancelled'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

export const FINAL_TASK_STATUSES = ['completed', 'failed', 'skipped', 'cancelled'] as const satisfies readonly TaskStatus[];
export type FinalTaskStatus = (typeof FINAL_TASK_STATUSES)[number];

/** Where a task's row may be born, and where it may go. A re-execution deletes a row and makes a new one. Out of `scheduled` whoever reports a result takes it. */
export const TASK_MOVES: Readonly<Record<TaskStatus | 'none', readonly TaskStatus[]>> = {
  none: ['pending', 'ready', 'running', 'completed', 'failed', 'skipped', 'cancelled'],
  pending: ['pending', 'ready', 'running', 'cancelled'],
  ready: ['running', 'cancelled'],
  running: ['completed', 'failed', 'skipped', 'cancelled', 'awaiting_input', 'scheduled', 'ready'],
  awaiting_input: ['completed', 'failed', 'ready', 'scheduled', 'pending', 'awaiting_input', 'cancelled'],
  scheduled: ['ready', 'running', 'pending', 'cancelled'],
  completed: [],
  failed: [],
  skipped: [],
  cancelled: [],
};

/** What an edit may make of a final row: a failure is repaired, a result withdrawn. No other way leads out of a final status within a generation. */
export const EDIT_MOVES: Readonly<Partial<Record<TaskStatus, readonly TaskStatus[]>>> = {
  completed: ['completed', 'failed'],
  failed: ['completed', 'failed'],
  cancelled: ['completed', 'failed'],
};

/** The moves of an execution; those from a final state open a new generation. A restart in place is no move. */
export const EXECUTION_MOVES: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  queued: ['running', 'failed', 'cancelled'],
  running: ['waiting', 'completed', 'failed', 'cancel_requested'],
  waiting: ['running', 'queued', 'failed', 'cancelled'],
  completed: ['running', 'queued'],
  failed: ['running', 'queued'],
  cancel_requested: ['cancelled'],
  cancelled: ['running', 'queued'],
};

/** What an edit of its results may make of an execution that has ended: its last failure was repaired, or there is one. */
export const EXECUTION_EDIT_MOVES: Readonly<Partial<Record<ExecutionStatus, readonly ExecutionStatus[]>>> = {
  completed: ['failed'],
  failed: ['completed'],
};

export const isFinalTask = (status: TaskStatus): status is FinalTaskStatus => TASK_MOVES[status].length === 0;

export const isEditable = (status: TaskStatus): boolean => EDIT_MOVES[status] !== undefined;

export const isEnded = (status: ExecutionStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled';

/** Whether an execution occupies one of its organization's slots. */
export const holdsSlot = (status: ExecutionStatus): boolean => status === 'running' || status === 'cancel_requested';

export const isLegalTaskMove = (from: TaskStatus | 'none', to: TaskStatus): boolean => TASK_MOVES[from].includes(to);

export const isLegalExecutionMove = (from: ExecutionStatus, to: ExecutionStatus): boolean => EXECUTION_MOVES[from].includes(to);
