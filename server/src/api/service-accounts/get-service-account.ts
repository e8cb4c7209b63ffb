import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { getServiceAccount as getRow } from './service-account.queries.ts';
import { ServiceAccountPath, ServiceAccountResponse, toServiceAccountWire } from './service-account.wire.ts';

/** GET /api/service-accounts/{service_account_id} */
export function getServiceAccount(app: FlowApp, _deps: ApiDeps): void {
  app.get(
    '/api/service-accounts/:service_account_id',
    {
      config: { operation: 'get_service_account' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Get a service account',
        params: ServiceAccountPath,
        response: { 200: ServiceAccountResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) =>
      toServiceAccountWire(await request.tenant((tx) => getRow(tx, request.params.service_account_id), { readOnly: true })),
  );
}
