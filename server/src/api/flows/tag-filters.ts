import { badRequest, isJsonObject } from '#base';

export interface TagFilter {
  mode: 'contains_any' | 'not_contains_any';
  values: string[];
}

const MAX_GROUPS = 50;

/**
 * Reads the query parameter tag_filters: JSON text, a list of `{mode, values}`; groups are joined by AND, a group without values restricts
 * nothing. Throws `bad_request` for anything else (core.md 2, GET /flows).
 */
export function parseTagFilters(text: string): TagFilter[] {
  const groups = parseJson(text);
  if (!Array.isArray(groups) || groups.length > MAX_GROUPS) throw refused(`a JSON list of at most ${MAX_GROUPS} groups`);
  return groups.map(readGroup).filter((group) => group.values.length > 0);
}

function readGroup(group: unknown): TagFilter {
  if (!isJsonObject(group)) throw refused('a list of objects with mode and values');
  const { mode = 'contains_any', values = [] } = group;
  if (mode !== 'contains_any' && mode !== 'not_contains_any') throw refused('groups whose mode is contains_any or not_contains_any');
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) throw refused('groups whose values are strings');
  return { mode, values };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused('valid JSON');
  }
}

const refused = (expected: string) => badRequest(`tag_filters must be ${expected}`);
