import { isJsonObject, type Json, type JsonObject } from '#base';

/** One thing that a run says of itself, as text. */
export interface MetadataEntry {
  key: string;
  value: string;
}

/** Entries of one run that are kept: each is a row that a search reads. */
const MAX_ENTRIES = 200;
/** The columns' lengths, in characters. What is longer is no label, and is left out rather than cut. */
const MAX_KEY = 200;
const MAX_VALUE = 1_000;

const NO_ENTRIES: readonly MetadataEntry[] = [];

/**
 * What a run's input says of itself (core.md G6): the top-level scalars of `input.metadata` as text, of a list each of its scalars; what was given
 * beside the input replaces keys of the same name. Each entry once, at most 200.
 */
export function runMetadata(input: JsonObject, given: JsonObject | undefined): readonly MetadataEntry[] {
  const own = isJsonObject(input['metadata']) ? input['metadata'] : undefined;
  if (own === undefined && given === undefined) return NO_ENTRIES;
  const entries = Object.entries({ ...own, ...given }).flatMap(([key, value]) =>
    [value].flat().flatMap((scalar) => {
      const text = toText(scalar as Json);
      return text === undefined || !fits(key, MAX_KEY, 1) || !fits(text, MAX_VALUE, 0)
        ? []
        : [{ key: storable(key), value: storable(text) }];
    }),
  );
  return [...new Map(entries.map((entry) => [JSON.stringify([entry.key, entry.value]), entry])).values()].slice(0, MAX_ENTRIES);
}

function toText(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** PostgreSQL counts characters, not code units. */
const fits = (text: string, most: number, least: number): boolean =>
  text.length >= least && text.length <= 2 * most && (text.length <= most || [...text].length <= most);

/** What PostgreSQL can store as text. */
const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed();
