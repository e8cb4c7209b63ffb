import swagger from '@fastify/swagger';
import type { RouteOptions } from 'fastify';
import type { FlowApp } from '../flow-app.ts';
import { type Operation, PERMISSIONS } from '../permissions.ts';
import { errorResponses } from '../wire/index.ts';
import { nameSchemas } from '../wire/name-schemas.ts';
import { IDEMPOTENCY_HEADER } from './idempotency.ts';

type Schema = Record<string, unknown>;

const DESCRIPTION =
  'Define document and AI workflows as flows, run them durably, review what machines are unsure of, and read the results. ' +
  'Clients must ignore fields that they do not know: answers may gain fields, and enums may gain words. ' +
  'JSON answers to GET have an ETag, but for streamed lists: with If-None-Match an unchanged one is 304.';

const SECURITY_SCHEMES = {
  BearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token, or an API key (`saf_...`)' },
  APIKeyAuth: { type: 'apiKey', name: 'X-API-Key', in: 'header', description: 'An API key of a service account' },
} as const;

const TAGS = [
  ['flows', 'Definitions, their versions, their documents'],
  ['flow-executions', 'Runs of a flow'],
  ['task-executions', 'What each task of a run did'],
  ['external-tasks', 'Tasks that programs outside of the platform do'],
  ['task-executors', 'What a flow can be made of'],
  ['task-outputs', 'Results of a run'],
  ['task-data', 'What an editor needs to know of a definition'],
  ['task-tags', 'Labels of tasks in a run'],
  ['auth', 'Signing in'],
  ['profile', 'Who is signed in'],
  ['models', 'Models that tasks may call'],
  ['files', 'Documents by their address'],
  ['service-accounts', 'Programs that call the API, and their keys'],
  ['queues', 'What waits and runs, and pausing and limiting it'],
  ['webhook-deliveries', 'What was sent to receivers, and sending it again'],
  ['secrets', 'Values that flows use and nobody reads'],
  ['system', 'Health and metrics of this process'],
].map(([name, description]) => ({ name: name as string, description: description as string }));

/** A field of a request that has a default may be left out; the validator fills it in. */
function withOptionalDefaults(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withOptionalDefaults);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withOptionalDefaults(value)])) as Schema;
  const properties = copy['properties'] as Record<string, Schema> | undefined;
  if (properties && Array.isArray(copy['required'])) {
    const required = (copy['required'] as string[]).filter((name) => properties[name]?.['default'] === undefined);
    if (required.length > 0) copy['required'] = required;
    else delete copy['required'];
  }
  return copy;
}

const SUCCESS: Record<string, string> = { 200: 'The answer', 201: 'Created', 204: 'Done' };

const described = (responses: Record<string, Schema>): Record<string, Schema> =>
  Object.fromEntries(
    Object.entries(responses).map(([status, schema]) => [status, { description: SUCCESS[status] ?? 'The answer', ...schema }]),
  );

function describeRoute({ schema, url, route }: { schema: Schema; url: string; route: RouteOptions }): { schema: Schema; url: string } {
  const operation = route.config?.operation as Operation | undefined;
  if (operation === undefined || schema?.['hide'] === true) return { schema: { ...schema, hide: true }, url };
  const secured = PERMISSIONS[operation] !== 'public';
  const copy: Schema = { ...schema, security: secured ? [{ BearerAuth: [] }, { APIKeyAuth: [] }] : [] };
  for (const part of ['body', 'querystring']) if (schema[part]) copy[part] = withOptionalDefaults(schema[part]);
  let response = schema['response'] as Record<string, Schema> | undefined;
  if (route.config?.idempotent) {
    copy['headers'] = { type: 'object', properties: IDEMPOTENCY_HEADER };
    response = { ...(errorResponses(409) as unknown as Record<string, Schema>), ...response };
  }
  if (response) copy['response'] = described(response);
  return { schema: copy, url };
}

/** The OpenAPI document, made from the routes' own schemas. Registered before any route. */
export async function useOpenApi(app: FlowApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Flow Platform', description: DESCRIPTION, version: '0.1.0' },
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    hideUntagged: true,
    transform: describeRoute as never,
    transformObject: (document) => nameSchemas((document as { openapiObject: Schema }).openapiObject) as never,
  });
}
