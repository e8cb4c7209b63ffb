import { type FieldFault, type JsonObject, validationError } from '#base';

export interface FlatHeader {
  display_name: string;
  description?: string;
  tags?: string[];
}

/**
 * What a flow in the flat form says of itself beside its tasks: name, description, tags. Throws `validation_error` where it has no name or
 * one of them has another type: the text is then the whole body of a request.
 */
export function readFlatHeader(definition: JsonObject): FlatHeader {
  const { name, description, tags } = definition;
  const faults: FieldFault[] = [];
  const refuse = (field: string, msg: string, type: string, input: unknown) => faults.push({ loc: ['body', field], msg, type, input });
  if (name === undefined || name === null) refuse('name', 'Field required', 'missing', null);
  else if (typeof name !== 'string') refuse('name', 'Input should be a valid string', 'string_type', name);
  if (!isAbsent(description) && typeof description !== 'string')
    refuse('description', 'Input should be a valid string', 'string_type', description);
  if (!isAbsent(tags) && !isTextList(tags)) refuse('tags', 'Input should be a valid list of strings', 'list_type', tags);
  if (faults.length > 0) throw validationError(faults);
  return {
    display_name: name as string,
    ...(typeof description === 'string' && { description }),
    ...(isTextList(tags) && { tags }),
  };
}

const isAbsent = (value: unknown) => value === undefined || value === null;
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
