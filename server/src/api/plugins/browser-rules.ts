import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';

const EXPOSED = ['X-Request-ID', 'X-Total-Count', 'Link', 'Location', 'Retry-After', 'ETag', 'Idempotency-Replayed', 'Preference-Applied'];
const PREFLIGHT_SECONDS = 600;

/** What browsers enforce: strict headers on every answer, other origins only where the operator names them (core.md G15). */
export async function useBrowserRules(app: FlowApp, deps: ApiDeps): Promise<void> {
  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        upgradeInsecureRequests: null,
      },
    },
    hsts: deps.config.publicUrl?.startsWith('https:') ? undefined : false, // plain HTTP on a laptop must stay reachable
    crossOriginResourcePolicy: { policy: deps.config.corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
  });
  await app.register(cors, {
    origin: deps.config.corsOrigins.includes('*') ? true : [...deps.config.corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  });
}
