import type { Json } from '#base';
import type { Evidence, EvidenceMap, Extraction, FieldSpec } from '#models';
import { confidencesIn, mapEvidence, withoutPlace } from './evidence.ts';
import type { NamedDocument } from './given-documents.ts';

/** Another document says something else, and is nearly as sure: one of the two is wrong. */
const RIVAL_SHARE = 0.92;
const RIVAL_FACTOR = 0.75;

/** A field, and the document that it is looked for in; undefined means all. */
export interface BoundField {
  spec: FieldSpec;
  document: number | undefined;
}

type Found = { value: Json; evidence: EvidenceMap[string]; confidence: number; document: number };

/**
 * Reads fields out of several documents: each where it belongs, the others in all of them. What several documents say is taken from the one that
 * is surest, and says so where another one disagrees; a table has the rows of all. Each piece of evidence tells its document, from 0.
 */
export async function extractFromDocuments(
  fields: readonly BoundField[],
  documents: readonly NamedDocument[],
  extract: (document: NamedDocument, specs: FieldSpec[]) => Promise<Extraction>,
): Promise<Extraction> {
  const extractions = new Map<number, Extraction>();
  for (const [index, document] of documents.entries()) {
    const specs = fields.filter((field) => field.document === undefined || field.document === index).map((field) => field.spec);
    if (specs.length > 0) extractions.set(index, await extract(document, specs));
  }
  const merged = fields.map(({ spec, document }) => {
    const found = [...extractions].filter(([index]) => document === undefined || document === index);
    return [
      spec.id,
      merge(found.map(([index, extraction]) => foundIn(spec.id, index, extraction, documents[index]?.hasPlaces === true))),
    ] as const;
  });
  return {
    values: Object.fromEntries(merged.map(([id, found]) => [id, found.value])),
    evidence: Object.fromEntries(merged.map(([id, found]) => [id, found.evidence])),
    model: [...extractions.values()][0]?.model ?? '',
    ...usageOf([...extractions.values()]),
  };
}

function foundIn(id: string, document: number, extraction: Extraction, hasPlaces: boolean): Found {
  const value = extraction.values[id] ?? null;
  const told = (evidence: Evidence): Evidence => ({ ...(hasPlaces ? evidence : withoutPlace(evidence)), document });
  const evidence = mapEvidence(extraction.evidence[id] ?? [], told);
  const confidences = confidencesIn(value, evidence as unknown as Json);
  return { value, evidence, document, confidence: confidences.length === 0 ? -1 : Math.min(...confidences) };
}

function merge(found: Found[]): Found {
  const nothing: Found = { value: null, evidence: [], confidence: -1, document: 0 };
  const lists = found.filter((each) => Array.isArray(each.value));
  if (lists.length > 0) {
    return {
      ...nothing,
      value: lists.flatMap((each) => each.value as Json[]),
      evidence: lists.flatMap((each) => (Array.isArray(each.evidence) ? each.evidence : [])),
    };
  }
  const [best = nothing, ...others] = [...found].sort((a, b) => b.confidence - a.confidence);
  const rival = others.find((each) => each.value !== null && JSON.stringify(each.value) !== JSON.stringify(best.value));
  if (rival === undefined || rival.confidence < RIVAL_SHARE * best.confidence || Array.isArray(best.evidence)) return best;
  const confidence = Math.round(best.confidence * RIVAL_FACTOR * 1000) / 1000;
  const reason = `${(best.evidence as Evidence).reason}; document ${rival.document} says '${String(rival.value).slice(0, 100)}'`;
  return { ...best, evidence: { ...(best.evidence as Evidence), confidence, reason } };
}

function usageOf(extractions: Extraction[]): Pick<Extraction, 'usage'> {
  const used = extractions.flatMap((each) => (each.usage === undefined ? [] : [each.usage]));
  if (used.length === 0) return {};
  const sum = (key: 'inputTokens' | 'outputTokens'): number => used.reduce((total, usage) => total + usage[key], 0);
  return { usage: { inputTokens: sum('inputTokens'), outputTokens: sum('outputTokens') } };
}
