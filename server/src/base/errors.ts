/**
 * Every expected failure of the platform is a `FlowError`: a code that a program can act on, a message that says what to do, details that
 * say where. It is thrown where the rule is and rendered once, by the API's error envelope or by the CLI.
 * The list below is the whole of the codes: docs/reference/errors.md is checked against it.
 */
export const ERROR_CODES = {
  unauthorized: 401,
  insufficient_credits: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  validation_error: 422,
  rate_limited: 429,
  bad_request: 400,
  invalid_dsl_input: 400,
  organization_inactive: 403,
  internal_error: 500,
  repository_error: 500,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One fault of a request, as the wire's 422 carries it. `loc` starts with body, query, path or header; `type` is one of pydantic's words. */
export interface FieldFault {
  loc: (string | number)[];
  msg: string;
  type: string;
  input?: unknown;
  ctx?: Record<string, unknown>;
  url?: string;
}

export type ErrorDetails = string[] | Record<string, unknown>[] | FieldFault[] | Record<string, unknown>;

export class FlowError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: ErrorDetails | undefined;
  /** Extra response headers, such as Retry-After. */
  readonly headers: Record<string, string>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown; headers?: Record<string, string> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FlowError';
    this.code = code;
    this.status = ERROR_CODES[code];
    this.details = options.details;
    this.headers = options.headers ?? {};
  }
}

/** No or bad credentials. The two messages are the contract's (core.md 1.1). */
export const unauthorized = (reason: 'missing' | 'invalid') =>
  new FlowError('unauthorized', reason === 'missing' ? 'Authentication required' : 'Invalid authentication token', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  });

/** The caller may see the thing, but its role may not do this (core.md C1). */
export const forbidden = (message: string) => new FlowError('forbidden', message);

/** Absent, deleted, or another organization's: the same answer (core.md C1). */
export const notFound = (what: string, id?: string) =>
  new FlowError('not_found', id === undefined ? `${what} not found` : `${what} '${id}' not found`);

/** Well-formed, but wrong in meaning (core.md C3). */
export const badRequest = (message: string, details?: ErrorDetails) => new FlowError('bad_request', message, details ? { details } : {});

/** Against the present state of the thing. */
export const conflict = (message: string, details?: ErrorDetails) => new FlowError('conflict', message, details ? { details } : {});

/** Breaks the declared schema (core.md C2, C3). */
export const validationError = (faults: FieldFault[]) =>
  new FlowError('validation_error', 'Request validation failed', { details: faults });

/** A definition that cannot be a flow: every fault at once, each `"<path>: <message>"` (core.md 1.3). */
export const invalidDefinition = (faults: string[]) =>
  new FlowError('invalid_dsl_input', 'The flow definition is invalid; see details for every fault', { details: faults });

export const payloadTooLarge = (message: string) => new FlowError('payload_too_large', message);

export const serviceUnavailable = (message: string, retryAfterSeconds: number, cause?: unknown) =>
  new FlowError('service_unavailable', message, {
    headers: { 'Retry-After': String(retryAfterSeconds) },
    ...(cause === undefined ? {} : { cause }),
  });
