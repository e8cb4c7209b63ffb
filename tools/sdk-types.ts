/**
 * The types of the API for TypeScript, made from its OpenAPI document, in the form that openapi-fetch reads: `paths`, `operations`, `components`.
 * openapi-typescript makes the same, but lives inside of TypeScript 5's compiler API, which TypeScript 7 does not have.
 */
interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema; description?: string }[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}
export interface SdkDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;
const NOTE = '// Made from docs/reference/openapi.json by `npm run sdk:types`. Do not edit.';

/** The whole file. */
export function makeSdkTypes(document: SdkDocument): string {
  const paths = Object.entries(document.paths).map(([path, item]) => `  ${JSON.stringify(path)}: {\n${pathItem(item)}\n  };`);
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item).map(operationType));
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => `    ${key(name)}: ${typeOf(schema, '    ')};`);
  return `${NOTE}

export interface paths {
${paths.join('\n')}
}

export interface components {
  schemas: {
${schemas.join('\n')}
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}

export interface operations {
${operations.join('\n')}
}
`;
}

function pathItem(item: Record<string, Operation>): string {
  const methods = METHODS.map((method) => {
    const operation = item[method];
    return operation === undefined ? `    ${method}?: never;` : `    ${method}: operations[${JSON.stringify(operation.operationId)}];`;
  });
  return ['    parameters: { query?: never; header?: never; path?: never; cookie?: never };', ...methods].join('\n');
}

function operationType(operation: Operation): string {
  return `${comment(operation.summary, '  ')}  ${key(operation.operationId)}: {
    parameters: {
${['query', 'header', 'path', 'cookie'].map((place) => parametersIn(operation, place)).join('\n')}
    };
${requestBody(operation)}
    responses: {
${Object.entries(operation.responses)
  .map(([status, { content }]) => `      ${status}: { headers: { [name: string]: unknown }; ${contentType(content, '      ')} };`)
  .join('\n')}
    };
  };`;
}

function parametersIn({ parameters = [] }: Operation, place: string): string {
  const list = parameters.filter((parameter) => parameter.in === place);
  if (list.length === 0) return `      ${place}?: never;`;
  const fields = list.map(
    ({ name, required, schema, description }) =>
      `${comment(description, '        ')}        ${key(name)}${required === true ? '' : '?'}: ${typeOf(schema, '        ')};`,
  );
  const isOptional = list.every(({ required }) => required !== true);
  return `      ${place}${isOptional ? '?' : ''}: {\n${fields.join('\n')}\n      };`;
}

const requestBody = ({ requestBody: body }: Operation): string =>
  body?.content === undefined
    ? '    requestBody?: never;'
    : `    requestBody${body.required === true ? '' : '?'}: { ${contentType(body.content, '    ')} };`;

const contentType = (content: Content['content'], indent: string): string =>
  content === undefined
    ? 'content?: never'
    : `content: { ${Object.entries(content)
        .map(([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema ?? {}, indent)}`)
        .join('; ')} }`;

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return `components['schemas'][${JSON.stringify(schema.$ref.split('/').at(-1))}]`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((word) => JSON.stringify(word)));
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map((choice) => typeOf(choice, indent)));
  if (schema.allOf !== undefined) return schema.allOf.map((part) => `(${typeOf(part, indent)})`).join(' & ');
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf({ ...schema, type }, indent)));
  switch (schema.type) {
    case 'array':
      return `(${typeOf(schema.items ?? {}, indent)})[]`;
    case 'integer':
    case 'number':
      return 'number';
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    default:
      return schema.type === 'object' || schema.properties !== undefined ? objectType(schema, indent) : 'unknown';
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `${comment(field.description, inner)}${inner}${key(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field, inner)};`,
  );
  if (fields.length === 0) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties, inner) : 'unknown';
    return `{ [name: string]: ${values} }`;
  }
  return `{\n${fields.join('\n')}\n${indent}}`;
}

const union = (types: string[]): string => [...new Set(types)].join(' | ') || 'never';
const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const comment = (text: string | undefined, indent: string): string =>
  text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '* /').replaceAll('\n', ' ')} */\n`;
