import { badRequest, isJsonObject } from '#base';

/** A run has one of the values under the key. */
export interface MetadataGroup {
  key: string;
  values: string[];
}

const MAX_GROUPS = 20;
const MAX_VALUES = 100;

/**
 * Reads the query parameter metadata: JSON text, a list of `{key, values}`; values are OR-ed, groups AND-ed, a group without values restricts
 * nothing (core.md G11). A scalar counts as its text. Throws `bad_request` for anything else.
 */
export function parseMetadataFilter(text: string): MetadataGroup[] {
  return readGroups(parseJson(text));
}

/** The same of what is JSON already. */
export function readGroups(groups: unknown): MetadataGroup[] {
  if (!Array.isArray(groups) || groups.length > MAX_GROUPS) throw refused(`a JSON list of at most ${MAX_GROUPS} groups`);
  return groups.map(readGroup).filter((group) => group.values.length > 0);
}

function readGroup(group: unknown): MetadataGroup {
  if (!isJsonObject(group)) throw refused('a list of objects with key and values');
  const { key, values = [] } = group;
  if (typeof key !== 'string') throw refused('groups whose key is a string');
  if (!Array.isArray(values) || values.length > MAX_VALUES) throw refused(`groups of at most ${MAX_VALUES} values`);
  if (!values.every((value) => ['string', 'number', 'boolean'].includes(typeof value))) throw refused('groups whose values are scalars');
  return { key, values: values.map(String) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('valid JSON');
  }
}

const refused = (expected: string) => badRequest(`metadata must be ${expected}`);
