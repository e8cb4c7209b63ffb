import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, offsetQuery, setListHeaders } from '../wire/index.ts';
import { listApiKeys } from './service-account.queries.ts';
import { ApiKeyResponse, ServiceAccountPath, toApiKeyWire } from './service-account.wire.ts';

/** GET /api/service-accounts/{service_account_id}/api-keys: live keys, newest first. */
export function listServiceAccountApiKeys(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/service-accounts/:service_account_id/api-keys',
    {
      config: { operation: 'list_service_account_api_keys' },
      schema: {
        tags: ['service-accounts'],
        summary: 'List the keys of a service account',
        params: ServiceAccountPath,
        querystring: Type.Object(offsetQuery({ defaultLimit: 100, maxLimit: 1_000 })),
        response: { 200: Type.Array(ApiKeyResponse), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { service_account_id: accountId } = request.params;
      const { rows, total } = await request.tenant((tx) => listApiKeys(tx, accountId, request.query), { readOnly: true });
      const next = request.query.offset + request.query.limit;
      setListHeaders(reply, { total, ...(next < total ? { nextUrl: changedUrl(deps.publicUrl(), request.url, { offset: next }) } : {}) });
      return rows.map(toApiKeyWire);
    },
  );
}
