// Text of a query or a path becomes the type that its schema declares (core.md 1.4). Bodies are never coerced.

type Schema = Record<string, unknown>;

const BOOLEAN_WORDS = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
]);
const INTEGER = /^\s*[+-]?\d{1,20}\s*$/;
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i;

const typesOf = (schema: Schema): string[] => {
  const branches = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  return branches ? branches.flatMap(typesOf) : [schema['type'] ?? []].flat().map(String);
};

function readScalar(schema: Schema, text: string): unknown {
  const types = typesOf(schema);
  if (types.includes('string')) return text;
  if (types.includes('boolean')) return BOOLEAN_WORDS.get(text.trim().toLowerCase()) ?? text;
  if (types.includes('integer')) return INTEGER.test(text) ? Number(text) : text;
  if (types.includes('number')) return NUMBER.test(text) ? Number(text) : text;
  return text;
}

function readList(schema: Schema, texts: string[]): unknown[] {
  const items = (schema['items'] ?? {}) as Schema;
  const parts = schema['x-comma-separated'] === true ? texts.flatMap((text) => text.split(',')) : texts;
  return parts.filter((text) => text !== '').map((text) => readScalar(items, text));
}

const listBranch = (schema: Schema): Schema | undefined =>
  [schema, ...(((schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined) ?? [])].find((s) => [s['type']].flat().includes('array'));

/**
 * The declared parameters of `raw`, as the types that the schema names; others are dropped. What cannot be read stays text, for the
 * validator to refuse. An empty optional parameter is absent; of a scalar given twice the last counts.
 */
export function readText(schema: Schema, raw: Record<string, unknown>): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const read: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(raw, name)) continue;
    const texts = [raw[name]].flat().map(String);
    const list = listBranch(property);
    const last = texts.at(-1) ?? '';
    const optional = !required.has(name) || property['default'] !== undefined;
    if (optional && texts.every((text) => text === '')) continue;
    read[name] = list ? readList(list, texts) : readScalar(property, last);
  }
  return read;
}
