import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { Words } from '../wire/index.ts';
import { goTrueErrors, sendGoTrueError } from './gotrue-errors.ts';

const Scope = Words(['global', 'local', 'others'], { default: 'global', description: "Which of the user's sessions end" });

/** POST /auth/v1/logout: ends every session of the user, unless the scope says otherwise. */
export function signOut(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/auth/v1/logout',
    {
      config: { operation: 'sign_out' },
      errorHandler: sendGoTrueError,
      schema: {
        tags: ['auth'],
        summary: 'Sign out (GoTrue)',
        querystring: Type.Object({ scope: Scope }),
        response: { 204: Type.Null({ description: 'Signed out' }), ...goTrueErrors },
      },
    },
    async (request, reply) => {
      await deps.access.signOut(await deps.access.authenticate(request.headers), request.query.scope);
      return reply.code(204).send(null);
    },
  );
}
