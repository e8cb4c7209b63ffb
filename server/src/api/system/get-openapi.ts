import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';

const CACHE_SECONDS = 60;

/** GET /api/openapi.json: this API, described by its own schemas. The same for everybody, made when first asked for. */
export function getOpenApi(app: FlowApp, deps: ApiDeps): void {
  let document: string | undefined;
  app.get(
    '/api/openapi.json',
    { config: { operation: 'get_openapi' }, schema: { tags: ['system'], summary: 'The OpenAPI document' } },
    async (_request, reply) => {
      document ??= JSON.stringify({ ...app.swagger(), servers: [{ url: deps.publicUrl() }] });
      return reply.type('application/json; charset=utf-8').header('Cache-Control', `public, max-age=${CACHE_SECONDS}`).send(document);
    },
  );
}
