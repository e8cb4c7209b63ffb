import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { FormField } from './form-fields.ts';
import { valueSchema } from './form-schema.ts';

/** What the schema of the parameters cannot say: names are there and unique, an enum has options, a default fits. Undefined where all is well. */
export function findFormFault(written: readonly unknown[], fields: readonly FormField[], path = 'fields'): string | undefined {
  if (fields.length < written.length) return `${path}: each field needs an id`;
  const seen = new Set<string>();
  for (const [index, field] of fields.entries()) {
    const place = `${path}.${index}`;
    if (seen.has(field.id)) return `${place}.id: '${field.id}' is there twice`;
    seen.add(field.id);
    const fault =
      faultOf(field, place) ?? findFormFault((written[index] as { columns?: unknown[] }).columns ?? [], field.columns, `${place}.columns`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOf(field: FormField, place: string): string | undefined {
  if (field.dataType === 'enum' && field.options.length === 0) return `${place}.options: an enum needs its options`;
  const hasColumns = field.dataType === 'object' || field.dataType === 'table';
  if (hasColumns && field.columns.length === 0) return `${place}.columns: a field of type ${field.dataType} needs its columns`;
  if (field.default !== undefined && !Check(valueSchema(field) as TSchema, field.default))
    return `${place}.default: it is no ${field.dataType}`;
  return undefined;
}
