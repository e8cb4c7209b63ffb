import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { signInLimit } from '../plugins/limits.ts';
import { errorResponses, Nullable, Uuid } from '../wire/index.ts';

const SetUpRequest = Type.Object(
  {
    token: Type.String({ maxLength: 200, description: 'From the set-up link that the first start prints' }),
    email: Type.String({ format: 'email' }),
    password: Type.String({ minLength: 8, maxLength: 128 }),
    organization_name: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: 255 }))),
  },
  { title: 'SetUpRequest' },
);

const SetUpResponse = Type.Object({ organization_id: Uuid(), user_id: Uuid() }, { title: 'SetUpResponse' });

/** POST /api/setup: makes the first organization and its administrator. Works once, while there is no user. */
export function setUp(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/setup',
    {
      config: { operation: 'set_up', ...signInLimit },
      schema: {
        tags: ['auth'],
        summary: 'Make the first administrator',
        body: SetUpRequest,
        response: { 201: SetUpResponse, ...errorResponses(400, 401, 422, 429, 500) },
      },
    },
    async (request, reply) => {
      const { token, email, password, organization_name: name } = request.body;
      const made = await deps.access.consumeSetupToken(token, { email, password, ...(name ? { organizationName: name } : {}) });
      return reply.code(201).send({ organization_id: made.organizationId, user_id: made.userId });
    },
  );
}
