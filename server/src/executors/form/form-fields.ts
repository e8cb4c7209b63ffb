import { isJsonObject, type Json, type JsonObject } from '#base';

/** One field of what people or programs send: of a form, or of a webhook's data. */
export interface FormField {
  id: string;
  title: string;
  description: string;
  dataType: FormType;
  isRequired: boolean;
  /** Of an enum. */
  options: string[];
  default: Json | undefined;
  /** Of a table or an object. */
  columns: FormField[];
}

export const FORM_TYPES = [
  'string',
  'text',
  'int',
  'float',
  'bool',
  'date',
  'datetime',
  'money',
  'email',
  'phone',
  'iban',
  'url',
  'enum',
  'list',
  'object',
  'table',
] as const;
export type FormType = (typeof FORM_TYPES)[number];

/** Other names that authors give to the same. */
export const TYPE_ALIASES: Readonly<Record<string, FormType>> = {
  str: 'string',
  integer: 'int',
  number: 'float',
  decimal: 'float',
  double: 'float',
  boolean: 'bool',
  currency: 'money',
  amount: 'money',
  array: 'list',
};

/** Names that every object has, or that can never be referred to: a value that was not sent would seem to be there. */
export const NEVER: readonly string[] = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];

/** Fields, and the columns of a table or an object; what is nested deeper is no form any more. */
export const MAX_DEPTH = 2;

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const textsOf = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

/** Fields as they were written. What has no usable name is left out: the parameters' schema tells of it. */
export function toFormFields(written: unknown, depth = MAX_DEPTH): FormField[] {
  if (!Array.isArray(written) || depth === 0) return [];
  return (written as Json[]).filter(isJsonObject).flatMap((field) => {
    const id = textOf(field['id']) || textOf(field['name']);
    return id === '' || NEVER.includes(id) ? [] : [toFormField(id, field, depth)];
  });
}

function toFormField(id: string, field: JsonObject, depth: number): FormField {
  const type = textOf(field['data_type']);
  const known = Object.hasOwn(TYPE_ALIASES, type) ? TYPE_ALIASES[type] : FORM_TYPES.find((name) => name === type);
  const options = textsOf(field['options']);
  return {
    id,
    title: textOf(field['title']) || id,
    description: textOf(field['description']) || textOf(field['instructions']),
    dataType: known ?? 'string',
    isRequired: field['required'] === true,
    options: options.length > 0 ? options : textsOf(field['values']),
    default: field['default'] ?? undefined,
    columns: toFormFields(field['columns'], depth - 1),
  };
}
