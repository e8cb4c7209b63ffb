import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { deleteSecret as deleteRow } from './secret.queries.ts';
import { SecretPath } from './secret.wire.ts';

/** DELETE /api/secrets/{name}: for good. A task that refers to it fails from then on with no_such_secret. */
export function deleteSecret(app: FlowApp, _deps: ApiDeps): void {
  app.delete(
    '/api/secrets/:name',
    {
      config: { operation: 'delete_secret' },
      schema: {
        tags: ['secrets'],
        summary: 'Delete a secret',
        params: SecretPath,
        response: { 204: Type.Null({ description: 'Deleted' }), ...errorResponses(401, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      await request.tenant((tx) => deleteRow(tx, request.params.name));
      return reply.code(204).send(null);
    },
  );
}
