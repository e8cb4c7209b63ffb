import type { JsonSchema } from '#base';
import { canonicalType } from './local/fields.ts';
import type { FieldSpec } from './model.ts';

const HINTS: Record<string, string> = {
  date: 'a date as YYYY-MM-DD',
  datetime: 'a date and time as YYYY-MM-DDTHH:MM:SS, without a zone',
  money: 'a number without currency or grouping, such as 1234.56',
  float: 'a number without grouping',
  int: 'a whole number; null where the text is not one',
  iban: 'an IBAN without blanks',
  phone: 'a phone number as printed',
  email: 'an e-mail address',
  url: 'a web address',
  text: 'text as printed, line breaks kept',
};

const TYPES: Record<string, string> = { int: 'integer', float: 'number', money: 'number', bool: 'boolean' };

/**
 * What the endpoint must answer, as JSON Schema: each field, null where the document does not say it. In the strict form that
 * OpenAI-compatible endpoints enforce: all properties required, none besides.
 */
export function answerSchema(fields: readonly FieldSpec[]): JsonSchema {
  const properties = Object.fromEntries(fields.map((field) => [field.id, fieldSchema(field)]));
  return { type: 'object', properties, required: fields.map((field) => field.id), additionalProperties: false };
}

function fieldSchema(field: FieldSpec): JsonSchema {
  const type = canonicalType(field.dataType);
  const description = [field.title, HINTS[type], field.instructions].filter((part) => part !== undefined && part !== '').join('; ');
  const described = description === '' ? {} : { description };
  if (type === 'table') return { type: 'array', items: answerSchema(field.columns), ...described };
  if (type === 'object') return { ...answerSchema(field.columns), type: ['object', 'null'], ...described };
  if (type === 'enum' && field.values.length > 0) return { type: ['string', 'null'], enum: [...field.values, null], ...described };
  return { type: [TYPES[type] ?? 'string', 'null'], ...described };
}
