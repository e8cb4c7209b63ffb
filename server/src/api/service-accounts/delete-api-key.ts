import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { deleteApiKey as deleteRow } from './service-account.queries.ts';
import { ApiKeyPath } from './service-account.wire.ts';

/** DELETE /api/service-accounts/{service_account_id}/api-keys/{api_key_id}: opens nothing from the next request on (people-and-integrations.md C9). */
export function deleteApiKey(app: FlowApp, _deps: ApiDeps): void {
  app.delete(
    '/api/service-accounts/:service_account_id/api-keys/:api_key_id',
    {
      config: { operation: 'delete_api_key' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Delete a key',
        params: ApiKeyPath,
        response: { 204: Type.Null({ description: 'Deleted' }), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { service_account_id: accountId, api_key_id: id } = request.params;
      await request.tenant((tx) => deleteRow(tx, request.principal, { accountId, id }));
      return reply.code(204).send(null);
    },
  );
}
