import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { FlowApp } from '../flow-app.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What /metrics answers: this app's own, so that two in one process do not meet. */
    metrics: Registry;
  }
}

const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Counts and times every request by route pattern, method and status: never by a value that a caller chooses. */
export function useRequestMetrics(app: FlowApp): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'flow_http_requests_total', help: 'HTTP requests answered', labelNames, registers: [registry] });
  const seconds = new Histogram({
    name: 'flow_http_request_seconds',
    help: 'Time from request to answer',
    labelNames: ['method', 'route'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  app.decorate('metrics', registry);
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    requests.inc({ method: request.method, route, status: String(reply.statusCode) });
    seconds.observe({ method: request.method, route }, reply.elapsedTime / 1_000);
  });
}
