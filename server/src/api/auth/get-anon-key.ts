import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';

/** GET /api/auth/anon-key: what GoTrue's clients send as `apikey`. It opens nothing. */
export function getAnonKey(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/auth/anon-key',
    {
      config: { operation: 'get_anon_key' },
      schema: {
        tags: ['auth'],
        summary: 'The key for the header apikey of /auth/v1',
        response: { 200: Type.Object({ anon_key: Type.String() }, { title: 'AnonKeyResponse' }), ...errorResponses(422, 500) },
      },
    },
    async () => ({ anon_key: deps.access.anonKey }),
  );
}
