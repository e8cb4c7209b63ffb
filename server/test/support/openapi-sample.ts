/** Just enough of OpenAPI to call every operation that a document describes. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  minLength?: number;
  minItems?: number;
  pattern?: string;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

export interface OperationObject {
  operationId: string;
  tags?: string[];
  summary?: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}

export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

export interface DescribedOperation extends OperationObject {
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
}

export const resolve = (document: OpenApi, schema: Schema): Schema => {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : resolve(document, document.components.schemas[name] as Schema);
};

export function listOperations(document: OpenApi): DescribedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const body = operation.requestBody?.content['application/json']?.schema;
      return {
        ...operation,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        body: body && resolve(document, body),
      };
    }),
  );
}

/** The smallest value that the schema accepts. `known` gives values by property name. */
export function sampleOf(document: OpenApi, given: Schema, known: Record<string, unknown> = {}): unknown {
  const schema = resolve(document, given);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(document, schema.anyOf[0] as Schema, known);
  const type = [schema.type].flat()[0];
  if (type === 'object' || schema.properties) return sampleObject(document, schema, known);
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => sampleOf(document, schema.items ?? {}, known));
  if (type === 'integer' || type === 'number') return schema.minimum ?? 0;
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  return sampleText(schema);
}

function sampleObject(document: OpenApi, schema: Schema, known: Record<string, unknown>): Record<string, unknown> {
  const names = schema.required ?? [];
  const sample = (name: string) => (name in known ? known[name] : sampleOf(document, schema.properties?.[name] ?? {}, known));
  return Object.fromEntries(names.map((name) => [name, sample(name)]));
}

function sampleText(schema: Schema): string {
  if (schema.format === 'uuid') return '0198a000-0000-7000-8000-000000000000';
  if (schema.format === 'date-time') return '2026-01-31T00:00:00Z';
  if (schema.format === 'email') return 'sample@example.org';
  if (schema.format === 'uri') return 'https://example.org/';
  const words = /^\^\(([\w|]+)\)\$$/.exec(schema.pattern ?? '')?.[1];
  return words?.split('|')[0] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1));
}
