import { isJsonObject, type Json, type JsonObject } from '#base';
import type { Faults, Loc } from './fault.ts';
import { parseDuration } from './parse-duration.ts';

/**
 * Typed reading of an object's optional keys. Each answers undefined where the key is absent or null (generated clients send nulls), and
 * adds a fault and answers undefined where the value is of the wrong type.
 */
export interface KeyReader {
  text(key: string, limits?: { min?: number; max?: number }): string | undefined;
  integer(key: string, min: number, max: number): number | undefined;
  number(key: string, min: number): number | undefined;
  durationMs(key: string): number | undefined;
  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined;
  object(key: string): JsonObject | undefined;
  /** A list, or one value that stands for a list of one. */
  list(key: string): Json[] | undefined;
  texts(key: string): string[] | undefined;
}

export function readKeys(source: JsonObject, loc: Loc, faults: Faults): KeyReader {
  const get = (key: string): Json | undefined => (Object.hasOwn(source, key) ? (source[key] ?? undefined) : undefined);
  const refuse = (key: string, type: string, message: string): undefined => {
    faults.add([...loc, key], type, message, { input: source[key] });
    return undefined;
  };
  const text: KeyReader['text'] = (key, { min = 0, max = Number.POSITIVE_INFINITY } = {}) => {
    const value = get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return refuse(key, 'string_type', 'Must be a text');
    if (value.length < min) return refuse(key, 'string_too_short', `Must have at least ${min} character${min === 1 ? '' : 's'}`);
    if (value.length > max) return refuse(key, 'string_too_long', `Must have at most ${max} characters`);
    return value;
  };
  return {
    text,
    integer(key, min, max) {
      const value = get(key);
      if (value === undefined) return undefined;
      if (typeof value !== 'number' || !Number.isInteger(value)) return refuse(key, 'int_type', 'Must be a whole number');
      return value >= min && value <= max ? value : refuse(key, 'out_of_range', `Must be between ${min} and ${max}`);
    },
    number(key, min) {
      const value = get(key);
      if (value === undefined) return undefined;
      if (typeof value !== 'number') return refuse(key, 'float_type', 'Must be a number');
      return value >= min ? value : refuse(key, 'out_of_range', `Must be at least ${min}`);
    },
    durationMs(key) {
      const value = get(key);
      if (value === undefined) return undefined;
      return (
        parseDuration(value) ??
        refuse(key, 'duration', 'Must be a positive duration: "200ms", "30s", "5m", "2h", "1d" or a number of seconds')
      );
    },
    oneOf(key, values) {
      const value = get(key);
      if (value === undefined) return undefined;
      return values.find((allowed) => allowed === value) ?? refuse(key, 'enum', `Must be one of ${values.join(', ')}`);
    },
    object(key) {
      const value = get(key);
      if (value === undefined) return undefined;
      return isJsonObject(value) ? value : refuse(key, 'dict_type', 'Must be an object');
    },
    list(key) {
      const value = get(key);
      return value === undefined || Array.isArray(value) ? value : [value];
    },
    texts(key) {
      const value = get(key);
      if (value === undefined) return undefined;
      const list = Array.isArray(value) ? value : [value];
      const wrong = list.findIndex((entry) => typeof entry !== 'string');
      if (wrong < 0) return list as string[];
      faults.add(Array.isArray(value) ? [...loc, key, wrong] : [...loc, key], 'string_type', 'Must be a text', { input: list[wrong] });
      return list.filter((entry) => typeof entry === 'string');
    },
  };
}
