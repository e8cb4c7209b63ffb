/** Statuses of a flow execution on the wire (core.md 1.6). */
export const EXECUTION_STATUSES = [
  'queued',
  'running',
  'completed',
  'failed',
  'deleted',
  'stale',
  'edited',
  'awaiting_input',
  'cancel_requested',
  'cancelled',
] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** Statuses of a task execution and of a task output. */
export const PROCESSING_STATUSES = [
  'queued',
  'running',
  'completed',
  'failed',
  'deleted',
  'awaiting_input',
  'cancel_requested',
  'cancelled',
] as const;
export type ProcessingStatus = (typeof PROCESSING_STATUSES)[number];

export const TASK_EDITED_STATUSES = ['not_edited', 'edited_not_reexecuted', 'edited_reexecuted'] as const;
export const OUTPUT_EDITED_STATUSES = ['not_edited', 'edited'] as const;
export const STALE_STATUSES = ['consistent', 'stale'] as const;

export type TaskEditedStatus = (typeof TASK_EDITED_STATUSES)[number];
export type OutputEditedStatus = (typeof OUTPUT_EDITED_STATUSES)[number];
export type StaleStatus = (typeof STALE_STATUSES)[number];

/** The one status field of the first version of this API: always one of its own words, since its clients know no other. */
export const LEGACY_STATUSES = ['queued', 'running', 'in_progress', 'completed', 'failed', 'deleted', 'stale'] as const;
export type LegacyStatus = (typeof LEGACY_STATUSES)[number];

/**
 * The legacy word for the three newer fields (core.md 6): deleted, else stale, else the processing status, where awaiting_input and
 * cancel_requested are in progress and cancelled has failed. `inProgress`: the record was given with the word in_progress.
 */
export function toLegacyStatus(status: { processing: ProcessingStatus; stale: StaleStatus; inProgress?: boolean }): LegacyStatus {
  if (status.processing === 'deleted') return 'deleted';
  if (status.stale === 'stale') return 'stale';
  switch (status.processing) {
    case 'running':
      return status.inProgress ? 'in_progress' : 'running';
    case 'awaiting_input':
    case 'cancel_requested':
      return 'in_progress';
    case 'cancelled':
      return 'failed';
    default:
      return status.processing;
  }
}
