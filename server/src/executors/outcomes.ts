import { FlowError, type Json } from '#base';
import { DocumentError } from '#documents';
import { ModelError } from '#models';
import type { Outcome, TaskFailure } from './contract.ts';

/** A failed outcome; not retryable unless it says so. */
export function failed(
  code: string,
  message: string,
  options: { retryable?: boolean; details?: Json; retryAfterMs?: number | undefined } = {},
): Outcome {
  const error: TaskFailure = { code, message, retryable: options.retryable ?? false };
  if (options.details !== undefined) error.details = options.details;
  return { status: 'failed', error, ...(options.retryAfterMs === undefined ? {} : { retryAfterMs: options.retryAfterMs }) };
}

/** The run was told to stop: whoever told it (a cancel, a timeout, a drain) decides what becomes of the attempt. */
export const aborted = (): Outcome => failed('aborted', 'The task was told to stop before it was done.', { retryable: true });

/**
 * Expected failures of files, documents and models as the outcome that they mean; anything else is a bug and is thrown again.
 * A document that took too long may fare better on a calmer machine, so it is retryable; one that cannot be read never is.
 */
export function outcomeOfError(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return aborted();
  if (error instanceof ModelError) {
    return failed(error.code, error.message, { retryable: error.retryable, retryAfterMs: error.retryAfterMs });
  }
  if (error instanceof DocumentError) return failed(error.code, error.message, { retryable: error.retryable });
  if (error instanceof FlowError) return failed(error.code, error.message, { retryable: error.status >= 500 });
  throw error;
}

const MAX_MESSAGE = 2000;

/** What an error says, short enough for a row. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE);
