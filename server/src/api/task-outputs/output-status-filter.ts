import { badRequest } from '#base';
import { STATUS_WORDS, type TaskOutputRecord } from './task-output.wire.ts';

const WORDS = new Set<string>([...STATUS_WORDS, 'skipped']);

/** Words of any vocabulary, or undefined where none was given. Throws `bad_request` for a word of none. */
export function readStatusFilter(words: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const unknown = words?.find((word) => !WORDS.has(word));
  if (unknown !== undefined) throw badRequest(`Unknown status '${unknown}'; the words are ${[...WORDS].join(', ')}`);
  return words === undefined || words.length === 0 ? undefined : new Set(words);
}

/**
 * Whether any of the words is true of the output: those of processing_status mean that field, `stale` and `edited` theirs, and the founding
 * `in_progress` whatever runs or waits.
 */
export function hasStatus(record: TaskOutputRecord, words: ReadonlySet<string>): boolean {
  const isInProgress = ['running', 'awaiting_input', 'cancel_requested'].includes(record.processingStatus);
  return (
    words.has(record.processingStatus) ||
    (words.has('stale') && record.staleStatus === 'stale') ||
    (words.has('edited') && record.editedStatus === 'edited') ||
    (words.has('skipped') && record.skipped === true) ||
    (words.has('in_progress') && isInProgress)
  );
}

/** Statuses that the engine gives rows, of which an output of that status must have one. */
const ROWS_OF: Readonly<Record<string, readonly string[]>> = {
  queued: ['pending', 'ready', 'scheduled'], // pending: its event has come, its run has no slot yet
  running: ['pending', 'ready', 'scheduled', 'running'],
  in_progress: ['ready', 'scheduled', 'running', 'awaiting_input'],
  awaiting_input: ['awaiting_input'],
  cancel_requested: ['ready', 'scheduled', 'running', 'awaiting_input'],
  completed: ['completed', 'skipped', 'failed'], // failed items may be tolerated, all of them
  skipped: ['skipped'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

const POSTED_IN_PROGRESS = ['running', 'awaiting_input', 'cancel_requested'];

/** What the database can tell beforehand: it lets through a little more than `hasStatus`, and never less. */
export interface StatusCandidates {
  /** Statuses of the engine's rows; one of the task's rows must have one. */
  rows: string[];
  /** Values of processing_status of what was posted. */
  posted: string[];
  stale: boolean;
  edited: boolean;
}

export function toStatusCandidates(words: ReadonlySet<string>): StatusCandidates {
  const posted = [...words].flatMap((word) => (word === 'in_progress' ? POSTED_IN_PROGRESS : word));
  const rows = [...words].flatMap((word) => ROWS_OF[word] ?? []);
  return { rows: [...new Set(rows)], posted: [...new Set(posted)], stale: words.has('stale'), edited: words.has('edited') };
}
