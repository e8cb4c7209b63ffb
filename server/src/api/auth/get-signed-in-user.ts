import { unauthorized } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { GoTrueUser, toGoTrueUser } from './gotrue.wire.ts';
import { goTrueErrors, sendGoTrueError } from './gotrue-errors.ts';

/** GET /auth/v1/user: whose access token this is. */
export function getSignedInUser(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/auth/v1/user',
    {
      config: { operation: 'get_signed_in_user' },
      errorHandler: sendGoTrueError,
      schema: { tags: ['auth'], summary: 'The signed-in user (GoTrue)', response: { 200: GoTrueUser, ...goTrueErrors } },
    },
    async (request) => {
      const principal = await deps.access.authenticate(request.headers);
      const user = principal.kind === 'user' ? await deps.access.findUser(principal.organizationId, principal.id) : undefined;
      if (!user) throw unauthorized('invalid');
      return toGoTrueUser(user);
    },
  );
}
