import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, offsetQuery, setListHeaders } from '../wire/index.ts';
import { listServiceAccounts as listRows } from './service-account.queries.ts';
import { ServiceAccountResponse, toServiceAccountWire } from './service-account.wire.ts';

/** GET /api/service-accounts: newest first. */
export function listServiceAccounts(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/service-accounts',
    {
      config: { operation: 'list_service_accounts' },
      schema: {
        tags: ['service-accounts'],
        summary: 'List service accounts',
        querystring: Type.Object(offsetQuery({ defaultLimit: 100, maxLimit: 1_000 })),
        response: { 200: Type.Array(ServiceAccountResponse), ...errorResponses(401, 403, 422, 500) },
      },
    },
    async (request, reply) => {
      const { rows, total } = await request.tenant((tx) => listRows(tx, request.query), { readOnly: true });
      const next = request.query.offset + request.query.limit;
      setListHeaders(reply, { total, ...(next < total ? { nextUrl: changedUrl(deps.publicUrl(), request.url, { offset: next }) } : {}) });
      return rows.map(toServiceAccountWire);
    },
  );
}
