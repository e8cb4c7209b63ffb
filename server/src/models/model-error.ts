/** An expected failure of a model: the executor turns it into a failed outcome, the engine's retry policy reads `code` and `retryable`. */
export class ModelError extends Error {
  /** snake_case: model_unavailable, model_rate_limited, model_refused, model_timeout, model_invalid_answer, model_answer_too_large, address_refused, document_too_large. */
  readonly code: string;
  readonly retryable: boolean;
  /** What the endpoint asked for by Retry-After. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, options: { retryable: boolean; retryAfterMs?: number | undefined; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ModelError';
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}
