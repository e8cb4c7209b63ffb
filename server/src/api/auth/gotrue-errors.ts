import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '#access';
import type { ErrorCode } from '#base';
import { aboutRequest } from '../plugins/about-request.ts';
import { toFlowError } from '../plugins/error-envelope.ts';
import { GoTrueError } from './gotrue.wire.ts';

interface GoTrueFault {
  status: number;
  errorCode: string;
  msg: string;
  /** OAuth's word for it (RFC 6749, 5.2). */
  error?: string;
}

/** GoTrue's status, code and words for each refusal: its clients act on the code and show the words. */
const REFUSALS: Record<Refusal, GoTrueFault> = {
  invalid_credentials: { status: 400, errorCode: 'invalid_credentials', msg: 'Invalid login credentials', error: 'invalid_grant' },
  user_banned: { status: 403, errorCode: 'user_banned', msg: 'User is banned', error: 'access_denied' },
  refresh_token_not_found: {
    status: 400,
    errorCode: 'refresh_token_not_found',
    msg: 'Invalid Refresh Token: Refresh Token Not Found',
    error: 'invalid_grant',
  },
  refresh_token_already_used: {
    status: 400,
    errorCode: 'refresh_token_already_used',
    msg: 'Invalid Refresh Token: Already Used',
    error: 'invalid_grant',
  },
  session_not_found: {
    status: 403,
    errorCode: 'session_not_found',
    msg: 'Session from session_id claim in JWT does not exist',
    error: 'invalid_grant',
  },
};

/** What GoTrue calls our errors; the rest are `unexpected_failure`. */
const CODES: Partial<Record<ErrorCode, string>> = {
  validation_error: 'validation_failed',
  bad_request: 'bad_json',
  unauthorized: 'no_authorization',
  rate_limited: 'over_request_rate_limit',
};

export function sendGoTrueFault(reply: FastifyReply, fault: GoTrueFault): FastifyReply {
  const { status, errorCode, msg, error = errorCode } = fault;
  const body = { code: status, error_code: errorCode, msg, error, error_description: msg };
  return reply
    .code(status)
    .serializer(JSON.stringify as (payload: unknown) => string)
    .type('application/json; charset=utf-8')
    .send(body);
}

export const sendRefusal = (reply: FastifyReply, refusal: Refusal): FastifyReply => sendGoTrueFault(reply, REFUSALS[refusal]);

/** The errors of /auth/v1 have GoTrue's form, not the envelope: what its clients parse. */
export function sendGoTrueError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toFlowError(thrown);
  if (error.status >= 500) request.log.error({ err: error.cause ?? thrown, ...aboutRequest(request) }, 'sign-in failed');
  sendGoTrueFault(reply.headers(error.headers), {
    status: error.status,
    errorCode: CODES[error.code] ?? 'unexpected_failure',
    msg: error.message,
  });
}

/** The error answers that a route of /auth/v1 declares. */
export const goTrueErrors = Object.fromEntries(
  [400, 401, 403, 422, 429, 500].map((status) => [status, { ...GoTrueError, description: 'Refused, in the form of GoTrue' }]),
) as unknown as Record<400 | 401 | 403 | 422 | 429 | 500, typeof GoTrueError>;
