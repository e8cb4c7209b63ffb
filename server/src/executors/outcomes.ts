import { EgressError, FlowError, type Json } from '#base';
import { DocumentError } from '#documents';
import { ModelError } from '#models';
import type { ExecutorContext, Outcome, TaskFailure } from './contract.ts';

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
 * Expected failures of calls, files, documents and models as the outcome that they mean; anything else is a bug and is thrown again.
 * A document that took too long may fare better on a calmer machine, so it is retryable; one that cannot be read never is.
 */
export function outcomeOfError(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted) return aborted();
  if (error instanceof ModelError) {
    return failed(error.code, error.message, { retryable: error.retryable, retryAfterMs: error.retryAfterMs });
  }
  if (error instanceof EgressError) return failed(error.code, error.message, { retryable: TRANSIENT.has(error.code) });
  if (error instanceof DocumentError) return failed(error.code, error.message, { retryable: error.retryable });
  if (error instanceof FlowError) return failed(error.code, error.message, { retryable: error.status >= 500 });
  throw error;
}

const MAX_MESSAGE = 2000;

/** What an error says, short enough for a row. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE);
/** Of a call out: the same call may come right later. */
const TRANSIENT: ReadonlySet<string> = new Set(['connect_failed', 'timeout', 'response_broken', 'endpoint_busy']);

const BUSY_MS = 1000;
const MAX_BUSY_MS = 3_600_000; // an hour: then the server is not slow but away

/**
 * The outcome of a task whose server has as many calls of this organization under way as one process makes: it comes back in a while, without
 * costing a try, and holds no place meanwhile (RELIABILITY F17). Chance keeps those that wait apart.
 */
export function comeBackLater(context: Pick<ExecutorContext, 'firstStartedAt' | 'now'>, checkpoint: Json): Outcome {
  const now = context.now().getTime();
  if (now - context.firstStartedAt.getTime() > MAX_BUSY_MS)
    return failed('endpoint_busy', 'The server has been busy with other calls of this organization for an hour.', { retryable: true });
  return { status: 'scheduled', until: new Date(now + BUSY_MS + Math.round(2 * BUSY_MS * Math.random())), checkpoint };
}
