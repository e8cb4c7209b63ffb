import { isJsonObject, type Json, type JsonSchema } from '#base';
import { findSchema } from './find-schema.ts';
import { ResolutionError } from './resolution-error.ts';

export type Path = (string | number)[];

/** Names that are never a field, whatever a value holds: on an object of JavaScript they are doors to its prototype. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export const isForbidden = (key: string | number): boolean => typeof key === 'string' && FORBIDDEN.has(key);

/** `a.b[0]`, for messages. */
export const printPath = (path: Path): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');

const SEGMENT = /\s*(?:\.\s*([^.[\]]+)|\[\s*(?:(\d{1,9})|"([^"]*)"|'([^']*)')\s*\])/y;

/** The path behind a reference's root: `.field`, `[0]`, `["any key"]`. Undefined where it is none. */
export function parsePath(text: string): Path | undefined {
  const path: Path = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const match = SEGMENT.exec(text);
    if (!match) return undefined;
    const [, field, index, double, single] = match;
    path.push(index === undefined ? (field?.trim() ?? double ?? single ?? '') : Number(index));
  }
  return path;
}

function step(value: Json, key: string | number): Json | undefined {
  if (isForbidden(key)) return undefined;
  if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key as string] : undefined;
}

/**
 * The value at a path: own properties only. What lies behind null is null (a skipped task), and so is a field that the schema declares but
 * the value lacks. Throws a ResolutionError `no_such_field` where neither value nor schema knows the field.
 */
export function readPath(value: Json, path: Path, schema: JsonSchema | undefined, label: string): Json {
  let at = value;
  for (const [depth, key] of path.entries()) {
    if (at === null) return null;
    const next = step(at, key);
    if (next === undefined) {
      const known = !isForbidden(key) && schema !== undefined && typeof findSchema(schema, path.slice(0, depth + 1)) === 'object';
      if (known) return null;
      throw new ResolutionError('no_such_field', `'${label}': there is no ${printPath(path.slice(0, depth + 1))}${has(at)}`);
    }
    at = next;
  }
  return at;
}

const MAX_LISTED = 20;

function has(value: Json): string {
  if (Array.isArray(value)) return ` in a list of ${value.length}`;
  if (!isJsonObject(value)) return ` in a ${typeof value}`;
  const keys = Object.keys(value).slice(0, MAX_LISTED);
  return keys.length === 0 ? ' in an empty object' : `; there are ${keys.join(', ')}`;
}
