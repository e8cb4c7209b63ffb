export type EgressCode =
  | 'address_refused'
  | 'request_refused'
  | 'redirect_refused'
  | 'connect_failed'
  | 'timeout'
  | 'response_too_large'
  | 'response_broken'
  | 'endpoint_busy';

/** A call out that was refused or failed; the caller turns it into its own failure. Its message never holds a header or a body. */
export class EgressError extends Error {
  readonly code: EgressCode;

  constructor(code: EgressCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'EgressError';
    this.code = code;
  }
}
