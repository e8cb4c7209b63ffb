import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { deleteServiceAccount as deleteRow } from './service-account.queries.ts';
import { ServiceAccountPath } from './service-account.wire.ts';

/** DELETE /api/service-accounts/{service_account_id}: for good, with its keys. What it changed keeps its id. */
export function deleteServiceAccount(app: FlowApp, _deps: ApiDeps): void {
  app.delete(
    '/api/service-accounts/:service_account_id',
    {
      config: { operation: 'delete_service_account' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Delete a service account and its keys',
        params: ServiceAccountPath,
        response: { 204: Type.Null({ description: 'Deleted' }), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      await request.tenant((tx) => deleteRow(tx, request.params.service_account_id));
      return reply.code(204).send(null);
    },
  );
}
