import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { changeApiKey } from './service-account.queries.ts';
import { ApiKeyPath, ApiKeyResponse, ApiKeyUpdateRequest, readName, toApiKeyWire } from './service-account.wire.ts';

/** PATCH /api/service-accounts/{service_account_id}/api-keys/{api_key_id}: name and description. To rotate, make a new key, delete the old. */
export function updateApiKey(app: FlowApp, _deps: ApiDeps): void {
  app.patch(
    '/api/service-accounts/:service_account_id/api-keys/:api_key_id',
    {
      config: { operation: 'update_api_key' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Rename or describe a key',
        params: ApiKeyPath,
        body: ApiKeyUpdateRequest,
        response: { 200: ApiKeyResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { name, description } = request.body;
      const { service_account_id: accountId, api_key_id: id } = request.params;
      const change = {
        ...(typeof name === 'string' ? { name: readName(name) } : {}),
        ...(description === undefined ? {} : { description }),
      };
      return toApiKeyWire(await request.tenant((tx) => changeApiKey(tx, request.principal, { accountId, id }, change)));
    },
  );
}
