import type { ErrorObject } from 'ajv';
import type { FieldFault } from '#base';

const MOST_FAULTS = 100; // an answer stays readable; a client mends these first
const MOST_INPUT_CHARACTERS = 1_000; // of the refused value that a fault repeats

interface Word {
  type: string;
  msg: string;
  ctx?: Record<string, unknown>;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const TYPE_WORDS: Record<string, [parsing: string, type: string, noun: string]> = {
  string: ['string_type', 'string_type', 'string'],
  integer: ['int_parsing', 'int_type', 'integer'],
  number: ['float_parsing', 'float_type', 'number'],
  boolean: ['bool_parsing', 'bool_type', 'boolean'],
  array: ['list_type', 'list_type', 'list'],
  object: ['dict_type', 'dict_type', 'dictionary'],
  null: ['none_required', 'none_required', 'null'],
};

const FORMAT_WORDS: Record<string, [type: string, noun: string]> = {
  uuid: ['uuid_parsing', 'UUID'],
  'date-time': ['datetime_parsing', 'datetime'],
  email: ['value_error', 'email address'],
  uri: ['url_parsing', 'URL'],
};

function typeWord(error: ErrorObject): Word {
  const type = [error.params['type']].flat().find((name) => name !== 'null') ?? 'null';
  const [parsing, wrong, noun] = TYPE_WORDS[type] ?? ['value_error', 'value_error', type];
  return { type: typeof error.data === 'string' ? parsing : wrong, msg: `Input should be a valid ${noun}` };
}

function enumWord(error: ErrorObject): Word {
  const words = (error.params['allowedValues'] as unknown[]).filter((word) => word !== null).map((word) => `'${word}'`);
  const expected = words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : String(words[0]);
  return { type: 'enum', msg: `Input should be ${expected}`, ctx: { expected } };
}

/** Pydantic's word for each of JSON Schema's keywords (core.md 1.3). */
const WORDS: Record<string, (error: ErrorObject) => Word> = {
  required: () => ({ type: 'missing', msg: 'Field required' }),
  type: typeWord,
  enum: enumWord,
  const: ({ params: { allowedValue } }) => ({
    type: 'literal_error',
    msg: `Input should be '${allowedValue}'`,
    ctx: { expected: `'${allowedValue}'` },
  }),
  format: (error) => {
    const [type, noun] = FORMAT_WORDS[String(error.schema)] ?? ['value_error', String(error.schema)];
    return { type, msg: `Input should be a valid ${noun}` };
  },
  minLength: ({ params: { limit } }) => ({
    type: 'string_too_short',
    msg: `String should have at least ${plural(limit, 'character')}`,
    ctx: { min_length: limit },
  }),
  maxLength: ({ params: { limit } }) => ({
    type: 'string_too_long',
    msg: `String should have at most ${plural(limit, 'character')}`,
    ctx: { max_length: limit },
  }),
  pattern: ({ params: { pattern } }) => ({
    type: 'string_pattern_mismatch',
    msg: `String should match pattern '${pattern}'`,
    ctx: { pattern },
  }),
  minimum: ({ params: { limit } }) => ({
    type: 'greater_than_equal',
    msg: `Input should be greater than or equal to ${limit}`,
    ctx: { ge: limit },
  }),
  maximum: ({ params: { limit } }) => ({
    type: 'less_than_equal',
    msg: `Input should be less than or equal to ${limit}`,
    ctx: { le: limit },
  }),
  exclusiveMinimum: ({ params: { limit } }) => ({ type: 'greater_than', msg: `Input should be greater than ${limit}`, ctx: { gt: limit } }),
  exclusiveMaximum: ({ params: { limit } }) => ({ type: 'less_than', msg: `Input should be less than ${limit}`, ctx: { lt: limit } }),
  minItems: ({ params: { limit } }) => ({
    type: 'too_short',
    msg: `List should have at least ${plural(limit, 'item')}`,
    ctx: { min_length: limit },
  }),
  maxItems: ({ params: { limit } }) => ({
    type: 'too_long',
    msg: `List should have at most ${plural(limit, 'item')}`,
    ctx: { max_length: limit },
  }),
  minProperties: ({ params: { limit } }) => ({
    type: 'too_short',
    msg: `Dictionary should have at least ${plural(limit, 'item')}`,
    ctx: { min_length: limit },
  }),
  maxProperties: ({ params: { limit } }) => ({
    type: 'too_long',
    msg: `Dictionary should have at most ${plural(limit, 'item')}`,
    ctx: { max_length: limit },
  }),
  additionalProperties: () => ({ type: 'extra_forbidden', msg: 'Extra inputs are not permitted' }),
};

const pathOf = (error: ErrorObject): (string | number)[] => {
  const parts = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const extra = error.params['missingProperty'] ?? error.params['additionalProperty'];
  return typeof extra === 'string' ? [...path, extra] : path;
};

/** A fault repeats what was refused, unless that is too long to read. */
const shownInput = (input: unknown): unknown => {
  const text = JSON.stringify(input) ?? '';
  if (text.length <= MOST_INPUT_CHARACTERS) return input;
  return typeof input === 'string' ? `${input.slice(0, MOST_INPUT_CHARACTERS)}…` : null;
};

/** What a client writes and never reads is not repeated to it either: not the field, and not the object that holds it. */
function isSecret({ parentSchema }: ErrorObject): boolean {
  const schemas = [parentSchema, ...Object.values((parentSchema?.['properties'] ?? {}) as Record<string, ErrorObject['parentSchema']>)];
  return schemas.some((schema) => schema?.['writeOnly'] === true);
}

/** A union says that no branch fits; its branches say why. A wrong type makes its other faults meaningless. */
function withoutEchoes(errors: ErrorObject[]): ErrorObject[] {
  const wrongType = new Set(errors.filter((e) => e.keyword === 'type' && e.params['type'] !== 'null').map((e) => e.instancePath));
  const telling = errors.filter((error) => {
    if (error.keyword === 'anyOf' || error.keyword === 'oneOf' || error.keyword === 'if' || error.params['type'] === 'null') return false;
    return error.keyword === 'type' || error.keyword === 'required' || !wrongType.has(error.instancePath);
  });
  return telling.length > 0 ? telling : errors;
}

/** Ajv's errors (verbose) as the wire's faults, one per place and type. `part` is body, query, path or header. */
export function toFaults(part: string, errors: readonly ErrorObject[]): FieldFault[] {
  const faults = new Map<string, FieldFault>();
  for (const error of withoutEchoes([...errors])) {
    const word = WORDS[error.keyword]?.(error) ?? { type: 'value_error', msg: error.message ?? 'Invalid value' };
    const loc = [part, ...pathOf(error)];
    const key = `${loc.join('\u0001')}\u0001${word.type}`;
    if (faults.size < MOST_FAULTS && !faults.has(key))
      faults.set(key, { ...word, loc, input: isSecret(error) ? null : shownInput(error.data) });
  }
  return [...faults.values()];
}
