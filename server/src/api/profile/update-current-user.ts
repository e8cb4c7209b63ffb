import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { changeUser } from './profile.queries.ts';
import { toUserWire, UserResponse, UserUpdateRequest } from './user.wire.ts';

/**
 * PATCH /api/profile/me: a user's own names and settings (people-and-integrations.md 7). Absent and null leave a field as it is; a password is
 * checked and ignored, every other field is ignored. Answers the stored user, not the profile of GET.
 */
export function updateCurrentUser(app: FlowApp, _deps: ApiDeps): void {
  app.patch(
    '/api/profile/me',
    {
      config: { operation: 'update_current_user' },
      schema: {
        tags: ['profile'],
        summary: 'Change my name or my settings',
        body: UserUpdateRequest,
        response: { 200: UserResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, body } = request;
      const row = await request.tenant((tx) => changeUser(tx, principal, body));
      if (!row) throw notFound('User');
      return toUserWire(row);
    },
  );
}
