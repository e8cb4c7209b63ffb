import type { JsonObject, JsonSchema } from '#base';
import type { FieldSpec } from '#models';
import { toFieldSpecs, writtenFields } from './fields-parameter.ts';

const nullable = (type: string): JsonSchema => ({ type: [type, 'null'] });

const SCHEMAS: Record<string, JsonSchema> = {
  int: nullable('integer'),
  integer: nullable('integer'),
  float: nullable('number'),
  number: nullable('number'),
  decimal: nullable('number'),
  double: nullable('number'),
  money: nullable('number'),
  currency: nullable('number'),
  amount: nullable('number'),
  bool: nullable('boolean'),
  boolean: nullable('boolean'),
};

const evidenceSchema: JsonSchema = {
  type: 'object',
  properties: {
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    page: { type: ['integer', 'null'] },
    box: { type: ['array', 'null'], items: { type: 'number' } },
    text: { type: ['string', 'null'] },
    reason: { type: 'string' },
    document: { type: 'integer', minimum: 0, description: 'Of several documents the one that it stands in.' },
  },
  required: ['confidence', 'page', 'box', 'text', 'reason'],
  additionalProperties: false,
};

/** The output for these fields: one key per field id, the plain typed value or null, and `_evidence` beside them. */
export function structuredSchema(parameters: JsonObject): JsonSchema {
  const fields = toFieldSpecs(writtenFields(parameters));
  if (fields.length === 0) return { type: 'object', properties: { _evidence: { type: 'object' } }, required: ['_evidence'] };
  const values = objectSchema(fields, valueSchema);
  const properties = values['properties'] as JsonObject;
  const evidence = objectSchema(fields, fieldEvidenceSchema);
  return { ...values, properties: { ...properties, _evidence: evidence }, required: [...fields.map((field) => field.id), '_evidence'] };
}

const objectSchema = (fields: readonly FieldSpec[], of: (field: FieldSpec) => JsonSchema): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((field) => [field.id, of(field)])),
  required: fields.map((field) => field.id),
  additionalProperties: false,
});

const isList = (field: FieldSpec): boolean => ['table', 'list', 'array'].includes(field.dataType);

function valueSchema(field: FieldSpec): JsonSchema {
  if (isList(field)) return { type: 'array', items: objectSchema(field.columns, valueSchema) };
  if (field.dataType === 'object') return { ...objectSchema(field.columns, valueSchema), type: ['object', 'null'] };
  return SCHEMAS[field.dataType] ?? nullable('string');
}

/** Of a table: per row and column; of an object, a list of one row. An object that was not found has one piece of evidence for all. */
function fieldEvidenceSchema(field: FieldSpec): JsonSchema {
  if (!isList(field) && field.dataType !== 'object') return evidenceSchema;
  const rows = { type: 'array', items: objectSchema(field.columns, fieldEvidenceSchema) };
  return isList(field) ? rows : { anyOf: [rows, evidenceSchema] };
}
