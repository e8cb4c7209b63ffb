import { type TObject, Type } from 'typebox';
import { isJsonObject, type Json, type JsonObject } from '#base';
import type { FieldSpec } from '#models';

/** The documented types first, then the other names that authors give them. */
const DATA_TYPES = [
  'string',
  'text',
  'int',
  'float',
  'number',
  'bool',
  'date',
  'datetime',
  'money',
  'email',
  'phone',
  'iban',
  'url',
  'enum',
  'object',
  'table',
  'str',
  'integer',
  'decimal',
  'double',
  'boolean',
  'currency',
  'amount',
  'list',
  'array',
];

const MAX_FIELDS = 300;
const MAX_COLUMNS = 60;
const MAX_VALUES = 500;
/** Objects and tables within one another; what is nested deeper is no form any more. */
const MAX_DEPTH = 4;
const LISTS = ['table', 'list', 'array'];
const NESTED = [...LISTS, 'object'];
const LEAF_TYPES = DATA_TYPES.filter((type) => !NESTED.includes(type));

const nullable = <S extends ReturnType<typeof Type.String>>(schema: S) => Type.Union([schema, Type.Null()]);

const common = {
  id: Type.String({ minLength: 1, maxLength: 200, description: 'Key of the value in the output.' }),
  title: Type.Optional(nullable(Type.String({ maxLength: 500 }))),
  instructions: Type.Optional(
    nullable(Type.String({ maxLength: 10_000, description: 'How to find it; a "quoted" text is taken as its label.' })),
  ),
  values: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { maxItems: MAX_VALUES, description: 'Of an enum.' })),
};

/** A field as it may stand within so many others; the schema is inlined, so that its depth must end. `fields` is checked as `columns`, see there. */
function fieldSchema(depth: number): TObject {
  const isDeepest = depth === MAX_DEPTH;
  const columns = Type.Array(isDeepest ? Type.Unknown() : fieldSchema(depth + 1), {
    maxItems: isDeepest ? 0 : MAX_COLUMNS,
    description: 'Of a table or an object.',
  });
  const dataType = { type: 'string', enum: isDeepest ? LEAF_TYPES : DATA_TYPES, description: 'Default string.' };
  return Type.Object({
    ...common,
    data_type: Type.Optional(Type.Unsafe<string>(dataType)),
    columns: Type.Optional(columns),
    ...(isDeepest
      ? {}
      : { fields: Type.Optional(Type.Array(Type.Unknown(), { description: 'The same as columns, of an object or a list of them.' })) }),
    ...(depth > 1 ? {} : { document: Type.Optional(documentName) }),
  });
}

const documentName = Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Integer({ minimum: 0 }), Type.Null()], {
  description: 'Of several documents the one that it is looked for in: its name, or its place from 0. Default: all of them.',
});

/** A field as it is written. */
export interface WireField {
  id: string;
  title?: string | null;
  data_type?: string;
  instructions?: string | null;
  values?: string[];
  columns?: unknown[];
  fields?: unknown[];
  document?: string | number | null;
}

/** The `fields` of document extraction (original-system.md 1.4). */
export const fieldsSchema = Type.Unsafe<WireField[]>(
  Type.Array(fieldSchema(1), { minItems: 1, maxItems: MAX_FIELDS, description: 'What to read.' }),
);

/** Names that the output cannot carry: its own key for evidence, and the one that JavaScript takes for a prototype. */
const RESERVED = new Set(['_evidence', '__proto__']);

/** Parameters whose fields have `columns` only, so that one schema checks both names. What is no list or too deep stays as it is. */
export function withColumns(parameters: JsonObject): JsonObject {
  if (!isJsonObject(parameters)) return parameters;
  const fields = parameters['fields'];
  return Array.isArray(fields) ? { ...parameters, fields: fields.map((field) => mergeColumns(field, 1)) } : parameters;
}

function mergeColumns(field: Json, depth: number): Json {
  if (!isJsonObject(field) || depth > MAX_DEPTH) return field;
  const { fields, columns, ...others } = field;
  if ((fields !== undefined && !Array.isArray(fields)) || (columns !== undefined && !Array.isArray(columns))) return field;
  const all = [...(columns ?? []), ...(fields ?? [])].map((each) => mergeColumns(each, depth + 1));
  return columns === undefined && fields === undefined ? field : { ...others, columns: all };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The fields as models take them, of parameters that were checked or are as somebody wrote them. */
export const toFieldSpecs = (fields: readonly unknown[]): FieldSpec[] =>
  fields
    .filter((each): each is JsonObject => isJsonObject(each) && typeof each['id'] === 'string')
    .map((each) => ({
      id: text(each['id']),
      title: text(each['title']),
      dataType: text(each['data_type']) || 'string',
      instructions: text(each['instructions']),
      values: list(each['values']).filter((value) => typeof value === 'string'),
      columns: toFieldSpecs([...list(each['columns']), ...list(each['fields'])]),
    }));

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What the schema cannot say: ids are unique and free, an enum has values, a table columns and no table within. Undefined where all is well. */
export function findFieldFault(fields: readonly FieldSpec[], path = 'fields', inTable = false): string | undefined {
  const seen = new Set<string>();
  for (const [index, each] of fields.entries()) {
    const place = `${path}.${index}`;
    if (RESERVED.has(each.id)) return `${place}.id: '${each.id}' is a reserved name`;
    if (seen.has(each.id)) return `${place}.id: '${each.id}' is there twice`;
    seen.add(each.id);
    if (each.dataType === 'enum' && each.values.length === 0) return `${place}.values: an enum needs its values`;
    if (NESTED.includes(each.dataType) && each.columns.length === 0) return `${place}.columns: a ${each.dataType} needs its columns`;
    const isList = LISTS.includes(each.dataType);
    if (isList && inTable) return `${place}.data_type: a row of a table cannot hold another table`;
    const inside = findFieldFault(each.columns, `${place}.columns`, inTable || isList);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Fields of parameters as they were written, where they can be read: a whole-value reference is not known before the run. */
export const writtenFields = (parameters: JsonObject): unknown[] => list(parameters['fields']);
