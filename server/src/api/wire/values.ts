import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';
import { validationError } from '#base';

/** An id. In a request upper case and 32 hex digits are accepted and handed on lower-case and hyphenated (core.md 1.4). */
export const Uuid = (options: { description?: string } = {}) => Type.String({ format: 'uuid', ...options });

/** A moment. In a request anything that `parseWireTime` reads; in an answer what `toWireTime` writes. */
export const Timestamp = (options: { description?: string } = {}) => Type.String({ format: 'date-time', ...options });

/** One word of a list. */
export const Words = <const W extends readonly string[]>(words: W, options: Record<string, unknown> = {}): TUnsafe<W[number]> =>
  Type.Unsafe<W[number]>({ type: 'string', enum: [...words], ...options });

/** Any JSON object, its keys kept as they are. */
export const AnyObject = (options: { description?: string } = {}) =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, ...options });

/** Any JSON value, null too. */
export const AnyJson = (options: { description?: string } = {}) => Type.Unknown(options);

/** The schema or null, as one type list: it serializes faster than anyOf and its faults name the true type. */
export function Nullable<S extends TSchema>(schema: S, options: Record<string, unknown> = {}): TUnsafe<Static<S> | null> {
  const plain = schema as Record<string, unknown>;
  const merged = { ...plain, ...options };
  if (typeof plain['type'] !== 'string') return Type.Unsafe({ anyOf: [plain, { type: 'null' }], ...options });
  const words = Array.isArray(plain['enum']) ? { enum: [...plain['enum'], null] } : {};
  return Type.Unsafe({ ...merged, type: [plain['type'], 'null'], ...words });
}

/** `2026-01-31T09:30:00.000Z`, the only form that answers have. */
export const toWireTime = (time: Date): string => time.toISOString();

const WIRE_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|[+ -]\d\d:?\d\d)?)?$/i;

/**
 * Reads what clients send (core.md 1.4): Z, an offset, none (UTC), a date only (00:00 UTC), and an offset whose `+` a query turned into a
 * space. Milliseconds are kept, finer digits dropped. Undefined where it is no moment.
 */
export function parseWireTime(text: string): Date | undefined {
  const match = WIRE_TIME.exec(text);
  if (!match) return undefined;
  const zone = match[1];
  const local = zone === undefined ? text : text.slice(0, -zone.length);
  const offset = zone === undefined || zone.toUpperCase() === 'Z' ? 'Z' : withColon(zone.replace(' ', '+'));
  const [day, clock = '00:00'] = local.toUpperCase().split(/[T ]/) as [string, string?];
  const time = new Date(`${day}T${clock.replace(',', '.')}${offset}`);
  if (Number.isNaN(time.getTime())) return undefined;
  return offset === 'Z' && !time.toISOString().startsWith(day) ? undefined : time; // the 31st of February is no day
}

const withColon = (offset: string): string => (offset.includes(':') ? offset : `${offset.slice(0, 3)}:${offset.slice(3)}`);

/** A declared `Timestamp` of a request as a Date. `place` is the loc of its fault. */
export function readWireTime(text: string, place: (string | number)[]): Date {
  const time = parseWireTime(text);
  if (!time) throw validationError([{ loc: place, msg: 'Input should be a valid datetime', type: 'datetime_parsing', input: text }]);
  return time;
}
