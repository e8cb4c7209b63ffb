import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { faultOfUrl, type JsonSchema } from '#base';
import type { Loc } from './fault.ts';

/** One way in which a value breaks a schema. `loc` is relative to the value. */
export interface SchemaFault {
  loc: Loc;
  message: string;
  type: string;
  /** The schema's word that it breaks: `type`, `required`, `enum`, ... */
  keyword: string;
}

const ajv = createAjv();

function createAjv(): Ajv2020 {
  const made = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, ownProperties: true, logger: false });
  addFormats.default(made);
  for (const format of ['liquid', 'cel', 'textarea', 'password']) made.addFormat(format, true);
  made.addFormat('http-url', (text) => faultOfUrl(text) === undefined); // its address is judged when it is called
  return made;
}

const compiled = new WeakMap<JsonSchema, ValidateFunction>();

function validatorOf(schema: JsonSchema): ValidateFunction {
  let validator = compiled.get(schema);
  if (!validator) {
    validator = ajv.compile(schema);
    compiled.set(schema, validator);
  }
  return validator;
}

/**
 * Every way in which a value breaks a JSON Schema (2020-12); none means that it is valid. Schemas are compiled once an object and are to come
 * from executors: compiling makes code, so a stranger's schema does not belong here. Throws where the schema itself is wrong.
 */
export function checkSchema(schema: JsonSchema, value: unknown): SchemaFault[] {
  const validate = validatorOf(schema);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => toFault(error, value));
}

/** pydantic's words, which clients of the wire know (core.md 1.3). */
const TYPES: Record<string, string> = {
  required: 'missing',
  enum: 'enum',
  const: 'literal_error',
  minLength: 'string_too_short',
  maxLength: 'string_too_long',
  pattern: 'string_pattern_mismatch',
  minItems: 'too_short',
  maxItems: 'too_long',
  minimum: 'greater_than_equal',
  maximum: 'less_than_equal',
  exclusiveMinimum: 'greater_than',
  exclusiveMaximum: 'less_than',
  additionalProperties: 'extra_forbidden',
  unevaluatedProperties: 'extra_forbidden',
  format: 'format',
};
const TYPE_OF: Record<string, string> = {
  string: 'string_type',
  integer: 'int_type',
  number: 'float_type',
  boolean: 'bool_type',
  object: 'dict_type',
  array: 'list_type',
  null: 'none_required',
};

function toFault(error: ErrorObject, value: unknown): SchemaFault {
  const loc = parsePointer(error.instancePath, value);
  const { keyword } = error;
  const params = error.params as Record<string, unknown>;
  if (keyword === 'required')
    return { loc: [...loc, String(params['missingProperty'])], message: 'Field required', type: 'missing', keyword };
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const key = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
    return { loc: [...loc, key], message: 'There is no such parameter', type: 'extra_forbidden', keyword };
  }
  if (keyword === 'format' && params['format'] === 'http-url')
    return { loc, message: `Value ${faultOfUrl(String(valueAt(loc, value)))}`, type: 'url_parsing', keyword };
  const type = keyword === 'type' ? (TYPE_OF[String(params['type'])] ?? 'type') : (TYPES[keyword] ?? 'schema');
  const allowed = keyword === 'enum' ? `: ${(params['allowedValues'] as unknown[]).join(', ')}` : '';
  return { loc, message: `Value ${error.message ?? 'is not valid'}${allowed}`, type, keyword };
}

/** A JSON pointer as a path: a key of a list becomes a number. */
function parsePointer(pointer: string, value: unknown): Loc {
  const loc: Loc = [];
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    loc.push(Array.isArray(at) ? Number(key) : key);
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  return loc;
}

const valueAt = (loc: Loc, value: unknown): unknown =>
  loc.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);
