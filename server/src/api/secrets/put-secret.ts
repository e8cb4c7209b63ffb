import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { putSecret as putRow } from './secret.queries.ts';
import { checkSize, SecretPath, SecretPutRequest, SecretResponse, toSecretWire } from './secret.wire.ts';

/** PUT /api/secrets/{name}: 201 where it is new, 200 where its value was replaced. Tasks that start from then on get the new value. */
export function putSecret(app: FlowApp, { config }: ApiDeps): void {
  app.put(
    '/api/secrets/:name',
    {
      config: { operation: 'put_secret', secretBody: true },
      schema: {
        tags: ['secrets'],
        summary: 'Set a secret',
        params: SecretPath,
        body: SecretPutRequest,
        response: { 200: SecretResponse, 201: SecretResponse, ...errorResponses(400, 401, 403, 409, 413, 422, 500) },
      },
    },
    async (request, reply) => {
      const secret = { encryptionKey: config.encryptionKey, name: request.params.name, value: checkSize(request.body.value) };
      const { row, isNew } = await request.tenant((tx) => putRow(tx, request.principal, secret));
      return reply.code(isNew ? 201 : 200).send(toSecretWire(row));
    },
  );
}
