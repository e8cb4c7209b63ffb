import { Type } from 'typebox';
import { judge, stateMetrics, unreadable } from '#telemetry';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { unlimited } from '../plugins/limits.ts';
import { errorResponses } from '../wire/index.ts';
import { HealthVerdict } from './verdict.wire.ts';

const Health = Type.Object({ status: Type.String() }, { title: 'Health' });
const READY_WITHIN_MS = 2_000; // a load balancer asks again every few seconds

/** GET /health/live: the process answers. GET /health/ready: the database does too, and nobody asked the process to stop. */
export function getHealth(app: FlowApp, deps: ApiDeps): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });

  async function isDatabaseThere(): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), READY_WITHIN_MS).unref());
    const answered = deps.engineDb.query('health', 'select 1', []).then(
      () => true,
      () => false,
    );
    return Promise.race([answered, late]);
  }

  app.get(
    '/health/live',
    {
      config: { operation: 'get_live', ...unlimited },
      schema: { tags: ['system'], summary: 'Is the process alive', response: { 200: Health } },
    },
    async () => ({ status: 'ok' }),
  );
  app.get(
    '/health/ready',
    {
      config: { operation: 'get_ready', ...unlimited },
      schema: { tags: ['system'], summary: 'Can requests be served', response: { 200: Health, 503: Health } },
    },
    async (_request, reply) => {
      if (isClosing) return reply.code(503).send({ status: 'closing' });
      return (await isDatabaseThere()) ? { status: 'ok' } : reply.code(503).send({ status: 'database unreachable' });
    },
  );
}

/** GET /health/verdict: whether work flows and succeeds, what waits longest and who is silent, as the caller's organization sees it. */
export function getVerdict(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/health/verdict',
    {
      config: { operation: 'get_verdict', ...unlimited },
      schema: {
        tags: ['system'],
        summary: 'Does work flow and succeed, what waits longest, who is silent',
        response: { 200: HealthVerdict, ...errorResponses(401, 403) },
      },
    },
    async (request) => {
      const state = await deps.state.read().catch(() => undefined); // the reader has logged it
      if (state === undefined) return unreadable();
      return judge(state, { viewer: request.principal.organizationId, unheardMs: deps.events.unheardMs() });
    },
  );
}

/** GET /metrics: Prometheus text, for administrators; other organizations are summed. FLOW_METRICS_PORT has all of them. */
export function getMetrics(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/metrics',
    {
      config: { operation: 'get_metrics', ...unlimited },
      schema: {
        tags: ['system'],
        summary: 'Metrics of this process and of the platform, for Prometheus',
        response: { 200: Type.String({ description: 'Text in the format of Prometheus' }), ...errorResponses(401, 403) },
      },
    },
    async (request, reply) => {
      const { registry } = deps.metrics;
      const state = await deps.state.read().catch(() => undefined); // what this process counts is told all the same
      reply.header('Content-Type', registry.contentType);
      return `${await registry.metrics()}\n${await stateMetrics(state, request.principal.organizationId)}`;
    },
  );
}
