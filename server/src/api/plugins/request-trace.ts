import type { FastifyReply, FastifyRequest } from 'fastify';
import { activeTrace, parseTraceparent, type SpanAttributes, withinTrace } from '#base';
import type { OpenSpan, Tracing } from '#telemetry';
import type { FlowApp } from '../flow-app.ts';
import { idsOfRequest } from './about-request.ts';

/** Asked every few seconds by instruments: a span each would bury the others. */
const UNTRACED = new Set(['get_live', 'get_ready', 'get_verdict', 'get_metrics']);

const spans = new WeakMap<FastifyRequest, OpenSpan>();

/**
 * Each request belongs to the trace that its `traceparent` names (W3C Trace Context); a malformed one is as none. With `tracing` it is a span, named by its
 * route; without, the context is passed on as it came. Costs a look at one header where there is neither.
 */
export function useRequestTrace(app: FlowApp, tracing: Tracing | undefined): void {
  if (tracing !== undefined) {
    app.addHook('onRequest', async (request) => {
      const { operation } = request.routeOptions.config;
      if (operation === undefined || UNTRACED.has(operation)) return;
      const parent = parseTraceparent(request.headers['traceparent']);
      const route = request.routeOptions.url;
      const attributes = { 'http.request.method': request.method, 'http.route': route, 'flow.request_id': request.id };
      spans.set(request, tracing.begin(`${request.method} ${route}`, { kind: 'server', parent, attributes }));
    });
    app.addHook('onResponse', async (request, reply) => endSpan(request, reply));
  }
  // Here, since the body has been read: whatever was awaited before belongs to the connection, and would lose the trace.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    const traceparent = span?.traceparent ?? parseTraceparent(request.headers['traceparent']);
    if (traceparent === undefined) done();
    else withinTrace(span ?? { traceparent }, done);
  });
}

function endSpan(request: FastifyRequest, reply: FastifyReply): void {
  const span = spans.get(request);
  if (span === undefined) return;
  const ids = Object.entries(idsOfRequest(request)).map(([name, id]) => [`flow.${name}`, id]);
  span.note({ 'http.response.status_code': reply.statusCode, ...Object.fromEntries(ids) });
  if (reply.statusCode >= 500) span.fail();
  span.end();
}

/** What an operation says of itself in its request's span, where there is one. */
export const noteOnTrace = (attributes: SpanAttributes): void => activeTrace()?.note?.(attributes);
