import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { changeServiceAccount } from './service-account.queries.ts';
import { ServiceAccountPath, ServiceAccountResponse, toServiceAccountWire } from './service-account.wire.ts';

/**
 * POST /api/service-accounts/{service_account_id}/activate and /deactivate (people-and-integrations.md, PATCH service-accounts): keys of an
 * inactive account open nothing from the next request on. Repeating is a no-op.
 */
export function setServiceAccountStatus(app: FlowApp, _deps: ApiDeps): void {
  for (const [verb, status] of [['activate', 'active'] as const, ['deactivate', 'inactive'] as const]) {
    app.post(
      `/api/service-accounts/:service_account_id/${verb}`,
      {
        config: { operation: `${verb}_service_account` },
        schema: {
          tags: ['service-accounts'],
          summary: `${verb === 'activate' ? 'Activate' : 'Deactivate'} a service account`,
          params: ServiceAccountPath,
          response: { 200: ServiceAccountResponse, ...errorResponses(401, 403, 404, 422, 500) },
        },
      },
      async (request) => {
        const { service_account_id: id } = request.params;
        return toServiceAccountWire(await request.tenant((tx) => changeServiceAccount(tx, request.principal, id, { status })));
      },
    );
  }
}
