import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { addApiKey } from './service-account.queries.ts';
import { ApiKeyCreateRequest, ApiKeyCreateResponse, readName, ServiceAccountPath, toApiKeyWire } from './service-account.wire.ts';

/** POST /api/service-accounts/{service_account_id}/api-keys: the answer shows the token, nothing later does. */
export function createServiceAccountApiKey(app: FlowApp, _deps: ApiDeps): void {
  app.post(
    '/api/service-accounts/:service_account_id/api-keys',
    {
      config: { operation: 'create_service_account_api_key' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Create a key',
        params: ServiceAccountPath,
        body: ApiKeyCreateRequest,
        response: { 201: ApiKeyCreateResponse, ...errorResponses(400, 401, 403, 404, 409, 422, 500) },
      },
    },
    async (request, reply) => {
      const { name, description = null } = request.body;
      const named = { name: readName(name), description };
      const { key, row } = await request.tenant((tx) => addApiKey(tx, request.principal, request.params.service_account_id, named));
      return reply.code(201).send({ ...toApiKeyWire(row), token: key.token });
    },
  );
}
