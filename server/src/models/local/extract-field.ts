import type { Json } from '#base';
import type { Evidence } from '../model.ts';
import { type Candidate, legibility } from './candidate.ts';
import { convert } from './convert.ts';
import { conceptPhrases, type Query } from './fields.ts';
import { findCandidates } from './find-candidates.ts';
import type { Party } from './labels/concept.ts';
import { CONCEPTS } from './labels/concepts.ts';
import { boxOf, textOf } from './layout.ts';
import { blocksFor, partCandidates } from './parties.ts';
import { pageOf, type ReadingContext } from './reading-context.ts';
import { findUnlabelled } from './unlabelled.ts';

export interface FieldResult {
  value: Json;
  evidence: Evidence;
}

/** A rival nearly as good means that one of the two is wrong. */
const RIVAL_SHARE = 0.92;
const RIVAL_FACTOR = 0.75;
const SURE_LABEL = 0.7; // below it, a value that no label names may be the better guess
const MOST = 0.99; // no rule is certain

const NAME_LABELS: Record<Party, Map<string, number>> = { supplier: labelsOf('supplier_name'), customer: labelsOf('customer_name') };

function labelsOf(id: string): Map<string, number> {
  const concept = CONCEPTS.find((each) => each.id === id);
  return concept === undefined ? new Map() : conceptPhrases(concept);
}

/** All that may be the value of a field, best first. */
export function candidatesFor(query: Query, context: ReadingContext): Candidate[] {
  const isPart = query.kind === 'party' || query.kind === 'address';
  const nameLabels = query.party === undefined ? undefined : NAME_LABELS[query.party];
  const labelled = isPart ? partCandidates(blocksFor(query, nameLabels, context), query) : findCandidates(query, context);
  if ((labelled[0]?.score ?? 0) > SURE_LABEL) return labelled;
  return [...labelled, ...findUnlabelled(query, context)].sort((a, b) => b.score - a.score);
}

export const NOT_FOUND: Evidence = { confidence: 0, page: null, box: null, text: null, reason: '' };

/** The chosen candidate as value and evidence. A candidate of the wrong type keeps its place, so that a person sees why there is no value. */
export function resultOf(candidates: Candidate[], query: Query, context: ReadingContext): FieldResult {
  const best = candidates[0];
  if (best === undefined)
    return { value: null, evidence: { ...NOT_FOUND, reason: `no label such as '${query.spec.title || query.spec.id}' was found` } };
  const usable = candidates.find((candidate) => 'value' in convert(candidate, query, context.habits));
  const chosen = usable !== undefined && usable.score > 0.6 * best.score ? usable : best;
  const converted = convert(chosen, query, context.habits);
  if ('problem' in converted) {
    const place = evidenceOf(chosen, 0, context);
    return { value: null, evidence: { ...place, reason: `the text '${place.text}' ${chosen.reason}, but ${converted.problem}` } };
  }
  return { value: converted.value, evidence: evidenceOf(chosen, confidenceOf(chosen, candidates, context), context) };
}

function confidenceOf(chosen: Candidate, candidates: Candidate[], context: ReadingContext): number {
  const rival = candidates.find((candidate) => candidate !== chosen && JSON.stringify(candidate.value) !== JSON.stringify(chosen.value));
  const disputed = rival !== undefined && chosen.proven !== true && rival.score > RIVAL_SHARE * chosen.score ? RIVAL_FACTOR : 1;
  const page = pageOf(context.layout, chosen.pieces[0]?.page ?? 1);
  const quality = page.quality < 0.6 ? page.quality / 0.6 : 1; // a page that a person should see lowers all that stands on it
  return Math.round(Math.min(MOST, chosen.score * disputed * legibility(chosen.pieces) * quality) * 1000) / 1000;
}

function evidenceOf(candidate: Candidate, confidence: number, context: ReadingContext): Evidence {
  const number = candidate.pieces[0]?.page ?? 1;
  const page = pageOf(context.layout, number);
  return { confidence, page: number, box: boxOf(candidate.pieces, page), text: textOf(candidate.pieces), reason: candidate.reason };
}
