import { PROCESSING_STATUSES, type ProcessingStatus } from './statuses.ts';

/** What a worker's word for a status means. */
export interface SaidStatus {
  status: ProcessingStatus;
  /** The word was `skipped`: completed on the wire, without an output (core.md C5). */
  skipped: boolean;
}

/** Words of older workers and of other systems (core.md 4, C15). */
const ALIASES: Readonly<Record<string, ProcessingStatus>> = {
  in_progress: 'running',
  pending: 'queued',
  success: 'completed',
  error: 'failed',
  canceled: 'cancelled',
  skipped: 'completed',
};

/** Reads a status that may be any string, in any case; undefined where it is none that is known. */
export function readStatusWord(word: string): SaidStatus | undefined {
  const name = word.trim().toLowerCase();
  const status = PROCESSING_STATUSES.find((known) => known === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined);
  return status && { status, skipped: name === 'skipped' };
}
