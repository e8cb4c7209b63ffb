import { notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { findProfile } from './profile.queries.ts';
import { toProfileWire, UserProfileResponse } from './profile.wire.ts';

/** GET /api/profile/me: who the credentials belong to, a person or a service account (people-and-integrations.md 7). */
export function getCurrentUser(app: FlowApp, _deps: ApiDeps): void {
  app.get(
    '/api/profile/me',
    {
      config: { operation: 'get_current_user' },
      schema: { tags: ['profile'], summary: 'Who am I', response: { 200: UserProfileResponse, ...errorResponses(401, 404, 500) } },
    },
    async (request) => {
      const row = await request.tenant((tx) => findProfile(tx, request.principal), { readOnly: true });
      if (!row) throw notFound('User');
      return toProfileWire(row);
    },
  );
}
