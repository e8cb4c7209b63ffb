import type { JsonSchema } from '#base';

/** `unknown`: the schema does not say. `absent`: it says that there is no such place. */
export type Found = JsonSchema | 'unknown' | 'absent';

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

const branchesOf = (schema: JsonSchema): JsonSchema[] =>
  ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (Array.isArray(schema[word]) ? schema[word].filter(isSchema) : []));

function stepInto(schema: JsonSchema, key: string | number): Found {
  const found = typeof key === 'number' ? stepIntoList(schema, key) : stepIntoObject(schema, key);
  if (isSchema(found)) return found;
  const branches = branchesOf(schema).map((branch) => stepInto(branch, key));
  const known = branches.filter(isSchema);
  if (known.length > 0) return known.length === 1 ? (known[0] as JsonSchema) : { anyOf: known };
  if (branches.length === 0) return found;
  return found === 'absent' || branches.every((branch) => branch === 'absent') ? 'absent' : 'unknown';
}

function stepIntoObject(schema: JsonSchema, key: string): Found {
  const { properties, additionalProperties, patternProperties } = schema;
  if (isSchema(properties) && Object.hasOwn(properties, key)) return isSchema(properties[key]) ? properties[key] : 'unknown';
  const pattern = isSchema(patternProperties) && Object.keys(patternProperties).find((source) => new RegExp(source, 'u').test(key)); // an executor's own
  if (pattern && isSchema(patternProperties[pattern])) return patternProperties[pattern];
  if (isSchema(additionalProperties)) return additionalProperties;
  if (additionalProperties === false && patternProperties === undefined) return 'absent';
  const types = typesOf(schema);
  return types && !types.has('object') && !types.has('array') && !types.has('null') ? 'absent' : 'unknown';
}

function stepIntoList(schema: JsonSchema, index: number): Found {
  const { prefixItems, items } = schema;
  if (Array.isArray(prefixItems) && isSchema(prefixItems[index])) return prefixItems[index];
  if (isSchema(items)) return items;
  const types = typesOf(schema);
  return types && !types.has('array') && !types.has('null') ? 'absent' : 'unknown';
}

/** What a schema says of the place at `path`. */
export function findSchema(schema: JsonSchema, path: readonly (string | number)[]): Found {
  let at = schema;
  for (const key of path) {
    const next = stepInto(at, key);
    if (!isSchema(next)) return next;
    at = next;
  }
  return at;
}

/** Fields that a schema names, for suggestions. */
export function fieldsOf(schema: JsonSchema): string[] {
  const own = isSchema(schema['properties']) ? Object.keys(schema['properties']) : [];
  return [...own, ...branchesOf(schema).flatMap(fieldsOf)];
}

const typeOfValue = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
};

/** JSON types that a schema lets through; `integer` is told as `number`. Undefined where it does not say. */
export function typesOf(schema: JsonSchema): Set<string> | undefined {
  const { type, enum: values, anyOf, oneOf } = schema;
  if (typeof type === 'string' || Array.isArray(type)) return new Set([type].flat().map((t) => (t === 'integer' ? 'number' : String(t))));
  if ('const' in schema) return new Set([typeOfValue(schema['const'])]);
  if (Array.isArray(values)) return new Set(values.map(typeOfValue));
  const branches = [anyOf, oneOf].find(Array.isArray)?.map((branch) => (isSchema(branch) ? typesOf(branch) : undefined));
  if (!branches || branches.length === 0 || branches.some((branch) => !branch)) return undefined;
  return new Set(branches.flatMap((branch) => [...(branch as Set<string>)]));
}
