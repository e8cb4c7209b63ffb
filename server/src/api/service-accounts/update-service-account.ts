import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { changeServiceAccount, type ServiceAccountChange } from './service-account.queries.ts';
import {
  readName,
  ServiceAccountPath,
  ServiceAccountResponse,
  ServiceAccountUpdateRequest,
  toServiceAccountWire,
} from './service-account.wire.ts';

/** PATCH /api/service-accounts/{service_account_id}: name and description; null leaves a name and clears a description. */
export function updateServiceAccount(app: FlowApp, _deps: ApiDeps): void {
  app.patch(
    '/api/service-accounts/:service_account_id',
    {
      config: { operation: 'update_service_account' },
      schema: {
        tags: ['service-accounts'],
        summary: 'Rename or describe a service account',
        params: ServiceAccountPath,
        body: ServiceAccountUpdateRequest,
        response: { 200: ServiceAccountResponse, ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { name, description } = request.body;
      const change: ServiceAccountChange = {};
      if (typeof name === 'string') change.name = readName(name);
      if (description !== undefined) change.description = description;
      const { service_account_id: id } = request.params;
      return toServiceAccountWire(await request.tenant((tx) => changeServiceAccount(tx, request.principal, id, change)));
    },
  );
}
