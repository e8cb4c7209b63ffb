import type { JsonSchema } from '#base';
import type { FormField, FormType } from './form-fields.ts';

const MAX_TEXT = 1_000_000;

const BASES: Readonly<Record<FormType, JsonSchema>> = {
  string: { type: 'string', maxLength: 20_000 },
  text: { type: 'string', maxLength: MAX_TEXT },
  int: { type: 'integer' },
  float: { type: 'number' },
  bool: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  money: { type: 'number' },
  email: { type: 'string', format: 'email', maxLength: 320 },
  phone: { type: 'string', minLength: 3, maxLength: 40 },
  iban: { type: 'string', minLength: 15, maxLength: 42 },
  url: { type: 'string', format: 'uri', maxLength: 2048 },
  enum: { type: 'string' },
  list: { type: 'array' },
  object: { type: 'object' },
  table: { type: 'array' },
};

/** What a value of the field looks like, where there is one. */
export function valueSchema(field: FormField): JsonSchema {
  const base = BASES[field.dataType];
  if (field.dataType === 'enum') return { ...base, ...(field.options.length === 0 ? {} : { enum: [...new Set(field.options)] }) };
  if (field.dataType === 'object') return { ...base, ...formSchema(field.columns) };
  if (field.dataType === 'table') return { ...base, items: formSchema(field.columns) };
  return { ...base };
}

/** Of a field that may be left out, null is as good as nothing. */
function fieldValueSchema(field: FormField, isFilled: boolean): JsonSchema {
  const value = valueSchema(field);
  const described = { title: field.title, ...(field.description === '' ? {} : { description: field.description }) };
  const given = field.default === undefined ? {} : { default: field.default };
  if (field.isRequired || (isFilled && field.default !== undefined)) return { ...value, ...described, ...given };
  const options = value['enum'];
  return {
    ...value,
    type: [value['type'], 'null'],
    ...(Array.isArray(options) ? { enum: [...options, null] } : {}),
    ...described,
    ...given,
  };
}

/** Properties and required fields of what is sent, closed. With `filled`: of what it is once defaults are filled in, every key there. */
export function formSchema(
  fields: readonly FormField[],
  { filled = false } = {},
): { properties: Record<string, JsonSchema>; required: string[]; type: 'object'; additionalProperties: false } {
  const properties = Object.fromEntries(fields.map((field) => [field.id, fieldValueSchema(field, filled)]));
  const isThere = (field: FormField): boolean => filled || (field.isRequired && field.default === undefined);
  return {
    type: 'object',
    properties,
    required: [...new Set(fields.filter(isThere).map((field) => field.id))],
    additionalProperties: false,
  };
}
