import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { insertServiceAccount } from './service-account.queries.ts';
import { readName, ServiceAccountCreateRequest, ServiceAccountCreateResponse, toServiceAccountWire } from './service-account.wire.ts';

/** POST /api/service-accounts: the account and its first key, whose token this answer alone shows (people-and-integrations.md C6). */
export function createServiceAccount(app: FlowApp, _deps: ApiDeps): void {
  app.post(
    '/api/service-accounts',
    {
      config: { operation: 'create_service_account' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Create a service account and its first key',
        body: ServiceAccountCreateRequest,
        response: { 201: ServiceAccountCreateResponse, ...errorResponses(400, 401, 403, 422, 500) },
      },
    },
    async (request, reply) => {
      const { name, description = null, role } = request.body;
      const account = { name: readName(name), description, role: role === 'org_admin' ? ('org_admin' as const) : ('integration' as const) };
      const created = await request.tenant((tx) => insertServiceAccount(tx, request.principal, account));
      const wire = toServiceAccountWire(created.account);
      return reply.code(201).send({ ...wire, token: created.token, token_prefix: wire.token_prefix ?? '', api_key_id: created.apiKeyId });
    },
  );
}
