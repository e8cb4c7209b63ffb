import { isJsonObject, type Json, type JsonObject } from '#base';
import type { Evidence, EvidenceMap } from '#models';

type Entry = EvidenceMap[string];

/** The same evidence with each piece changed, at any depth. */
export const mapEvidence = (entry: Entry, change: (evidence: Evidence) => Evidence): Entry =>
  Array.isArray(entry) ? entry.map((row) => mapRow(row, change)) : change(entry);

export const mapRow = (row: EvidenceMap, change: (evidence: Evidence) => Evidence): EvidenceMap =>
  Object.fromEntries(Object.entries(row).map(([id, entry]) => [id, mapEvidence(entry, change)]));

/** Of a bare text nobody can be shown the place, so that no threshold may accept its values. */
export const withoutPlace = (evidence: Evidence): Evidence => ({
  ...evidence,
  confidence: 0,
  page: null,
  box: null,
  reason: `${evidence.reason.replace(/ on page \d+/g, '')}; the text came without its pages, so that the place cannot be shown`,
});

/** The confidences of the values that were found, at any depth: where there is none, there is nothing to be unsure of. */
export function confidencesIn(value: Json, evidence: Json): number[] {
  if (Array.isArray(evidence)) {
    const rows = Array.isArray(value) ? value : [value];
    return evidence.flatMap((row, index) => confidencesOfRow(rows[index] ?? null, row as JsonObject));
  }
  const confidence = isJsonObject(evidence) ? evidence['confidence'] : undefined;
  return value === null || typeof confidence !== 'number' ? [] : [confidence];
}

const confidencesOfRow = (row: Json, evidence: JsonObject): number[] =>
  Object.entries(evidence).flatMap(([id, entry]) => confidencesIn(isJsonObject(row) ? (row[id] ?? null) : null, entry));
