import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { changedUrl, errorResponses, offsetQuery, setListHeaders } from '../wire/index.ts';
import { listSecrets as listRows } from './secret.queries.ts';
import { SecretResponse, toSecretWire } from './secret.wire.ts';

/** GET /api/secrets: names and dates, by name. */
export function listSecrets(app: FlowApp, deps: ApiDeps): void {
  app.get(
    '/api/secrets',
    {
      config: { operation: 'list_secrets' },
      schema: {
        tags: ['secrets'],
        summary: 'List the names of the secrets',
        querystring: Type.Object(offsetQuery({ defaultLimit: 100, maxLimit: 1_000 })),
        response: { 200: Type.Array(SecretResponse), ...errorResponses(401, 403, 422, 500) },
      },
    },
    async (request, reply) => {
      const { rows, total } = await request.tenant((tx) => listRows(tx, request.query), { readOnly: true });
      const next = request.query.offset + request.query.limit;
      setListHeaders(reply, { total, nextUrl: next < total ? changedUrl(deps.publicUrl(), request.url, { offset: next }) : undefined });
      return rows.map(toSecretWire);
    },
  );
}
