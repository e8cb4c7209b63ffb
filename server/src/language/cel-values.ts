import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import type { Json } from '#base';
import { ResolutionError } from './resolution-error.ts';

const notJson = (what: string): ResolutionError => new ResolutionError('cel_result', `The expression's result ${what}`);

/**
 * The JSON of what an expression gave: whole numbers become numbers (beyond 2^53 an error, since JSON readers would round them), timestamps
 * ISO 8601, durations `"90s"`, bytes base64. `spend` is told each value, so that a small expression cannot make a huge result.
 */
export function toJson(value: unknown, spend: (cost: number) => void): Json {
  spend(1);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return toNumber(value);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(`is ${value}`);
      return value;
    case 'object':
      return value === null ? null : objectToJson(value, spend);
    default:
      throw notJson(`is of type ${typeof value}`);
  }
}

function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw notJson(`${value} is too large for a JSON number; use string(...)`);
  }
  return Number(value);
}

function objectToJson(value: object, spend: (cost: number) => void): Json {
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (entry) => toJson(entry, spend));
  if (value instanceof Date) return dateToJson(value);
  if (value instanceof Duration) return value.toString();
  if (value instanceof UnsignedInt) return toNumber(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null && !(value instanceof Map)) return String(Reflect.get(value, 'name') ?? 'type');
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return Object.fromEntries(Array.from(entries, ([key, entry]) => [String(key), toJson(entry, spend)]));
}

function dateToJson(value: Date): string {
  if (Number.isNaN(value.getTime())) throw notJson('is not a valid time');
  return value.toISOString();
}
