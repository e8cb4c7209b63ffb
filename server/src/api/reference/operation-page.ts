import { describeFields, describeLimits, describeType, namedSchemas, table } from './describe-schema.ts';
import type { DescribedOperation, OpenApiDocument, Schema } from './openapi-types.ts';

/** One operation as Markdown: what it takes, what it answers, every type that it names, and a call to copy. */
export function operationPage(document: OpenApiDocument, operation: DescribedOperation): string {
  const roots = schemasOf(operation);
  const sections = [
    `# ${operation.summary}\n\n\`${operation.method} ${operation.path}\``,
    operation.description,
    access(operation),
    parameters(operation),
    body(operation),
    answers(operation),
    `## Example\n\n\`\`\`sh\n${exampleCall(document, operation)}\n\`\`\``,
    ...namedSchemas(document, roots).map(([name, schema]) => `## ${name}\n\n${describeFields(schema)}`),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const jsonOf = (content: Record<string, { schema?: Schema }> | undefined): Schema | undefined => content?.['application/json']?.schema;

const schemasOf = (operation: DescribedOperation): Schema[] =>
  [
    ...(operation.parameters ?? []).map(({ schema }) => schema),
    jsonOf(operation.requestBody?.content),
    ...Object.values(operation.responses).map(({ content }) => jsonOf(content)),
  ].filter((schema) => schema !== undefined);

const access = (operation: DescribedOperation): string =>
  (operation.security ?? []).length === 0
    ? 'Needs no credentials.'
    : 'Needs `Authorization: Bearer <access token or API key>`, or `X-API-Key: <API key>`.';

function parameters({ parameters: list }: DescribedOperation): string {
  if (list === undefined || list.length === 0) return '';
  const rows = list.map(({ name, in: place, required, schema, description }) => [
    `\`${name}\``,
    place,
    `\`${describeType(schema)}\``,
    required === true ? 'yes' : '',
    [description ?? schema.description, describeLimits(schema)].filter(Boolean).join('; '),
  ]);
  return `## Parameters\n\n${table(['Name', 'In', 'Type', 'Required', 'Meaning'], rows)}`;
}

function body({ requestBody }: DescribedOperation): string {
  const schema = jsonOf(requestBody?.content);
  return schema === undefined ? '' : `## Body\n\n${describeFields(schema)}`;
}

function answers({ responses }: DescribedOperation): string {
  const rows = Object.entries(responses).map(([status, { description, content }]) => {
    const [type, { schema } = {}] = Object.entries(content ?? {})[0] ?? [];
    return [status, schema === undefined ? (type ?? '') : `\`${describeType(schema)}\``, description ?? ''];
  });
  return `## Answers\n\n${table(['Status', 'Body', 'Meaning'], rows)}`;
}

/** With shell variables for what only the reader knows. */
function exampleCall(document: OpenApiDocument, operation: DescribedOperation): string {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && parameter.required === true)
    .map(({ name }) => `${name}=$${name.toUpperCase()}`)
    .join('&');
  const schema = jsonOf(operation.requestBody?.content);
  const lines = [
    `curl ${operation.method === 'GET' ? '' : `-X ${operation.method} `}"$FLOW_SERVER${path}${query === '' ? '' : `?${query}`}"`,
    ...((operation.security ?? []).length === 0 ? [] : ['-H "Authorization: Bearer $FLOW_API_KEY"']),
    ...(schema === undefined ? [] : ["-H 'Content-Type: application/json'", `-d '${JSON.stringify(exampleOf(document, schema, 0))}'`]),
  ];
  return lines.join(' \\\n  ');
}

const MAX_DEPTH = 4; // of an example: definitions nest without end

/** A small value of this type: what must be there, and nothing else. */
function exampleOf(document: OpenApiDocument, schema: Schema, depth: number): unknown {
  if (schema.$ref !== undefined) return exampleOf(document, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, depth);
  const given = schema.examples?.[0] ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (given !== undefined) return given;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return exampleOf(document, choices[0] ?? {}, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'array') return depth >= MAX_DEPTH ? [] : [exampleOf(document, schema.items ?? {}, depth + 1)];
  if (schema.properties !== undefined && depth < MAX_DEPTH) {
    const required = (schema.required ?? []).map((name) => [name, exampleOf(document, schema.properties?.[name] ?? {}, depth + 1)]);
    return Object.fromEntries(required);
  }
  return SAMPLES[schema.format ?? ''] ?? SAMPLES[type ?? 'object'];
}

const SAMPLES: Record<string, unknown> = {
  uuid: '0192a5f0-7c1e-7a3b-9d52-3f6c1b7e8a90',
  'date-time': '2026-01-31T12:00:00.000Z',
  string: 'text',
  integer: 1,
  number: 1,
  boolean: true,
  object: {},
  null: null,
};
