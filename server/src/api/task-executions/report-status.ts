import { badRequest } from '#base';
import { PROCESSING_STATUSES, type ProcessingStatus } from '../wire/statuses.ts';

export interface ReportedStatus {
  processingStatus: ProcessingStatus;
  skipped: boolean;
}

/** Words of older clients and of other systems (core.md 4, C5). */
const ALIASES: Readonly<Record<string, ProcessingStatus>> = {
  in_progress: 'running',
  pending: 'queued',
  success: 'completed',
  error: 'failed',
  canceled: 'cancelled',
  skipped: 'completed',
};

/** Reads a status word; an unknown one is 400, not 422, since the contract declares a plain string. */
export function readReportedStatus(word: string): ReportedStatus {
  const processingStatus = ALIASES[word] ?? PROCESSING_STATUSES.find((status) => status === word);
  if (processingStatus !== undefined) return { processingStatus, skipped: word === 'skipped' };
  const known = [...PROCESSING_STATUSES, ...Object.keys(ALIASES)].join(', ');
  throw badRequest(`processing_status '${word.slice(0, 50)}' is unknown; it must be one of ${known}`);
}

/** Clients of the first version say `status`: it stands for processing_status where that is absent. */
export function fillProcessingStatus(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const said = body as { processing_status?: unknown; status?: unknown };
  if (said.processing_status === undefined && said.status !== undefined) said.processing_status = said.status;
}
