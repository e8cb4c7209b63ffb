/** Facts of an API that a client depends on, taken from an OpenAPI document: names, types, limits, statuses. No sentences. */

type Schema = Record<string, unknown>;
interface OpenApiDocument {
  paths: Record<string, Record<string, Schema>>;
  components?: { schemas?: Record<string, Schema> };
}

/** What may stand in a place. `ref` names a shape of `shapes`. */
export interface Shape {
  /** JSON types; `enum` where the words are listed, `any` where nothing is said. */
  types?: string[];
  ref?: string;
  nullable?: true;
  enum?: unknown[];
  default?: unknown;
  limits?: Record<string, unknown>;
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
}

export interface ParameterFacts extends Shape {
  name: string;
  in: string;
  mandatory?: true;
}

export interface OperationFacts {
  tag: string;
  parameters: ParameterFacts[];
  body?: Shape;
  /** By status; null where the answer has no JSON of a known shape. */
  responses: Record<string, Shape | null>;
}

export interface ContractFacts {
  operations: Record<string, OperationFacts>;
  shapes: Record<string, Shape>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const LIMITS = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'maxProperties', 'pattern', 'format'];

/** The facts of the operations with one of these tags. Path parameters are named by their place, since only that is seen. */
export function describeContract(document: OpenApiDocument, tags: ReadonlySet<string>): ContractFacts {
  const facts: ContractFacts = { operations: {}, shapes: {} };
  const shapeOf = shapeReader(document, facts.shapes);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Schema | undefined;
      const tag = (operation?.['tags'] as string[] | undefined)?.[0];
      if (operation === undefined || tag === undefined || !tags.has(tag)) continue;
      const common = (item['parameters'] ?? []) as unknown as Schema[];
      facts.operations[operationName(method, path)] = describeOperation(operation, { tag, path, common, shapeOf });
    }
  }
  return facts;
}

export const operationName = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, '{}').replace(/(.)\/$/, '$1')}`;

type ShapeOf = (schema: Schema | undefined) => Shape;

function describeOperation(
  operation: Schema,
  { tag, path, common, shapeOf }: { tag: string; path: string; common: Schema[]; shapeOf: ShapeOf },
): OperationFacts {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
  const parameters = [...common, ...((operation['parameters'] ?? []) as Schema[])]
    .filter((parameter) => parameter['in'] !== 'header')
    .map((parameter): ParameterFacts => {
      const name = parameter['in'] === 'path' ? `#${names.indexOf(parameter['name'] as string)}` : String(parameter['name']);
      const isMandatory = parameter['required'] === true;
      return { name, in: String(parameter['in']), ...(isMandatory ? { mandatory: true } : {}), ...shapeOf(parameter['schema'] as Schema) };
    });
  const body = jsonOf(operation['requestBody'] as Schema | undefined);
  const responses = Object.entries(operation['responses'] as Record<string, Schema>).map(([status, response]): [string, Shape | null] => {
    const json = /^[23]/.test(status) ? jsonOf(response) : undefined;
    return [status, json === undefined || Object.keys(json).length === 0 ? null : shapeOf(json)];
  });
  return { tag, parameters, ...(body === undefined ? {} : { body: shapeOf(body) }), responses: Object.fromEntries(responses) };
}

function jsonOf(message: Schema | undefined): Schema | undefined {
  const content = (message?.['content'] ?? {}) as Record<string, { schema: Schema }>;
  return Object.entries(content).find(([type]) => type.split(';')[0]?.trim() === 'application/json')?.[1].schema;
}

/** Reads schemas as shapes; named ones are kept once, by name. */
function shapeReader(document: OpenApiDocument, shapes: Record<string, Shape>): ShapeOf {
  const read: ShapeOf = (schema) => {
    if (schema === undefined) return { types: ['any'] };
    if (typeof schema['$ref'] === 'string') {
      const name = schema['$ref'].split('/').at(-1) as string;
      if (!Object.hasOwn(shapes, name)) {
        shapes[name] = {}; // stands there while it is read: a schema may contain itself
        shapes[name] = read(document.components?.schemas?.[name]);
      }
      return { ref: name, ...defaultOf(schema) };
    }
    const union = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
    if (union) return { ...unite(union.map(read), shapes), ...defaultOf(schema) };
    const parts = schema['allOf'] as Schema[] | undefined;
    if (parts?.length === 1) return { ...read(parts[0]), ...defaultOf(schema) };
    return readPlain(schema, read);
  };
  return read;
}

const defaultOf = (schema: Schema): Pick<Shape, 'default'> =>
  schema['default'] === undefined || schema['default'] === null ? {} : { default: schema['default'] };

function readPlain(schema: Schema, read: ShapeOf): Shape {
  const words = (schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']])) as unknown[] | undefined;
  const said = [schema['type'] ?? (schema['properties'] ? 'object' : words ? [] : ['any', 'null'])].flat() as string[];
  const types = words ? ['enum'] : said.filter((type) => type !== 'null');
  const limits = Object.fromEntries(LIMITS.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]));
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, property]): [string, Shape] => [
    name,
    read(property),
  ]);
  return {
    types,
    ...(said.includes('null') || words?.includes(null) ? { nullable: true } : {}),
    ...(words ? { enum: words.filter((word) => word !== null) } : {}),
    ...defaultOf(schema),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
    ...(schema['items'] ? { items: read(schema['items'] as Schema) } : {}),
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    ...(Array.isArray(schema['required']) && schema['required'].length > 0 ? { required: schema['required'] as string[] } : {}),
  };
}

/** One shape for alternatives: types and words of all, null where one may be it; the fields of the only one that has any. */
function unite(alternatives: Shape[], shapes: Record<string, Shape>): Shape {
  const values = alternatives.filter((shape) => shape.ref !== undefined || (shape.types?.length ?? 0) > 0);
  const nullable = alternatives.some((shape) => shape.nullable) ? { nullable: true as const } : {};
  if (values.length === 1) return { ...values[0], ...nullable };
  const resolved = values.map((shape) => (shape.ref === undefined ? shape : (shapes[shape.ref] as Shape)));
  const words = resolved.flatMap((shape) => shape.enum ?? []);
  const withFields = resolved.filter((shape) => shape.items ?? shape.properties);
  const { items, properties, required } = withFields.length === 1 ? (withFields[0] as Shape) : {};
  return {
    types: [...new Set(resolved.flatMap((shape) => shape.types ?? ['any']))].sort(),
    ...nullable,
    ...(words.length > 0 ? { enum: words } : {}),
    ...(items ? { items } : {}),
    ...(properties ? { properties } : {}),
    ...(required ? { required } : {}),
  };
}
