import type { ErrorObject, FuncKeywordDefinition } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { type FlowError, parseId, validationError } from '#base';
import { toFaults } from './faults.ts';
import { readText } from './read-text.ts';
import { parseWireTime } from './values.ts';

type Part = 'body' | 'query' | 'path' | 'header';
type Result = { value: unknown } | { error: FlowError };

const isEmail = (text: string) => text.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(text);
const isUri = fullFormats.uri as (text: string) => boolean;

/** `format` as the contract reads it: an id is normalized where it stands; times are lenient; unknown formats are notes for people. */
const format: FuncKeywordDefinition = {
  keyword: 'format',
  type: 'string',
  schemaType: 'string',
  modifying: true,
  errors: false,
  validate: (
    name: string,
    text: string,
    _schema: unknown,
    place?: { parentData: Record<string | number, unknown>; parentDataProperty: string | number },
  ) => {
    if (name === 'date-time') return parseWireTime(text) !== undefined;
    if (name === 'email') return isEmail(text);
    if (name === 'uri') return isUri(text);
    if (name !== 'uuid') return true;
    const id = parseId(text);
    if (id !== undefined && place?.parentData) place.parentData[place.parentDataProperty] = id;
    return id !== undefined;
  },
};

const ajv = new Ajv2020({ allErrors: true, removeAdditional: false, useDefaults: true, verbose: true, strict: false });
ajv.removeKeyword('format');
ajv.addKeyword(format);

const missing = (part: Part): Result => ({
  error: validationError([{ loc: [part], msg: 'Field required', type: 'missing', input: null }]),
});

const PARTS: Record<string, Part> = { body: 'body', querystring: 'query', query: 'query', params: 'path', headers: 'header' };

/** NUL cannot be stored as text; path and query carry it as %00. Bodies are searched by the parser. */
const hasNul = (raw: object): boolean =>
  Object.values(raw)
    .flat()
    .some((text) => typeof text === 'string' && text.includes('\0'));

/** Fastify's validator compiler: text parts are read as their declared types, bodies taken as they are; a fault is a 422 FlowError. */
export function compileSchema({ schema, httpPart }: { schema: unknown; httpPart?: string }): (raw: unknown) => Result {
  const part = PARTS[httpPart ?? 'body'] ?? 'body';
  const isText = part === 'query' || part === 'path';
  const check = ajv.compile<unknown>(schema as object);
  return (raw) => {
    if (raw === null || raw === undefined) return part === 'body' ? missing(part) : { value: raw };
    if (isText && hasNul(raw as object)) {
      return { error: validationError([{ loc: [part], msg: 'NUL characters are not allowed', type: 'value_error', input: null }]) };
    }
    const value = isText ? readText(schema as Record<string, unknown>, raw as Record<string, unknown>) : raw;
    return check(value) ? { value } : { error: validationError(toFaults(part, check.errors as ErrorObject[])) };
  };
}
