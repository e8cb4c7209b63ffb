import type { Metrics } from '#telemetry';
import type { FlowApp } from '../flow-app.ts';

/** Counts and times every request by route pattern, method and status: never by a value that a caller chooses. */
export function useRequestMetrics(app: FlowApp, { httpRequests, httpSeconds }: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    httpRequests.inc({ method: request.method, route, status: String(reply.statusCode) });
    httpSeconds.observe({ method: request.method, route }, reply.elapsedTime / 1_000);
  });
}
