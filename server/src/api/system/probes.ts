import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { unlimited } from '../plugins/limits.ts';
import { errorResponses } from '../wire/index.ts';

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

/** GET /metrics: Prometheus text, for administrators. */
export function getMetrics(app: FlowApp): void {
  app.get(
    '/metrics',
    {
      config: { operation: 'get_metrics', ...unlimited },
      schema: {
        tags: ['system'],
        summary: 'Metrics of this process, for Prometheus',
        response: { 200: Type.String({ description: 'Text in the format of Prometheus' }), ...errorResponses(401, 403) },
      },
    },
    async (_request, reply) => {
      reply.header('Content-Type', app.metrics.contentType);
      return app.metrics.metrics();
    },
  );
}
