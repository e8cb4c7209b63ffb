import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { badRequest, type ErrorDetails, FlowError, isRequestId, newRequestId, payloadTooLarge, serviceUnavailable } from '#base';
import { codeOf } from '#db';
import type { FlowApp } from '../flow-app.ts';
import { aboutRequest } from './about-request.ts';

/** The body of an error (core.md 1.3); a 422 has FastAPI's `detail` beside it (core.md C2). */
export const toErrorBody = (error: FlowError, requestId: string): Record<string, unknown> => ({
  error: { message: error.message, code: error.code, ...(error.details === undefined ? {} : { details: error.details as ErrorDetails }) },
  request_id: requestId,
  ...(error.code === 'validation_error' ? { detail: error.details ?? [] } : {}),
});

const RETRY_SECONDS = 2; // overload of one process is mostly over by then

/** Values that no column holds: a number too large, a date that is none, text that is not UTF-8. */
const OUT_OF_RANGE = new Set(['22003', '22007', '22008', '22021', '22P02', '22P05']);
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A statement that PostgreSQL refused. The doors of #db have translated a database that is down already. */
function fromDatabase(error: Error): FlowError | undefined {
  const code = codeOf(error) ?? '';
  if (!SQLSTATE.test(code) || !('severity' in error)) return undefined;
  if (OUT_OF_RANGE.has(code)) return badRequest('A value is out of the range that can be stored');
  return new FlowError('repository_error', 'Database operation failed', { cause: error });
}

/** Fastify's own refusals, before any handler. */
function fromFastify(error: FastifyError): FlowError | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return payloadTooLarge('The request body is larger than the limit');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new FlowError('unsupported_media_type', 'This content type is not read here; send application/json');
  }
  if (error.statusCode === 429) return new FlowError('rate_limited', 'Too many requests; wait as Retry-After says');
  if (error.statusCode === 503) return serviceUnavailable('The server is overloaded; try again', RETRY_SECONDS);
  const isClients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isClients ? badRequest(`The request cannot be read: ${error.message}`) : undefined;
}

/** Whatever was thrown, as the error that the wire carries. What nobody expected says nothing of the inside. */
export function toFlowError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const known = error instanceof Error ? (fromDatabase(error) ?? fromFastify(error as FastifyError)) : undefined;
  return known ?? new FlowError('internal_error', 'Internal server error', { cause: error });
}

function sendError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toFlowError(thrown);
  if (error.status >= 500) {
    const what = { err: error.cause ?? thrown, ...aboutRequest(request), method: request.method, route: request.routeOptions?.url };
    if (error.code === 'service_unavailable') request.log.warn(what, error.message);
    else request.log.error(what, 'request failed');
  }
  reply
    .code(error.status)
    .headers(error.headers)
    .serializer(JSON.stringify as (payload: unknown) => string)
    .type('application/json; charset=utf-8')
    .send(toErrorBody(error, request.id));
}

/** Renders every error once: thrown by a handler, by a hook, or by Fastify itself. */
export function useErrorEnvelope(app: FlowApp): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply));
}

/** Errors of the router itself, such as a URL that is no URL: no hook has run yet. */
export function sendRouterError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('X-Request-ID', request.id);
  if (request.headers.upgrade !== undefined) reply.raw.once('finish', () => request.raw.destroy()); // else nothing would end it
  sendError(error, request, reply);
}

/** A caller's request id counts only if it is one of ours in form: a ULID. */
export const requestIdOf = (headers: { [name: string]: string | string[] | undefined }): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && isRequestId(given) ? given : newRequestId();
};
