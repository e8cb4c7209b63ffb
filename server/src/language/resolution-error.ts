/**
 * A reference, expression or template that cannot be had: a property that is not there, a type that does not fit, a limit reached. Its
 * message is for the author of the flow; `code` is for programs and for `retry.non_retryable`.
 */
export class ResolutionError extends Error {
  readonly code: string;
  /** Where in the definition: `tasks.1.parameters.url`. Empty where an expression stands alone. */
  place: string;
  /** Character of the expression or template at which it went wrong. */
  readonly offset: number | undefined;

  constructor(code: string, message: string, options: { place?: string; offset?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ResolutionError';
    this.code = code;
    this.place = options.place ?? '';
    this.offset = options.offset;
  }
}

/** Runs `work`; a ResolutionError that leaves it knows its place in the definition. */
export function atPlace<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ResolutionError && error.place === '') error.place = place;
    throw error;
  }
}
