import type { Socket } from 'node:net';
import websocket from '@fastify/websocket';
import { type FastifyBaseLogger, fastify, LogController } from 'fastify';
import { badRequest, newRequestId } from '#base';
import type { ApiDeps } from './deps.ts';
import type { FlowApp } from './flow-app.ts';
import { socketServerOptions } from './live/socket-server.ts';
import { useAuthentication } from './plugins/authenticate.ts';
import { useBodyParsers } from './plugins/body-parsers.ts';
import { useBrowserRules } from './plugins/browser-rules.ts';
import { useConditionalGet } from './plugins/conditional-get.ts';
import { requestIdOf, sendRouterError, toErrorBody, useErrorEnvelope } from './plugins/error-envelope.ts';
import { useIdempotencyKeys } from './plugins/idempotency.ts';
import { useKnownRoutes } from './plugins/known-routes.ts';
import { usePressureRelief, useRateLimit } from './plugins/limits.ts';
import { useOpenApi } from './plugins/openapi.ts';
import { useReferencePage } from './plugins/reference-page.ts';
import { useRequestMetrics } from './plugins/request-metrics.ts';
import { registerRoutes } from './routes.ts';
import { compileSchema } from './wire/compile-schema.ts';

const MEGABYTE = 1024 * 1024;
const BODY_LIMIT = 10 * MEGABYTE; // core.md G7; a route may say more
const REQUEST_TIMEOUT_MS = 120_000; // for the whole request to arrive: a slow uploader, not a slowloris
const HEADERS_TIMEOUT_MS = 20_000;
const MAX_PARAM_LENGTH = 1_024; // of a path segment, after it 404

function answerBrokenRequest(_error: Error, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const id = newRequestId();
  const body = JSON.stringify(toErrorBody(badRequest('The request is not valid HTTP'), id));
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nX-Request-ID: ${id}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function createServer(deps: ApiDeps): FlowApp {
  const app = fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestIdOf(request.headers),
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: sendRouterError as never,
    clientErrorHandler: answerBrokenRequest as never,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // a request on a connection that was open already is served to its end
  }) as unknown as FlowApp;
  app.setValidatorCompiler(compileSchema as never);
  return app;
}

/**
 * The API, ready to listen or to be injected into; closing it ends its connections, not `deps`. The order of what runs before a handler:
 * request id, security headers, load, credentials, right, rate, body, schema,
 * what was answered before.
 */
export async function createApi(deps: ApiDeps): Promise<FlowApp> {
  const app = createServer(deps);
  app.addHook('onRequest', async (request, reply) => void reply.header('X-Request-ID', request.id));
  await app.register(websocket, socketServerOptions); // before what may refuse: its hooks end the socket of a refused upgrade
  useErrorEnvelope(app);
  useBodyParsers(app);
  useKnownRoutes(app);
  useRequestMetrics(app);
  await useBrowserRules(app, deps);
  await useOpenApi(app);
  await usePressureRelief(app);
  useAuthentication(app, deps);
  await useRateLimit(app, deps);
  useIdempotencyKeys(app);
  useConditionalGet(app);
  registerRoutes(app, deps);
  useReferencePage(app);
  await app.ready();
  return app;
}
