// A JSON Schema in words, for a page that people and language models read: a type in a few characters, and tables of fields.
import type { OpenApiDocument, Schema } from './openapi-types.ts';

const nameOf = (ref: string): string => ref.split('/').at(-1) ?? ref;

/** The type in a few words: `string (uuid)`, `"draft" | "published"`, `list of FlowResponse`, `object or null`. */
export function describeType(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((word) => JSON.stringify(word)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(describeType))].join(' or ');
  if (schema.allOf !== undefined) return schema.allOf.map(describeType).join(' and ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => describeType({ ...schema, type })).join(' or ');
  if (schema.type === 'array') return `list of ${describeType(schema.items ?? {})}`;
  if (schema.type === undefined) return schema.properties === undefined ? 'any' : 'object';
  return schema.format === undefined ? schema.type : `${schema.type} (${schema.format})`;
}

/** Default, bounds and pattern as half sentences; empty where there are none. */
export function describeLimits(schema: Schema): string {
  const facts: [string, unknown][] = [
    ['default', schema.default],
    ['at least', schema.minimum],
    ['at most', schema.maximum],
    ['min. characters', schema.minLength],
    ['max. characters', schema.maxLength],
    ['min. entries', schema.minItems],
    ['max. entries', schema.maxItems],
    ['pattern', schema.pattern],
  ];
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} \`${typeof value === 'string' ? value : JSON.stringify(value)}\``)
    .join(', ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A Markdown table. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** The fields of an object; a sentence with the type where it is something else. */
export function describeFields(schema: Schema): string {
  if (schema.properties === undefined) return `\`${describeType(schema)}\`${schema.description ? `: ${schema.description}` : ''}`;
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties).map(([name, field]) => [
    `\`${name}\``,
    `\`${describeType(field)}\``,
    required.has(name) ? 'yes' : '',
    [field.description, describeLimits(field)].filter(Boolean).join('; '),
  ]);
  return table(['Field', 'Type', 'Required', 'Meaning'], rows);
}

/** The named schemas that these reach, in the order in which they are met. */
export function namedSchemas(document: OpenApiDocument, roots: readonly Schema[]): [string, Schema][] {
  const found = new Map<string, Schema>();
  const queue: unknown[] = [...roots];
  for (let next = 0; next < queue.length; next++) {
    const value = queue[next];
    if (typeof value !== 'object' || value === null) continue;
    const ref = (value as Schema).$ref;
    if (typeof ref === 'string') {
      const schema = document.components.schemas[nameOf(ref)];
      if (schema === undefined || found.has(nameOf(ref))) continue;
      found.set(nameOf(ref), schema);
      queue.push(schema);
    } else queue.push(...Object.values(value));
  }
  return [...found];
}
